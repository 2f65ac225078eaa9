import Testing
import Visits

/// C8: asked before it is passed on; a no is kept.
@Suite("Passing something on")
struct DisclosureTests {
  private static let now = Example.start
  private static let rules = DisclosureRules()
  private static let caseWorker = Initiator.person(
    PersonID(rawValue: "lise"), role: .caseWorker, device: nil)

  private static func ask(
    what: String = "Notatet fra i dag", recipient: String = "Lægen",
    known: [Disclosure] = [], by initiator: Initiator = Example.worker
  ) throws(Refusal) -> Disclosure {
    try rules.ask(
      DisclosureID(rawValue: "d\(known.count)"), what: what, recipient: recipient,
      reason: "Så lægen kan hjælpe", citizen: Example.visit.citizenID, tenant: Example.tenant,
      known: known, by: initiator, at: now)
  }

  private static func answer(
    _ question: Disclosure, _ isYes: Bool, by initiator: Initiator = Example.citizen,
    way: ConsentWay = .onScreen
  ) throws(Refusal) -> Disclosure {
    try rules.answer(
      question, isYes: isYes, way: way, by: initiator, at: now.adding(minutes: 1))
  }

  private static func consent(to question: Disclosure) throws(Refusal) -> Consent {
    try ConsentRules().give(
      .disclosure, as: ConsentID(rawValue: "c"), by: question.citizen,
      recipient: question.recipient, reason: question.purpose, way: .onScreen,
      recordedBy: Example.citizen, at: now.adding(minutes: 1))
  }

  @Test func onlyAYesThatHoldsLetsItBePassedOn() throws {
    let question = try Self.ask()
    #expect(throws: Refusal.disclosureNotAnswered) {
      try Self.rules.passOn(question, under: nil, by: Example.worker, at: Self.now)
    }
    let agreed = try Self.answer(question, true)
    #expect(agreed.state == .agreed)
    var consent = try Self.consent(to: agreed)
    #expect(throws: Refusal.consentNeedsAPerson) {
      try Self.rules.passOn(agreed, under: consent, by: Example.citizen, at: Self.now)
    }
    let passedOn = try Self.rules.passOn(
      agreed, under: consent, by: Example.worker, at: Self.now.adding(minutes: 2))
    #expect(passedOn.state == .passedOn && passedOn.passedOnBy == Example.visit.workerID)
    consent = try ConsentRules().withdraw(
      consent, by: Example.citizen, at: Self.now.adding(minutes: 2))
    #expect(throws: Refusal.consentMissing(.disclosure)) {
      try Self.rules.passOn(agreed, under: consent, by: Example.worker, at: Self.now)
    }
  }

  @Test func aNoIsKeptAndNotAskedAgainInTheSameWords() throws {
    let declined = try Self.answer(try Self.ask(), false)
    #expect(declined.state == .declined)
    #expect(throws: Refusal.disclosureWasDeclined) {
      try Self.rules.passOn(declined, under: nil, by: Example.worker, at: Self.now)
    }
    #expect(throws: Refusal.disclosureWasDeclined) {
      try Self.ask(what: "notatet fra I DAG", known: [declined])
    }
    // Something else, or somebody else, is another question.
    #expect(try Self.ask(recipient: "Jobcentret", known: [declined]).state == .asked)
    #expect(throws: Refusal.disclosureIsAnswered) { try Self.answer(declined, true) }
    #expect(try Self.answer(declined, false) == declined)
  }

  @Test func theAnswerIsTheCitizensOrWhatSheSaid() throws {
    let question = try Self.ask(by: Self.caseWorker)
    #expect(throws: Refusal.notYourRecord) {
      try Self.answer(question, true, by: Example.otherCitizen)
    }
    #expect(throws: Refusal.consentWayDoesNotFit) {
      try Self.answer(question, true, by: Example.worker)
    }
    #expect(throws: Refusal.consentWayDoesNotFit) {
      try Self.answer(question, true, way: .spoken)
    }
    let spoken = try Self.answer(question, true, by: Example.worker, way: .spoken)
    #expect(spoken.answer?.recordedBy == Example.visit.workerID)
  }

  @Test func aQuestionIsWholeAskedOnceAndCanBeTakenBack() throws {
    let question = try Self.ask()
    #expect(throws: Refusal.disclosureIsAsked) { try Self.ask(known: [question]) }
    #expect(throws: Refusal.disclosureNeedsWords) { try Self.ask(what: "  ") }
    #expect(throws: Refusal.personalNumber) { try Self.ask(recipient: "Læge 010190-1234") }
    #expect(throws: Refusal.noteTooLong(longest: 140)) {
      try Self.ask(what: String(repeating: "a", count: 141))
    }
    for other in [Example.citizen, Example.operations, .system] {
      #expect(throws: Refusal.consentNeedsAPerson) { try Self.ask(by: other) }
    }
    let back = try Self.rules.takeBack(question, by: Example.worker, at: Self.now)
    #expect(back.state == .takenBack)
    #expect(throws: Refusal.disclosureIsAnswered) { try Self.answer(back, true) }
    #expect(try Self.ask(known: [back]).state == .asked)
  }
}
