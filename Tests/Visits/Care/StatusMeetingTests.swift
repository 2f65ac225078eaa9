import Testing
import Visits

@Suite("Status meetings with the case worker")
struct StatusMeetingTests {
  typealias E = GrantExample
  static let bente = Example.person("bente", .caseWorker, "Bente")
  static let meeting = StatusMeeting(
    visit: Example.visit, caseWorker: bente.id, agenda: "Status efter tre måneder")

  static func book(
    by initiator: Initiator, circle caseWorker: String? = "bente",
    _ meeting: StatusMeeting = meeting, invited: Person = bente
  ) throws -> VisitChange {
    try meeting.book(
      under: VisitRules(), citizen: Example.person("karen", .citizen, "Karen"),
      worker: Example.person("anne", .supportWorker, "Anne"), caseWorker: invited,
      circle: CareCircle(
        citizen: Example.visit.citizenID,
        caseWorker: caseWorker.map(PersonID.init(rawValue:))),
      by: initiator, at: Example.start)
  }

  /// H7: "statusmøder, som afholdes efter behov".
  @Test(arguments: [Example.worker, E.teamLead, E.caseWorker])
  func theTeamAndTheCitizensOwnCaseWorkerBook(_ initiator: Initiator) throws {
    let change = try Self.book(by: initiator)
    #expect(change.visit.participants.map(\.rawValue) == ["karen", "anne", "bente"])
    #expect(!change.visit.isTwoParty && change.visit.capacity > 2)
    #expect(change.entries.map(\.participant) == [initiator.person])
    #expect(change.entries.first?.note == "Status efter tre måneder")
  }

  @Test func othersDoNot() {
    #expect(E.refusal { _ = try Self.book(by: Example.citizen) } == .onlyStaffBooks)
    #expect(
      E.refusal { _ = try Self.book(by: E.caseWorker, circle: "per") } == .bookingIsForTheTeam)
    #expect(E.refusal { _ = try Self.book(by: E.administrator) } == .bookingIsForTheTeam)
    #expect(
      E.refusal {
        _ = try Self.book(by: Example.worker, invited: Example.person("bo", .supportWorker, "Bo"))
      } == .notACaseWorker(name: "Bo"))
  }

  @Test func oneOfThreeWhoLeavesLeavesItToTheOthers() throws {
    var visit = Self.meeting.visit
    visit.state = .active
    let left = try Example.apply(
      .hangUp(reason: nil), to: visit, by: E.caseWorker, at: Example.start)
    #expect(left.visit.state == .active && left.entries.map(\.kind) == [.left])
    let ended = try Example.apply(
      .hangUp(reason: nil), to: visit, by: Example.worker, at: Example.start)
    #expect(ended.visit.state == .ended)
  }

  /// H7: who was invited comes when it has begun; their answer is theirs, not the visit's.
  @Test func whoWasInvitedAnswersForThemselvesAlone() throws {
    var visit = Self.meeting.visit
    for state in [VisitState.booked, .ringing, .missed] {
      visit.state = state
      visit.ringExpiresAt = state == .ringing ? Example.start.adding(minutes: 1) : nil
      #expect(throws: Refusal.notBegun) {
        try Example.apply(.answer, to: visit, by: E.caseWorker, at: Example.start)
      }
    }
    visit.state = .ringing
    visit.ringExpiresAt = Example.start.adding(minutes: 1)
    let gone = try Example.apply(
      .hangUp(reason: nil), to: visit, by: E.caseWorker, at: Example.start)
    #expect(gone.visit == visit && gone.entries.isEmpty, "the citizen is still rung")
    visit.state = .active
    visit.ringExpiresAt = nil
    for command in [VisitCommand.answer, .decline(reason: nil)] {
      let change = try Example.apply(command, to: visit, by: E.caseWorker, at: Example.start)
      #expect(change.visit == visit && change.entries.isEmpty)
    }
    visit.state = .ended
    #expect(throws: Refusal.visitOver) {
      try Example.apply(.answer, to: visit, by: E.caseWorker, at: Example.start)
    }
  }
}
