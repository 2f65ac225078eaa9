import Testing
import Visits

@Suite struct CallbackTests {
  static let now = Example.start
  static let citizen = Example.visit.citizenID
  static let anne = Example.worker
  static let bo = Example.otherWorker
  static let rules = CallbackRules()
  /// Open for eight hours from now, and again a day later.
  static let hours = TimeWindows([
    TimeWindow(start: now.adding(minutes: -60), minutes: 540),
    TimeWindow(start: now.adding(minutes: 1440), minutes: 480),
  ])

  static func after(_ minutes: Int) -> UTCMilliseconds { now.adding(minutes: minutes) }

  static func ask(
    urgent: Bool = false, about: String? = nil, open: CallbackRequest? = nil,
    by initiator: Initiator = Example.citizen, at time: UTCMilliseconds = Self.now
  ) throws -> CallbackRequest {
    try rules.ask(
      id: CallbackID(rawValue: "c\(time.rawValue)"), tenant: Example.tenant, citizen: citizen,
      team: TeamID(rawValue: "vest"), isUrgent: urgent, about: about, open: open, hours: hours,
      by: initiator, at: time)
  }

  static func claim(
    _ request: CallbackRequest, by initiator: Initiator = anne, at time: UTCMilliseconds
  ) throws -> CallbackRequest {
    try rules.claim(request, by: initiator, holderName: "Anne", at: time)
  }

  @Test func aRequestIsDueWithinContactHours() throws {
    #expect(try Self.ask().dueAt == Self.after(120))
    #expect(try Self.ask(urgent: true).dueAt == Self.after(10))
    // Half an hour before closing: the rest counts from opening.
    let late = Self.after(450)
    #expect(try Self.ask(at: late).dueAt == Self.after(1440 + 90))
    #expect(try Self.ask(at: Self.after(5000)).dueAt == Self.after(5120), "hours not known")
  }

  @Test func askingTwiceIsOneRequestThatMayBecomeUrgent() throws {
    let first = try Self.ask()
    let again = try Self.ask(open: first, at: Self.after(5))
    #expect(again == first)
    let urgent = try Self.ask(urgent: true, open: first, at: Self.after(5))
    #expect(urgent.id == first.id && urgent.isUrgent && urgent.dueAt == Self.after(15))
    #expect(try Self.ask(open: urgent, at: Self.after(6)) == urgent, "never less urgent")
  }

  @Test func notesHoldNoPersonalNumber() throws {
    #expect(try Self.ask(about: " brev fra banken ").about == "brev fra banken")
    #expect(throws: Refusal.personalNumber) { try Self.ask(about: "010190-1234") }
    #expect(throws: Refusal.notYourCallback) { try Self.ask(by: Example.otherCitizen) }
    #expect(try Self.ask(by: Self.anne).citizen == Self.citizen)
  }

