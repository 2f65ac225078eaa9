import Testing
import Visits

@Suite struct WhoMayTests {
  static let now = Example.start

  static func refusal(
    _ command: VisitCommand, _ state: VisitState, by initiator: Initiator
  ) -> Refusal? {
    do throws(Refusal) {
      _ = try Example.apply(
        command, to: VisitLifeTests.visit(state), by: initiator, at: now)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    Example.otherWorker, Example.otherCitizen, Example.operations, Initiator.system,
  ])
  func outsidersDoNothingInAVisit(_ outsider: Initiator) {
    #expect(Self.refusal(.ring, .booked, by: outsider) == .notYourVisit)
    #expect(Self.refusal(.answer, .ringing, by: outsider) == .notYourVisit)
    #expect(Self.refusal(.decline(reason: nil), .ringing, by: outsider) == .notYourVisit)
    #expect(Self.refusal(.hangUp(reason: nil), .active, by: outsider) == .notYourVisit)
  }

  @Test func theWorkerRingsAndTheCitizenAnswers() {
    #expect(Self.refusal(.ring, .booked, by: Example.citizen) == .onlyWorkerRings)
    #expect(Self.refusal(.answer, .ringing, by: Example.worker) == .onlyCitizenAnswers)
    let decline = VisitCommand.decline(reason: nil)
    #expect(Self.refusal(decline, .ringing, by: Example.worker) == .onlyCitizenAnswers)
  }

  @Test func staffCancelTheirOwnVisitsAndOperationsAny() {
    let cancel = VisitCommand.cancel(reason: nil)
    #expect(Self.refusal(cancel, .booked, by: Example.operations) == nil)
    #expect(Self.refusal(cancel, .booked, by: Example.worker) == nil)
    #expect(Self.refusal(cancel, .booked, by: Example.otherWorker) == .notYourVisit)
    #expect(Self.refusal(cancel, .booked, by: Example.citizen) == .onlyStaffBooks)
  }

  @Test func visitsOutsideTheRelayAreNotRung() throws {
    var physical = Example.visit
    physical.form = .physical
    var phone = Example.visit
    phone.mediaMode = .phone
    let rules = VisitRules()
    #expect(throws: Refusal.physicalVisit) {
      try Example.apply(.ring, to: physical, by: Example.worker, at: Self.now)
    }
    #expect(throws: Refusal.phoneVisit) {
      try Example.apply(.ring, to: phone, by: Example.worker, at: Self.now)
    }
    #expect(throws: Refusal.phoneVisit) { try rules.checkJoin(phone, by: Example.worker) }
  }

  static func joinRefusal(_ state: VisitState, by initiator: Initiator) -> Refusal? {
    do throws(Refusal) {
      try VisitRules().checkJoin(VisitLifeTests.visit(state), by: initiator)
      return nil
    } catch {
      return error
    }
  }

  @Test func theWorkerMayWaitInTheRoomAndTheCitizenEntersByAnswering() {
    let expected: [(VisitState, worker: Refusal?, citizen: Refusal?)] = [
      (.booked, nil, .notBegun), (.ringing, nil, .answerFirst), (.active, nil, nil),
      (.missed, nil, .notBegun), (.ended, .visitOver, .visitOver),
      (.cancelled, .visitCancelled, .visitCancelled),
    ]
    for (state, worker, citizen) in expected {
      #expect(Self.joinRefusal(state, by: Example.worker) == worker, "worker, \(state)")
      #expect(Self.joinRefusal(state, by: Example.citizen) == citizen, "citizen, \(state)")
    }
  }

  @Test func nobodyElseEntersTheRoom() {
    #expect(Self.joinRefusal(.active, by: Example.operations) == .operationsStayOutside)
    #expect(Self.joinRefusal(.active, by: Example.otherWorker) == .notYourVisit)
    #expect(Self.joinRefusal(.active, by: Example.otherCitizen) == .notYourVisit)
    #expect(Self.joinRefusal(.active, by: .system) == .notYourVisit)
  }

  @Test func aVisitIsSeenByThoseInItAndByOperations() {
    let rules = VisitRules()
    for seer in [Example.worker, Example.citizen, Example.operations] {
      #expect(throws: Never.self) { try rules.checkVisible(Example.visit, to: seer) }
    }
    for stranger in [Example.otherWorker, Example.otherCitizen] {
      #expect(throws: Refusal.notYourVisit) {
        try rules.checkVisible(Example.visit, to: stranger)
      }
    }
  }

  /// The catalogue's own words, as the person concerned reads them.
  @Test func refusalsAreSaidInPlainDanish() {
    let texts: [(Refusal, String)] = [
      (
        .notBegun,
        "Besøget er ikke begyndt. Din bostøttemedarbejder ringer til dig, når det er tid."
      ),
      (.ringOver, "Opkaldet er stoppet. Din bostøttemedarbejder kan ringe til dig igen."),
      (.answeredElsewhere, "Opkaldet er taget på en anden skærm."),
      (.visitOver, "Besøget er slut. Book et nyt besøg for at tale sammen igen."),
      (.visitCancelled, "Besøget er aflyst. Book et nyt besøg."),
      (.visitInProgress, "Besøget er i gang. Læg på først."),
      (.notRinging, "Der bliver ikke ringet lige nu. Din bostøttemedarbejder ringer til dig."),
      (.onlyStaffBooks, "Aftal tidspunktet med din bostøttemedarbejder, som skriver det ind."),
    ]
    for (refusal, danish) in texts { #expect(refusal.danish == danish) }
  }
}
