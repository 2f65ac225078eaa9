import Testing
import Visits

@Suite struct ReminderTests {
  static let now = Example.start
  static let start = Example.start.adding(minutes: 3000)
  static let citizen = Example.visit.citizenID
  static let plan = ReminderPlan(
    person: citizen, rules: [ReminderRule(channel: .sms, minutesBefore: 60)], notices: [.sms])

  static func visit(_ start: UTCMilliseconds = start, _ state: VisitState = .booked) -> Visit {
    var visit = Example.visit
    visit.start = start
    visit.state = state
    return visit
  }

  static func sent(_ reminder: Reminder, of visit: Visit, at now: UTCMilliseconds) throws
    -> Reminder
  {
    let begun = try #require(reminder.begun(visit: visit, at: now))
    let over = try #require(begun.handedOver(attempt: begun.attempts, visit: visit, at: now))
    return try #require(over.accepted(attempt: begun.attempts, reference: "g1", at: now))
  }

  static func reconcile(
    _ visit: Visit, _ existing: [Reminder], at now: UTCMilliseconds = now
  ) -> [Reminder] {
    ReminderRules.reconcile(visit, plans: [plan], existing: existing, at: now)
  }

  @Test func aBookingMakesTheRemindersAskedFor() throws {
    let made = Self.reconcile(Self.visit(), [])
    let reminder = try #require(made.first)
    #expect(made.count == 1 && reminder.state == .pending && reminder.person == Self.citizen)
    #expect(reminder.dueAt == Self.start.adding(minutes: -60))
    #expect(Self.reconcile(Self.visit(), made).isEmpty)
    let soon = Self.visit(Self.now.adding(minutes: 59))
    #expect(Self.reconcile(soon, []).isEmpty, "it was just agreed")
  }

