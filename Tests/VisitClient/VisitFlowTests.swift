import Foundation
import Testing
import Wire

@testable import VisitClient

struct VisitFlowTests {
  private func at(_ seconds: Int64) -> MonotonicTime { .zero + .seconds(seconds) }

  private func flow(
    _ part: VisitPart = .caller, state: VisitState = .booked, limit: TimeSpan? = nil
  ) -> VisitFlow {
    VisitFlow(
      part: part, visit: .example(state: state), me: part == .caller ? "anne" : "karen",
      limit: limit)
  }

  private let karen = PersonReference(id: "karen", displayName: "Karen Friis")
  private let anne = PersonReference(id: "anne", displayName: "Anne Holm")

  private func room(_ people: [PersonReference]) -> VisitFlow.Input {
    .event(.room(.init(visit: "v1", session: nil, slots: nil, participants: people)))
  }

  /// A caller who rang at second 0 and is waiting.
  private func ringing() -> VisitFlow {
    var flow = flow()
    _ = flow.handle(.start, at: at(0))
    _ = flow.handle(.stream(isOnline: true), at: at(0))
    _ = flow.handle(.rang(failure: nil), at: at(0))
    return flow
  }

  /// A caller in the call since second 5.
  private func talking(limit: TimeSpan? = nil) -> VisitFlow {
    var flow = flow(limit: limit)
    _ = flow.handle(.start, at: at(0))
    _ = flow.handle(.stream(isOnline: true), at: at(0))
    _ = flow.handle(.rang(failure: nil), at: at(0))
    _ = flow.handle(.event(.answered(.init(visit: "v1"))), at: at(4))
    _ = flow.handle(.call(.connected(profile: "AEAD_AES_128_GCM")), at: at(5))
    return flow
  }

  @Test func theCallerListensBeforeRinging() {
    var flow = flow()
    #expect(flow.handle(.start, at: at(0)) == [])
    #expect(flow.handle(.stream(isOnline: true), at: at(1)) == [.ring])
    #expect(flow.handle(.rang(failure: nil), at: at(1)) == [.report(.ringing(karen))])
  }

  @Test func aStreamThatIsThereAlreadyIsNotWaitedFor() {
    var flow = flow()
    #expect(flow.handle(.stream(isOnline: true), at: at(0)) == [])
    #expect(flow.handle(.start, at: at(0)) == [.ring])
  }

  @Test func theCallerRingsWithoutAStreamIfItTakesTooLong() {
    var flow = flow()
    _ = flow.handle(.start, at: at(0))
    #expect(flow.nextWake == at(2))
    #expect(flow.handle(.time, at: at(2)) == [.ring])
  }

