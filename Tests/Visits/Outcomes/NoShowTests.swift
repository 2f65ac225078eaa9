import Testing
import Visits

@Suite struct NoShowTests {
  typealias E = GrantExample
  static let now = Example.start
  static let rules = NoShowRules()

  static func path(
    _ cause: NotAnsweredCause = .rangOut, inARow before: Int = 0
  ) throws -> NoShowPath {
    let outcome = VisitOutcome(
      visit: Example.visit.id, citizen: Example.visit.citizenID, worker: Example.visit.workerID,
      kind: .notAnswered, notAnswered: cause, recordedAt: now)
    return try #require(rules.open(after: outcome, inARow: before, at: now))
  }

  static func apply(
    _ command: NoShowCommand, to path: NoShowPath, minutes: Int = 1,
    by initiator: Initiator = Example.worker
  ) throws -> NoShowPath {
    try rules.apply(command, to: path, by: initiator, at: now.adding(minutes: minutes))
  }

  /// H1: try again, then the phone, then a to-do.
  @Test func theStepsComeOneAfterTheOther() throws {
    var path = try Self.path()
    #expect(path.step == .tryAgain && path.due == Self.now.adding(minutes: 5))
    path = try Self.apply(.tried(.ring, reached: false), to: path, minutes: 5)
    #expect(path.step == .tryAgain && path.due == Self.now.adding(minutes: 10))
    path = try Self.apply(.tried(.ring, reached: false), to: path, minutes: 10)
    #expect(path.step == .phone)
    path = try Self.apply(.tried(.phone, reached: false), to: path, minutes: 12)
    #expect(path.step == .toDo && path.due == Self.now.adding(minutes: 12 + 1440))
    path = try Self.apply(.tried(.phone, reached: true), to: path, minutes: 60)
    #expect(path.ending == .reached && path.tries.count == 4)
  }

  @Test func oneWhoSaidNoThankYouIsNotRungAgain() throws {
    #expect(try Self.path(.declined).step == .toDo)
    #expect(try Self.path(.notThere).step == .phone)
  }

  /// H2: "blev ved med at opsøge mig". However long nothing happens, the follow-up stays.
  @Test func nothingEndsByTime() throws {
    let path = try Self.path()
    let later = Self.rules.advance(path, to: Self.now.adding(minutes: 60))
    #expect(later.step == .toDo && later.escalatedAt == nil && later.isOpen)
    let muchLater = Self.rules.advance(path, to: Self.now.adding(minutes: 400 * 1440))
    #expect(muchLater.isOpen && muchLater.step == .toDo)
    // 5 + 5 minutes of ringing, 15 of telephone, a day of to-do, another until the lead has it.
    #expect(muchLater.escalatedAt == Self.now.adding(minutes: 25 + 2 * 1440))
    #expect(Self.rules.advance(muchLater, to: Self.now.adding(minutes: 500 * 1440)) == muchLater)
  }

  @Test func itIsNotClosedBeforeSomebodyWasInTouch() throws {
    let path = try Self.path()
    for ending in [NoShowPath.Ending.reached, .citizensWish] {
      #expect(E.refusal { _ = try Self.apply(.close(ending), to: path) } == .notReachedYet)
    }
    #expect(try Self.apply(.close(.agreed), to: path).ending == .agreed)
    let over = try Self.apply(.tried(.phone, reached: true), to: path)
    #expect(
      E.refusal { _ = try Self.apply(.tried(.ring, reached: true), to: over) } == .followUpOver)
    #expect(
      E.refusal { _ = try Self.apply(.close(.agreed), to: path, by: Example.operations) }
        == .followUpIsForTheTeam)
  }

  /// H1: "herunder vurdering af borgerens parathed".
  @Test func severalInARowAskForAReadinessNote() throws {
    let third = try Self.path(inARow: 2)
    #expect(third.inARow == 3)
    let reached = try Self.apply(.tried(.phone, reached: true), to: third)
    #expect(reached.step == .readiness && reached.isOpen)
    #expect(
      E.refusal { _ = try Self.apply(.close(.agreed), to: reached) } == .readinessFirst(inARow: 3))
    #expect(
      E.refusal { _ = try Self.apply(.writeReadiness(.smallerSteps, text: " "), to: reached) }
        == .readinessNeedsWords)
    let written = try Self.apply(
      .writeReadiness(.withoutPicture, text: "Kun lyd i en periode"), to: reached)
    #expect(written.ending == .reached && written.readiness?.level == .withoutPicture)
    let second = try Self.path(inARow: 1)
    #expect(try Self.apply(.tried(.phone, reached: true), to: second).ending == .reached)
  }

  @Test func handingItOverKeepsItOpen() throws {
    let bo = PersonID(rawValue: "bo")
    let path = try Self.apply(.handOver(to: bo), to: try Self.path(), by: E.teamLead)
    #expect(path.worker == bo && path.isOpen)
  }

  /// H3: "med borgernes samtykke".
  @Test func aPartnerIsToldOnlyWithConsentAndOnlyWhenTryingHasNotHelped() throws {
    let day = LocalDate(Self.now)
    let consent = Consent(
      id: ConsentID(rawValue: "c"), citizen: Example.visit.citizenID, kind: .partnerAlert,
      recipient: "Aktivitetscenteret", reason: "Hvis jeg ikke svarer", way: .spoken,
      givenAt: Self.now, recordedBy: Example.visit.workerID)
    let with = ConsentRegister(citizen: consent.citizen, consents: [consent])
    let without = ConsentRegister(citizen: consent.citizen, consents: [])
    let path = try Self.path()
    func alerts(_ path: NoShowPath, _ consents: ConsentRegister) -> [String] {
      Self.rules.partnerAlerts(for: path, consents: consents, citizenName: "Karen", on: day)
        .map(\.recipient)
    }
    #expect(alerts(path, with).isEmpty)
    let toDo = Self.rules.advance(path, to: Self.now.adding(minutes: 60))
    #expect(alerts(toDo, with) == ["Aktivitetscenteret"] && alerts(toDo, without).isEmpty)
    var declined = toDo
    declined.cause = .declined
    #expect(alerts(declined, with).isEmpty, "one who said no thank you was reached")
    let text = Notice.partnerAlert(name: "Karen").danish
    #expect(!text.lowercased().contains("bostøtte"))
  }

  @Test func theCitizenIsMetKindly() {
    for step in NoShowStep.allCases {
      let text = Notice.weMissedYou(worker: "Anne", step: step).danish
      #expect(text.contains("Det er helt i orden") && text.contains("Anne"))
    }
    let no = Notice.weMissedYou(worker: "Anne", step: .toDo, declined: true).danish
    #expect(no.hasPrefix("Du sagde nej tak. Det er helt i orden."))
  }
}
