import Foundation
import Testing
import Visits

@Suite struct ConsentAndRetentionTests {
  typealias E = GrantExample
  static let now = E.time("2026-02-02", hour: 9)
  static let karen = PersonID(rawValue: "karen")

  static func give(
    _ kind: ConsentKind = .partnerAlert, recipient: String? = "Aktivitetscenteret",
    reason: String = "Hvis jeg ikke svarer", way: ConsentWay = .spoken,
    through: LocalDate? = nil, by initiator: Initiator = Example.worker
  ) throws -> Consent {
    try ConsentRules().give(
      kind, as: ConsentID(rawValue: "c"), by: karen, recipient: recipient, reason: reason,
      way: way, validThrough: through, recordedBy: initiator, at: now)
  }

  /// H13, and what rests on it: H3, C8, E1.
  @Test func aConsentHoldsUntilItIsTakenBackOrOver() throws {
    let consent = try Self.give(through: E.day("2026-02-28"))
    func holds(_ consent: Consent, _ recipient: String = "Aktivitetscenteret", on day: String)
      -> Bool
    {
      let register = ConsentRegister(citizen: Self.karen, consents: [consent])
      return E.refusal {
        try register.require(.partnerAlert, recipient: recipient, on: E.day(day))
      } == nil
    }
    #expect(holds(consent, on: "2026-02-02") && holds(consent, on: "2026-02-28"))
    #expect(!holds(consent, on: "2026-02-01") && !holds(consent, on: "2026-03-01"))
    #expect(!holds(consent, "Jobcenteret", on: "2026-02-03"))
    let withdrawn = try ConsentRules().withdraw(consent, by: Example.citizen, at: Self.now)
    #expect(!holds(withdrawn, on: "2026-02-02"))
    let again = try ConsentRules().withdraw(
      withdrawn, by: Example.worker, at: Self.now.adding(minutes: 5))
    #expect(again == withdrawn)
    #expect(
      E.refusal { _ = try ConsentRules().withdraw(consent, by: Example.otherCitizen, at: Self.now) }
        == .notYourRecord)
    let other = ConsentRegister(citizen: PersonID(rawValue: "ole"), consents: [consent])
    #expect(other.consents.isEmpty)
  }

  @Test func aConsentSaysWhatForAndWhom() throws {
    #expect(E.refusal { _ = try Self.give(reason: " ") } == .consentNeedsReason)
    #expect(E.refusal { _ = try Self.give(recipient: nil) } == .consentNeedsRecipient)
    #expect(try Self.give(.autoAnswer, recipient: nil).recipient == nil)
    #expect(E.refusal { _ = try Self.give(way: .onScreen) } == .consentWayDoesNotFit)
    #expect(E.refusal { _ = try Self.give(by: Example.citizen) } == .consentWayDoesNotFit)
    #expect(try Self.give(way: .onScreen, by: Example.citizen).recordedBy == Self.karen)
    for initiator in [Example.operations, E.administrator, .system] {
      #expect(E.refusal { _ = try Self.give(by: initiator) } == .consentNeedsAPerson)
    }
    #expect(E.refusal { _ = try Self.give(by: Example.otherCitizen) } == .notYourRecord)
    #expect(
      E.refusal { _ = try Self.give(through: E.day("2026-02-01")) } == .consentAlreadyOver)
  }

  /// H3: a partner may be told by a message, or rung where no address is given.
  @Test func onlyAPartnerWhoIsToBeToldHasAnAddress() throws {
    func give(_ kind: ConsentKind, _ address: String?) throws -> Consent {
      try ConsentRules().give(
        kind, as: ConsentID(rawValue: "c"), by: Self.karen, recipient: "Lise",
        contact: address.map { ConsentContact(channel: .sms, address: $0) },
        reason: "Hvis jeg ikke svarer", way: .spoken, recordedBy: Example.worker, at: Self.now)
    }
    #expect(try give(.partnerAlert, " 12345678 ").contact?.address == "12345678")
    #expect(try give(.partnerAlert, nil).contact == nil)
    #expect(E.refusal { _ = try give(.partnerAlert, "  ") } == .consentContactDoesNotFit)
    #expect(E.refusal { _ = try give(.disclosure, "12345678") } == .consentContactDoesNotFit)
  }

  /// What is recorded for auto-answer is shown in the register and not kept twice.
  @Test func anAgreementOnAutoAnswerIsAConsentOfTheRegister() {
    let agreement = AutoAnswerAgreement(
      citizen: Self.karen, device: Example.screen, reason: "Kan ikke trykke på knappen",
      callers: [Example.visit.workerID], hours: [], recordedBy: Example.visit.workerID,
      consentedAt: Self.now, expiresAt: Self.now.adding(minutes: 1440))
    let consent = Consent(agreement)
    #expect(consent.kind == .autoAnswer && consent.recordedBy == Example.visit.workerID)
    #expect(consent.isValid(on: LocalDate(Self.now)))
    #expect(Consent.autoAnswerDevice(consent.id) == Example.screen)
    #expect(Consent.autoAnswerDevice(ConsentID(rawValue: "c")) == nil)
  }

  // MARK: Retention

  static func step(_ kind: DataKind, on today: String) throws -> PurgeStep {
    try #require(RetentionPolicy.suggested.purge(on: E.day(today)).first { $0.kind == kind })
  }

  @Test func everyKindOfDataHasItsTimeAndIsPurgedOnce() {
    let steps = RetentionPolicy.suggested.purge(on: E.day("2026-02-02"))
    #expect(Set(steps.map(\.kind)) == Set(DataKind.allCases))
    #expect(steps.count == DataKind.allCases.count)
  }

  @Test func whatIsOlderGoesAndTheDayItselfStays() throws {
    let step = try Self.step(.queue, on: "2026-03-31")
    #expect(step.before == E.day("2026-03-01"))
    #expect(step.purges(happenedOn: E.day("2026-02-28"), course: .running))
    #expect(!step.purges(happenedOn: E.day("2026-03-01"), course: nil))
  }

  @Test func notesStayAsLongAsACourseRuns() throws {
    let step = try Self.step(.notes, on: "2030-01-01")
    let old = E.day("2020-01-01")
    #expect(!step.purges(happenedOn: old, course: .running))
    #expect(!step.purges(happenedOn: old, course: .ended(E.day("2028-01-02"))))
    #expect(step.purges(happenedOn: old, course: .ended(E.day("2028-01-01"))))
    #expect(step.purges(happenedOn: old, course: .never))
    // A note written after the course ended is kept its own time.
    #expect(!step.purges(happenedOn: E.day("2029-06-01"), course: .ended(E.day("2020-02-01"))))
  }

  @Test func whereACitizensCoursesAre() throws {
    let today = E.day("2026-09-01")
    let ended = try E.grant()
    let open = try E.grant(.section85, start: "2026-08-01")
    #expect(CourseState(of: [], on: today) == .never)
    #expect(CourseState(of: [ended], on: today) == .ended(E.day("2026-07-04")))
    #expect(CourseState(of: [ended, open], on: today) == .running)
    #expect(CourseState(of: [ended], on: E.day("2026-07-04")) == .running)
    // A grant that is to begin counts as running: nothing is purged the week before.
    #expect(
      CourseState(of: [try E.grant(start: "2026-12-01")], on: today) == .running)
  }

  /// Coming back finds what was kept (A12).
  @Test func pairingIsKeptAsLongAsTheWayBackIsOpen() {
    let pairing = RetentionPolicy.suggested.period(of: .pairing)
    #expect((pairing?.days ?? 0) >= GrantPolicy().reentryDays)
  }

  @Test func logsAreKeptForNoLessAndNoLongerThanTheyMay() throws {
    #expect(
      E.refusal { _ = try RetentionPolicy(replacing: [.init(.accessLog, days: 182, from: .event)]) }
        == .retentionOutOfRange(183...1827))
    #expect(
      E.refusal {
        _ = try RetentionPolicy(replacing: [.init(.audit, days: 365, from: .courseEnd)])
      } == .retentionOutOfRange(183...1827))
    #expect(
      E.refusal { _ = try RetentionPolicy(replacing: [.init(.notes, days: 0, from: .event)]) }
        == .retentionOutOfRange(1...36_525))
    let own = try RetentionPolicy(replacing: [.init(.queue, days: 7, from: .event)])
    #expect(own.period(of: .queue)?.days == 7 && own.periods.count == DataKind.allCases.count)
    let decoded = try JSONDecoder().decode(
      RetentionPolicy.self, from: JSONEncoder().encode(own))
    #expect(decoded == own)
    let bad = Data(#"[{"kind":"audit","days":1,"from":"event"}]"#.utf8)
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(RetentionPolicy.self, from: bad)
    }
  }

  /// Every role is one of the six, by the names that tokens and the API carry.
  @Test func thereAreSixRoles() {
    #expect(
      Role.allCases.map(\.rawValue) == [
        "citizen", "supportWorker", "teamLead", "caseWorker", "operations", "administrator",
      ])
    #expect(Role.allCases.filter(\.givesSupport) == [.supportWorker, .teamLead])
  }
}