  @Test func anAnswerConnectsOnce() {
    var flow = ringing()
    #expect(
      flow.handle(.event(.answered(.init(visit: "v1"))), at: at(4))
        == [.report(.answered(karen)), .connect])
    let stopped = VisitEvent.RingStopped(visit: "v1", reason: "answered")
    #expect(flow.handle(.event(.ringStopped(stopped)), at: at(4)) == [])
    #expect(flow.handle(.event(.answered(.init(visit: "v1"))), at: at(4)) == [])
    #expect(flow.handle(.visitRead(.active), at: at(4)) == [])
  }

  @Test func anAnswerThatTheStreamMissedShowsInTheVisit() {
    var flow = ringing()
    #expect(flow.handle(.time, at: at(3)) == [.readVisit])
    #expect(flow.handle(.visitRead(.ringing), at: at(3)) == [])
    #expect(
      flow.handle(.visitRead(.active), at: at(6)) == [.report(.answered(karen)), .connect])
  }

  @Test(arguments: [
    ("declined", VisitOutcome.declined), ("missed", .missed), ("cancelled", .calledOff),
  ])
  func aRingEndsInPlainWords(reason: String, outcome: VisitOutcome) {
    var flow = ringing()
    let stopped = VisitEvent.RingStopped(visit: "v1", reason: reason)
    #expect(flow.handle(.event(.ringStopped(stopped)), at: at(9)) == [.finish(outcome)])
    #expect(flow.isOver)
  }

  @Test func eventsOfOtherVisitsAreNotOurs() {
    var flow = ringing()
    #expect(flow.handle(.event(.answered(.init(visit: "v2"))), at: at(4)) == [])
    #expect(flow.handle(.event(.ended(.init(visit: "v2"))), at: at(4)) == [])
  }

  @Test func aRingThatNobodyStopsIsStoppedHere() {
    var flow = ringing()
    _ = flow.handle(.time, at: at(3))
    #expect(flow.handle(.time, at: at(60)) == [.hangUp, .finish(.missed)])
  }

  @Test func aRefusedRingIsSaid() {
    var flow = flow()
    _ = flow.handle(.start, at: at(0))
    _ = flow.handle(.stream(isOnline: true), at: at(0))
    let problem = ServiceError.refused(ProblemDocument(type: "x", status: 409))
    #expect(flow.handle(.rang(failure: problem), at: at(1)) == [.finish(.refused(problem))])
  }

  @Test func aVisitThatRingsAlreadyIsWaitedFor() {
    var flow = flow(state: .ringing)
    _ = flow.handle(.start, at: at(0))
    _ = flow.handle(.stream(isOnline: true), at: at(0))
    let problem = ServiceError.refused(ProblemDocument(type: "x", status: 409))
    #expect(flow.handle(.rang(failure: problem), at: at(1)) == [.report(.ringing(karen))])
  }

  @Test func aRestartedProgramGoesStraightBackIn() {
    var flow = flow(state: .active)
    #expect(flow.handle(.start, at: at(0)) == [.connect])
    _ = flow.handle(.call(.connected(profile: "AEAD_AES_128_GCM")), at: at(1))
    #expect(flow.handle(room([anne, karen]), at: at(1)) == [.report(.room([anne, karen]))])
  }

  @Test func whoDroppedOutMeanwhileIsRungBackOnce() {
    var flow = flow(state: .active)
    _ = flow.handle(.start, at: at(0))
    #expect(flow.handle(room([anne]), at: at(1)) == [.report(.room([anne])), .ring])
    #expect(flow.handle(.rang(failure: nil), at: at(1)) == [.report(.ringing(karen))])
    #expect(flow.handle(room([anne]), at: at(2)) == [.report(.room([anne]))])
    #expect(
      flow.handle(.event(.answered(.init(visit: "v1"))), at: at(9)) == [.report(.answered(karen))])
  }

  @Test func theAnswererAnswersAndConnects() {
    var flow = flow(.answerer, state: .ringing)
    #expect(flow.handle(.start, at: at(0)) == [.answer])
    #expect(flow.handle(.answered(failure: nil), at: at(0)) == [.connect])
  }

  @Test func aRingThatIsOverCannotBeAnswered() {
    var flow = flow(.answerer, state: .ringing)
    _ = flow.handle(.start, at: at(0))
    let problem = ServiceError.refused(ProblemDocument(type: "x", status: 409))
    #expect(flow.handle(.answered(failure: problem), at: at(0)) == [.finish(.calledOff)])
  }

  @Test func theCallEndsByItselfAfterItsTime() {
    var flow = talking(limit: .seconds(20))
    #expect(flow.nextWake == at(24), "the next look at the visit")
    #expect(flow.handle(.time, at: at(24)) == [.readVisit])
    #expect(
      flow.handle(.time, at: at(25)) == [.hangUp, .finish(.held(endedByOther: false))])
  }

  @Test func aRejoinDoesNotMakeTheVisitLonger() {
    var flow = talking(limit: .seconds(10))
    _ = flow.handle(.call(.connected(profile: "AEAD_AES_128_GCM")), at: at(12))
    #expect(
      flow.handle(.time, at: at(15)) == [.hangUp, .finish(.held(endedByOther: false))])
  }

  @Test func aLostRelayAsksForANewJoin() {
    var flow = talking()
    let rejoin = VisitEvent.Rejoin(visit: "v1", session: "s1", cause: "worker-lost")
    #expect(flow.handle(.event(.rejoin(rejoin)), at: at(9)) == [.rejoin(session: "s1")])
  }

  @Test func aRelayThatIsToBeEmptiedIsMovedFromWhileTheCallGoesOn() {
    var flow = talking()
    let rejoin = VisitEvent.Rejoin(visit: "v1", session: "s1", cause: "relay-moved")
    #expect(flow.handle(.event(.rejoin(rejoin)), at: at(9)) == [.move(session: "s1")])
  }

  @Test func aCallThatAnotherDeviceTookIsLeftAlone() {
    var flow = talking()
    let room = VisitEvent.RoomState(visit: "v1", session: "s2", slots: nil, participants: nil)
    #expect(flow.handle(.event(.room(room)), at: at(9)) == [.noteRoom(session: "s2")])
    let stopped = CallProgress.stopped(.takenElsewhere)
    #expect(
      flow.handle(.call(stopped), at: at(9))
        == [.report(.call(stopped)), .disconnect, .finish(.answeredElsewhere)])
  }

  @Test func theOtherPartyHangsUp() {
    var flow = talking()
    #expect(
      flow.handle(.event(.ended(.init(visit: "v1"))), at: at(30))
        == [.disconnect, .finish(.held(endedByOther: true))])
  }

  @Test func anEndThatTheStreamMissedShowsInTheVisit() {
    var flow = talking()
    #expect(
      flow.handle(.stream(isOnline: false), at: at(10)) == [.report(.service(isOnline: false))])
    #expect(
      flow.handle(.stream(isOnline: true), at: at(12))
        == [.report(.service(isOnline: true)), .readVisit])
    #expect(
      flow.handle(.visitRead(.ended), at: at(12))
        == [.disconnect, .finish(.held(endedByOther: true))])
  }

  @Test func aRefusedStreamDoesNotEndACall() {
    var flow = talking()
    let problem = ProblemDocument(type: "x", status: 401)
    #expect(flow.handle(.streamRefused(problem), at: at(9)) == [])
    #expect(!flow.isOver)
  }

  @Test func aConnectionThatIsGivenUpEndsTheVisitForBoth() {
    var flow = talking()
    #expect(
      flow.handle(.call(.stopped(.gaveUp)), at: at(130))
        == [.report(.call(.stopped(.gaveUp))), .hangUp, .finish(.noConnection)])
  }

  @Test func aRefusedFirstJoinIsSaid() {
    var flow = ringing()
    _ = flow.handle(.event(.answered(.init(visit: "v1"))), at: at(4))
    let full = ServiceError.refused(ProblemDocument(type: "x/room-full", status: 409))
    _ = flow.handle(.call(.refused(full)), at: at(5))
    let actions = flow.handle(.call(.stopped(.refused)), at: at(5))
    #expect(actions.last == .finish(.refused(full)))
  }

  @Test func hangingUpWhileItRingsStopsTheRing() {
    var flow = ringing()
    #expect(flow.handle(.userHungUp, at: at(5)) == [.hangUp, .finish(.calledOff)])
  }
}