  @Test func aMoveBeforeTheReminderReplacesItAndOneAfterMakesAnother() throws {
    let first = Self.reconcile(Self.visit(), [])
    let moved = Self.visit(Self.start.adding(minutes: 600))
    let unsent = Self.reconcile(moved, first)
    #expect(unsent.map(\.state) == [.cancelled, .pending])
    #expect(unsent.last?.visitStart == moved.start)

    let now = Self.start.adding(minutes: -60)
    let told = try Self.sent(try #require(first.first), of: Self.visit(), at: now)
    let another = Self.reconcile(moved, [told], at: now)
    #expect(another.map(\.state) == [.pending] && another.first?.round == 2)
    // And back: they have been told that time and nothing else since.
    #expect(Self.reconcile(Self.visit(), [told] + another, at: now).map(\.state) == [.cancelled])
  }

  @Test func aCancelledVisitIsNotRemindedOf() throws {
    let made = Self.reconcile(Self.visit(), [])
    let cancelled = Self.visit(Self.start, .cancelled)
    #expect(Self.reconcile(cancelled, made).map(\.state) == [.cancelled])
    // Nor when a sender had it already.
    let due = Self.start.adding(minutes: -60)
    let begun = try #require(made.first?.begun(visit: Self.visit(), at: due))
    #expect(begun.handedOver(attempt: 1, visit: cancelled, at: due)?.state == .cancelled)
  }

  @Test func movesAndCancellationsAreToldToThoseWhoDidNotMakeThem() {
    let moved = Self.visit(Self.start.adding(minutes: 60))
    func notices(_ initiator: Initiator, _ existing: [Reminder] = []) -> [Reminder] {
      ReminderRules.notices(
        from: Self.visit(), to: moved, sequence: 7, plans: [Self.plan], existing: existing,
        by: initiator, at: Self.now)
    }
    let made = notices(Example.worker)
    #expect(made.map(\.kind) == [.moved] && made.first?.dueAt == Self.now)
    #expect(notices(Example.citizen).isEmpty)
    #expect(notices(Example.worker, made).isEmpty, "the same change makes the same message")
    let cancelled = ReminderRules.notices(
      from: moved, to: Self.visit(moved.start, .cancelled), sequence: 8, plans: [Self.plan],
      existing: made, by: Example.worker, at: Self.now)
    #expect(cancelled.map(\.kind) == [.moved, .cancelled])
    #expect(cancelled.map(\.state) == [.cancelled, .pending], "the move is no longer news")
  }

  @Test func aDelayIsToldAtOnce() throws {
    let now = Self.start.adding(minutes: -5)
    let notice = try #require(
      try Overrun.announce(for: Self.visit(), notices: [], by: Example.worker, at: now))
    let made = ReminderRules.delay(
      notice, of: Self.visit(), sequence: 9, plan: Self.plan, existing: [], at: now)
    #expect(made.map(\.kind) == [.delayed] && made.first?.minutes == 10)
    #expect(made.first?.begun(visit: Self.visit(), at: now) != nil)
    #expect(
      made.first?.text(at: now).danish.hasSuffix("bliver ca. 10 minutter forsinket.") == true)
    let longer = try #require(
      try Overrun.announce(20, for: Self.visit(), notices: [notice], by: Example.worker, at: now))
    let after = ReminderRules.delay(
      longer, of: Self.visit(), sequence: 10, plan: Self.plan, existing: made, at: now)
    #expect(after.map(\.state) == [.cancelled, .pending] && after.last?.minutes == 20)
    let own = ReminderPlan(person: notice.by, rules: [], notices: [.email])
    #expect(
      ReminderRules.delay(
        notice, of: Self.visit(), sequence: 9, plan: own, existing: [], at: now
      ).isEmpty, "who announced it knows")
    #expect(
      notice.text(worker: "Anne").danish
        == "Anne er cirka 10 minutter forsinket. Du behøver ikke gøre noget.")
  }

  @Test func everyMemberOfAGroupIsToldOfItsDelay() throws {
    var meeting = Self.visit()
    meeting.others = [PersonID(rawValue: "ole")]
    let notice = try #require(
      try Overrun.announce(for: meeting, notices: [], by: Example.worker, at: Self.now))
    let plan = ReminderPlan(person: PersonID(rawValue: "ole"), rules: [], notices: [.sms])
    let made = ReminderRules.delay(
      notice, of: meeting, sequence: 1, plan: plan, existing: [], at: Self.now)
    #expect(made.map(\.person) == [PersonID(rawValue: "ole")])
  }

  @Test func aSenderThatWasThoughtDeadDoesNothingMore() throws {
    let reminder = try #require(Self.reconcile(Self.visit(), []).first)
    let due = Self.start.adding(minutes: -60)
    let first = try #require(reminder.begun(visit: Self.visit(), at: due))
    #expect(first.recovered(at: due.adding(milliseconds: 119_999)) == nil)
    let later = due.adding(milliseconds: 120_000)
    let back = try #require(first.recovered(at: later))
    let second = try #require(back.begun(visit: Self.visit(), at: later))
    #expect(second.attempts == 2)
    #expect(second.handedOver(attempt: 1, visit: Self.visit(), at: later) == nil)
    #expect(second.handedOver(attempt: 2, visit: Self.visit(), at: later)?.state == .handedOver)
  }

  @Test(arguments: [(ReminderChannel.email, ReminderState.uncertain), (.sms, .pending)])
  func whatMayHaveLeftIsRepeatedOnlyWhereARepeatIsRecognised(
    _ channel: ReminderChannel, _ expected: ReminderState
  ) throws {
    var reminder = try #require(Self.reconcile(Self.visit(), []).first)
    reminder.channel = channel
    let due = Self.start.adding(minutes: -60)
    let begun = try #require(reminder.begun(visit: Self.visit(), at: due))
    let over = try #require(begun.handedOver(attempt: 1, visit: Self.visit(), at: due))
    let after = try #require(over.recovered(at: due.adding(minutes: 2)))
    #expect(after.state == expected && after.state.needsAttention == (channel == .email))
    // The answer comes after all.
    #expect(after.accepted(attempt: 1, at: due.adding(minutes: 3))?.state == .sent)
  }

  @Test func refusalsAreTriedAgainForAWhileAndThenShown() throws {
    var reminder = try #require(Self.reconcile(Self.visit(), []).first)
    var now = reminder.dueAt
    var tries = 0
    while reminder.state == .pending {
      tries += 1
      let begun = try #require(reminder.begun(visit: Self.visit(), at: now))
      reminder = try #require(
        begun.refused(attempt: begun.attempts, failure: "451", isFinal: false, at: now))
      now = reminder.nextWake ?? now
    }
    #expect(tries == 6 && reminder.state == .failed && reminder.failure == "451")
    #expect(reminder.state.needsAttention)
    #expect(Self.reconcile(Self.visit(), [reminder], at: now).isEmpty)
  }

  @Test func aWrongAddressIsNotTriedAgain() throws {
    let reminder = try #require(Self.reconcile(Self.visit(), []).first)
    let begun = try #require(reminder.begun(visit: Self.visit(), at: reminder.dueAt))
    let refused = begun.refused(attempt: 1, failure: "550", isFinal: true, at: reminder.dueAt)
    #expect(refused?.state == .failed)
  }

  @Test func afterAnOutageALateReminderStillGoesOutButNotAfterTheVisitBegan() throws {
    let reminder = try #require(Self.reconcile(Self.visit(), []).first)
    let late = Self.start.adding(milliseconds: -1)
    #expect(reminder.begun(visit: Self.visit(), at: late)?.state == .sending)
    let tooLate = try #require(reminder.begun(visit: Self.visit(), at: Self.start))
    #expect(tooLate.state == .failed && tooLate.failure == "too-late")
  }

  @Test func reportsOfDeliveryMayComeTwiceLateAndInAnyOrder() throws {
    let due = Self.start.adding(minutes: -60)
    let made = try #require(Self.reconcile(Self.visit(), []).first)
    #expect(made.reported(delivered: true, at: due) == nil, "it has not been sent")
    let sent = try Self.sent(made, of: Self.visit(), at: due)
    let failed = try #require(sent.reported(delivered: false, failure: "off", at: due))
    #expect(failed.state == .failed && failed.reported(delivered: false, at: due) == nil)
    let delivered = try #require(failed.reported(delivered: true, at: due))
    #expect(delivered.state == .delivered && delivered.failure == nil)
    #expect(delivered.reported(delivered: false, at: due) == nil)
    #expect(delivered.reported(delivered: true, at: due) == nil)
  }

  /// E11 and E20: whoever looks over a shoulder learns nothing.
  @Test(arguments: ReminderKind.allCases)
  func messagesSayNeitherWhoNorWhy(_ kind: ReminderKind) {
    let reminder = Reminder(
      tenant: Example.tenant, visit: Example.visit.id, person: Self.citizen, kind: kind,
      channel: .sms, minutes: 10, visitStart: Self.start, round: 1, dueAt: Self.now)
    let text = reminder.text(at: Self.now)
    for word in ["støtte", "orger", "esøg", "ommune", "Anne", "upport", "itizen", "isit"] {
      #expect(!text.danish.contains(word))
      #expect(!text.english.contains(word))
    }
    #expect(text.danish.count <= 160, "one text message")
  }

  @Test func dayWordsAreThoseOfDenmark() throws {
    // 23.30 in Denmark on 20 November is still the 20th in UTC.
    let evening = try #require(UTCMilliseconds(rfc3339: "2026-11-20T22:30:00Z"))
    let start = try #require(UTCMilliseconds(rfc3339: "2026-11-20T23:30:00Z"))
    let reminder = Reminder(
      tenant: Example.tenant, visit: Example.visit.id, person: Self.citizen, kind: .upcoming,
      channel: .sms, minutes: 60, visitStart: start, round: 1, dueAt: evening)
    #expect(reminder.text(at: evening).danish == "Husk din aftale i morgen den 21/11 kl. 0.30.")
    let same = evening.adding(minutes: 45)
    #expect(reminder.text(at: same).danish == "Husk din aftale i dag kl. 0.30.")
    let before = evening.adding(minutes: -1440)
    #expect(reminder.text(at: before).danish == "Husk din aftale den 21/11 kl. 0.30.")
  }

  @Test func remindersComeTheEveningBeforeRatherThanInTheNight() throws {
    var plan = Self.plan
    plan.quiet = QuietHours(
      from: try #require(LocalTime("21:00")), until: try #require(LocalTime("07:00")))
    plan.rules = [ReminderRule(channel: .sms, minutesBefore: 120)]
    // Eight o'clock, the morning after the clocks went back: 6.00 is in the quiet.
    let start = try #require(UTCMilliseconds(rfc3339: "2026-10-25T07:00:00Z"))
    let now = start.adding(minutes: -4000)
    let made = ReminderRules.reconcile(Self.visit(start), plans: [plan], existing: [], at: now)
    #expect(made.first?.dueAt.rfc3339 == "2026-10-24T18:59:00Z")
  }

  @Test func plansAreBounded() throws {
    func checked(_ minutes: [Int]) throws -> [ReminderRule] {
      try ReminderPlan(
        person: Self.citizen,
        rules: minutes.map { ReminderRule(channel: .sms, minutesBefore: $0) }
      ).checked(for: .citizen).rules
    }
    #expect(try checked([60, 60, 15]).map(\.minutesBefore) == [60, 15])
    #expect(throws: Refusal.reminderTimeOutOfRange(days: 14)) { try checked([4]) }
    #expect(throws: Refusal.reminderTimeOutOfRange(days: 14)) { try checked([.max]) }
    #expect(throws: Refusal.tooManyReminders(most: 4)) { try checked([5, 6, 7, 8, 9]) }
  }
}
