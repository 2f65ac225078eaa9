import Testing
import Visits

@Suite("The coping card")
struct CopingCardTests {
  static let karen = Example.visit.citizenID

  static func write(
    _ points: [CardPoint], over previous: CopingCard? = nil, seen: Int?,
    by initiator: Initiator = Example.citizen
  ) throws -> CopingCard {
    try CopingCard(
      points, of: karen, over: previous, seen: seen, by: initiator, at: Example.start)
  }

  @Test func theCitizenWritesItAndTheWorkerWithHer() throws {
    let first = try Self.write(
      [CardPoint(title: " Det hjælper ", text: " Gå en tur "), CardPoint(title: "x", text: "  ")],
      seen: nil)
    #expect(first.points == [CardPoint(title: "Det hjælper", text: "Gå en tur")])
    #expect(first.by == Self.karen && first.revision == 1)
    let second = try Self.write(
      [CardPoint(title: "", text: "Ring til Lise")], over: first, seen: 1, by: Example.worker)
    #expect(second.revision == 2 && second.by == Example.visit.workerID)
  }

  @Test func nobodyWritesOverWhatTheyHaveNotSeen() throws {
    let first = try Self.write([], seen: 0)
    for seen in [nil, 0, 2] {
      #expect(throws: Refusal.cardChangedMeanwhile) {
        try Self.write([], over: first, seen: seen)
      }
    }
  }

  @Test func itStaysShort() {
    let point = CardPoint(title: "", text: "x")
    #expect(throws: Refusal.cardTooLong(most: 12)) {
      try Self.write(Array(repeating: point, count: 13), seen: nil)
    }
    #expect(throws: Refusal.textTooLong(longest: 400)) {
      try Self.write([CardPoint(title: "", text: String(repeating: "x", count: 401))], seen: nil)
    }
  }
}

@Suite("Goals to and from the journal")
struct GoalExchangeTests {
  typealias E = GrantExample
  static let karen = Example.visit.citizenID
  static let now = Example.start

  static func take(
    _ entries: [GoalExchange.Entry], into goals: [Goal] = [], by initiator: Initiator = E.caseWorker
  ) throws -> [Goal] {
    var number = 0
    return try GoalRules().taken(
      GoalExchange(goals: entries), of: karen, into: goals, by: initiator, at: now,
      newID: {
        number += 1
        return GoalID(rawValue: "n\(number)")
      })
  }

  /// A16: what goes out comes back as it was, and takes nothing along.
  @Test func goalsSurviveTheWayThereAndBack() throws {
    let goals = try Self.take([
      .init(reference: "VUM-1", wording: "Åbne min post"),
      .init(reference: "VUM-2", wording: "Handle selv", state: .met, closedAt: Self.now),
      .init(wording: "Ringe til lægen"),
    ])
    #expect(goals.count == 3)
    #expect(try Self.take(GoalExchange(goals).goals, into: goals).isEmpty)
    let elsewhere = try Self.take(GoalExchange(goals).goals)
    #expect(GoalExchange(elsewhere) == GoalExchange(goals))
  }

  @Test func aGoalIsKnownByItsReferenceAndDoesNotBecomeTwo() throws {
    let own = Goal(
      id: GoalID(rawValue: "g"), citizen: Self.karen, wording: "Åbne min post",
      createdAt: Self.now)
    let adopted = try Self.take([.init(reference: "VUM-1", wording: "Åbne min post")], into: [own])
    #expect(adopted.map(\.id) == [own.id] && adopted.first?.reference == "VUM-1")
    let changed = try Self.take(
      [.init(reference: "VUM-1", wording: "Åbne al min post", state: .met)], into: adopted)
    #expect(changed.first?.wording == "Åbne al min post")
    #expect(changed.first?.state == .met && changed.first?.closedAt == Self.now)
  }