  @Test func oneWorkerTakesItAndTheSecondIsToldWho() throws {
    let claimed = try Self.claim(try Self.ask(), at: Self.after(12))
    #expect(claimed.state == .claimed && claimed.seenAt == Self.after(12))
    #expect(try Self.claim(claimed, at: Self.after(13)) == claimed)
    #expect(throws: Refusal.callbackTaken(by: "Anne", at: Self.after(12))) {
      try Self.claim(claimed, by: Self.bo, at: Self.after(13))
    }
    #expect(throws: Refusal.takenByColleague) {
      try Self.rules.reached(claimed, by: Self.bo, at: Self.after(13))
    }
    for other in [Example.citizen, Example.operations, .system] {
      #expect(throws: Refusal.onlyStaffCallsBack) {
        try Self.claim(claimed, by: other, at: Self.after(13))
      }
    }
  }

  @Test func aLockLapsesAndTheRequestIsEverybodysAgain() throws {
    let claimed = try Self.claim(try Self.ask(urgent: true), at: Self.after(2))
    #expect(Self.rules.nextWake(of: claimed) == Self.after(17))
    #expect(Self.rules.advance(claimed, hours: Self.hours, to: Self.after(16)) == claimed)
    let back = Self.rules.advance(claimed, hours: Self.hours, to: Self.after(17))
    #expect(back.state == .waiting && back.escalation == .team, "late already: carried further")
    #expect(back.dueAt == Self.after(10), "taking it wins no time")
    #expect(try Self.claim(back, by: Self.bo, at: Self.after(18)).claimedBy == Self.bo.person)
    // Nobody looked yet, but the time is up all the same.
    #expect(try Self.claim(claimed, by: Self.bo, at: Self.after(17)).claimedBy == Self.bo.person)
  }

  @Test func aRequestThatNobodyTakesIsCarriedFurther() throws {
    let request = try Self.ask(urgent: true)
    func level(_ minutes: Int) -> Escalation {
      Self.rules.advance(request, hours: Self.hours, to: Self.after(minutes)).escalation
    }
    #expect([9, 10, 19, 20, 500].map(level) == [.duty, .team, .team, .lead, .lead])
    let last = Self.rules.advance(request, hours: Self.hours, to: Self.after(500))
    #expect(Self.rules.nextWake(of: last) == nil && last.state == .waiting)
    let released = try Self.rules.release(
      try Self.claim(last, at: Self.after(501)), by: Self.anne, at: Self.after(502))
    #expect(released.escalation == .lead && Self.rules.nextWake(of: released) == nil)
  }

  @Test func callsInVainNeverCloseARequest() throws {
    var request = try Self.ask()
    var now = Self.now
    for attempt in 1...9 {
      request = try Self.claim(request, at: now)
      request = try Self.rules.noAnswer(request, by: Self.anne, hours: Self.hours, at: now)
      #expect(request.attempts == attempt && request.state == .waiting)
      let retry = try #require(request.retryAt)
      #expect(retry > now && request.dueAt > retry && request.escalatesAt == request.dueAt)
      now = retry
    }
    let done = try Self.rules.reached(
      try Self.claim(request, at: now), in: Example.visit.id, by: Self.anne, at: now)
    #expect(done.state == .done && done.visit == Example.visit.id)
    #expect(try Self.rules.reached(done, by: Self.anne, at: now) == done)
    #expect(throws: Refusal.callbackClosed) { try Self.claim(done, by: Self.bo, at: now) }
  }

  @Test func theCitizenMayChangeTheirMind() throws {
    let request = try Self.ask()
    #expect(throws: Refusal.notYourCallback) {
      try Self.rules.withdraw(request, by: Self.anne, at: Self.now)
    }
    let withdrawn = try Self.rules.withdraw(request, by: Example.citizen, at: Self.now)
    #expect(withdrawn.state == .withdrawn && Self.rules.nextWake(of: withdrawn) == nil)
    #expect(try Self.ask(open: withdrawn, at: Self.after(1)).state == .waiting)
  }

  @Test func urgentOnesComeFirst() throws {
    let ordinary = try Self.ask()
    let later = try Self.ask(at: Self.after(1))
    let urgent = try Self.ask(urgent: true, at: Self.after(30))
    let claimed = try Self.claim(try Self.ask(urgent: true, at: Self.after(2)), at: Self.after(3))
    let order = CallbackRequest.inOrder([claimed, later, ordinary, urgent], at: Self.after(31))
    #expect(order.map(\.id) == [urgent.id, ordinary.id, later.id, claimed.id])
  }

  @Test func theCitizenAlwaysSeesWhatHappensNext() throws {
    func danish(
      _ request: CallbackRequest, _ name: String? = nil, at time: UTCMilliseconds = Self.now
    ) -> String {
      request.status(name: name, hours: Self.hours, emergencyNumber: "70 12 34 56", at: time).danish
    }
    let request = try Self.ask()
    #expect(danish(request) == "Vi har fået din besked. Vi ringer til dig.")
    let clock = CopenhagenTime(Self.after(12)).clock
    let seen = try Self.rules.see(request, by: Self.anne, at: Self.after(12))
    #expect(danish(seen, "Anne") == "Set af Anne kl. \(clock). Vi ringer til dig.")
    #expect(try Self.rules.see(seen, by: Self.bo, at: Self.after(13)) == seen, "the first counts")
    let claimed = try Self.claim(seen, at: Self.after(14))
    #expect(danish(claimed, "Anne") == "Anne ringer til dig nu.")
    let closed = Self.after(600)
    let opens = CopenhagenTime(Self.after(1440))
    #expect(
      danish(try Self.ask(at: closed), at: closed)
        == "Vi ringer til dig, når vi åbner den \(opens.day) kl. \(opens.clock). "
        + "Haster det, så ring på 70 12 34 56.")
    #expect(danish(try Self.ask(urgent: true)).hasSuffix("Haster det, så ring på 70 12 34 56."))
  }
}