  @Test func whatCannotBeIsTakenAsAWholeOrNotAtAll() {
    let four = (1...4).map { GoalExchange.Entry(reference: "r\($0)", wording: "Mål \($0)") }
    #expect(throws: Refusal.tooManyGoals(most: 3)) { try Self.take(four) }
    #expect(throws: Refusal.goalKnown("To")) {
      try Self.take([.init(reference: "r", wording: "En"), .init(reference: "r", wording: "To")])
    }
    #expect(throws: Refusal.goalNeedsWords) { try Self.take([.init(wording: " ")]) }
    #expect(throws: Refusal.goalsAreAgreed) {
      try Self.take([.init(wording: "x")], by: Example.citizen)
    }
    var other = GoalExchange(goals: [])
    other.format = "besoeg-goals-2"
    #expect(throws: Refusal.goalsUnreadable) {
      try GoalRules().taken(
        other, of: Self.karen, into: [], by: E.caseWorker, at: Self.now, newID: { .random() })
    }
  }
}

@Suite("Tapering off")
struct TaperTests {
  typealias E = GrantExample
  static let now = E.time("2026-03-02", hour: 8)

  static func series(_ rule: RecurrenceRule? = RecurrenceRule(.weekly)) -> Series {
    Series(
      id: SeriesID(rawValue: "s"), tenant: Example.tenant, citizenID: Example.visit.citizenID,
      workerID: Example.visit.workerID,
      recurrence: Recurrence(
        start: LocalDateTime(E.day("2026-03-03"), LocalTime(wrapping: 600)), rule: rule),
      durationMinutes: 30)
  }

  static func plan(_ from: String?, _ end: String) -> TaperPlan {
    TaperPlan(fortnightlyFrom: from.map(E.day), onDemandFrom: E.day(end))
  }

  static func commands(_ plan: TaperPlan, _ series: Series = series()) throws -> [SeriesCommand] {
    try plan.commands(for: series, following: SeriesID(rawValue: "s2"), at: now)
  }

  /// H12: weekly, then every other week, then when the citizen asks.
  @Test func weeklyBecomesFortnightlyAndEnds() throws {
    let commands = try Self.commands(Self.plan("2026-04-01", "2026-06-01"))
    var days: [LocalDate] = []
    var series = Self.series()
    for command in commands {
      let outcome = try SeriesRules().apply(command, to: series, by: Example.worker, at: Self.now)
      if let following = outcome.following {
        days +=
          outcome.series?.recurrence.occurrences(
            from: E.day("2026-03-01"), through: E.day("2026-12-31")
          ).map(\.date) ?? []
        series = following
      } else {
        series = try #require(outcome.series)
      }
    }
    days += series.recurrence.occurrences(from: E.day("2026-03-01"), through: E.day("2026-12-31"))
      .map(\.date)
    let gaps = zip(days, days.dropFirst()).map { $0.days(until: $1) }
    #expect(days.first == E.day("2026-03-03") && days.last == E.day("2026-05-19"))
    #expect(gaps == [7, 7, 7, 7, 7, 14, 14, 14])
  }

  @Test func theStepsHaveTheirOrder() {
    #expect(throws: Refusal.startsInThePast) { try Self.commands(Self.plan(nil, "2026-03-02")) }
    #expect(throws: Refusal.taperOutOfOrder) {
      try Self.commands(Self.plan("2026-06-01", "2026-06-01"))
    }
    #expect(throws: Refusal.taperOutOfOrder) {
      try Self.commands(Self.plan("2026-06-03", "2026-06-05"))
    }
    #expect(throws: Refusal.taperNeedsWeekly) {
      try Self.commands(
        Self.plan("2026-04-01", "2026-06-01"), Self.series(RecurrenceRule(.weekly, interval: 2)))
    }
    #expect((try? Self.commands(Self.plan(nil, "2026-06-01")))?.count == 1)
  }

  @Test func theCitizenIsToldWithoutAGoodbye() {
    let text = Notice.taper(Self.plan("2026-04-01", "2026-06-01")).danish
    #expect(text.contains("hver anden uge") && text.contains("når du siger til"))
  }
}
