import Testing
import Wire

@testable import VisitClient

struct ResumePolicyTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime {
    .zero + .milliseconds(milliseconds)
  }

  /// A policy that is connected since 300 ms on session `s1`.
  private func connected() -> ResumePolicy {
    var policy = ResumePolicy()
    _ = policy.handle(.start, at: at(0))
    _ = policy.handle(.joined(attempt: 1, session: "s1"), at: at(100))
    _ = policy.handle(.secured(attempt: 1), at: at(300))
    return policy
  }

  @Test func theFirstJoinConnects() {
    var policy = ResumePolicy()
    #expect(policy.handle(.start, at: at(0)) == [.join(attempt: 1, cause: .first)])
    #expect(policy.handle(.joined(attempt: 1, session: "s1"), at: at(100)) == [])
    #expect(!policy.isConnected)
    #expect(policy.handle(.secured(attempt: 1), at: at(300)) == [.connected])
    #expect(policy.isConnected)
    #expect(policy.nextWake == nil, "a good connection needs no timer")
  }

  @Test func aShortSilenceHealsWithoutANewJoin() {
    var policy = connected()
    #expect(policy.handle(.silent(attempt: 1), at: at(5000)) == [.interrupted(.silence)])
    #expect(policy.nextWake == at(6000))
    #expect(
      policy.handle(.heard(attempt: 1), at: at(5900)) == [.resumed(after: .milliseconds(900))])
    #expect(policy.attempt == 1)
    #expect(policy.nextWake == nil)
  }

  @Test func manyCallsDoNotAskInTheSameMoments() {
    var wakes: Set<Int64> = []
    for spread in [0.0, 0.5, 1.0] {
      var policy = ResumePolicy(spread: spread)
      _ = policy.handle(.start, at: at(0))
      _ = policy.handle(.joinFailed(attempt: 1, isFinal: false), at: at(0))
      wakes.insert((policy.nextWake ?? .zero).nanoseconds / 1_000)
    }
    #expect(wakes == [500_000, 562_500, 625_000])
  }

  @Test func aLostRelayIsJoinedAgainAtOnce() {
    var policy = connected()
    #expect(
      policy.handle(.rejoinAsked(session: "s1"), at: at(5000))
        == [.interrupted(.relayLost), .join(attempt: 2, cause: .relayLost)])
  }

  @Test func aBreakIsCountedFromWhenTheRelayWasLastHeard() {
    var policy = connected()
    policy.lastHeard = at(4000)
    _ = policy.handle(.rejoinAsked(session: "s1"), at: at(5000))
    _ = policy.handle(.joined(attempt: 2, session: "s2"), at: at(5050))
    #expect(
      policy.handle(.secured(attempt: 2), at: at(5100)) == [.resumed(after: .milliseconds(1100))])
  }

  @Test func aRejoinOfAnOldSessionIsIgnored() {
    var policy = connected()
    #expect(policy.handle(.rejoinAsked(session: "s0"), at: at(5000)) == [])
    #expect(policy.isConnected)
  }

  @Test func aRelayLostWhileTheJoinIsUnansweredIsNotForgotten() {
    var policy = ResumePolicy()
    _ = policy.handle(.start, at: at(0))
    #expect(policy.handle(.rejoinAsked(session: "s1"), at: at(50)) == [])
    #expect(
      policy.handle(.joined(attempt: 1, session: "s1"), at: at(100))
        == [.join(attempt: 2, cause: .relayLost)])
  }

  @Test func joinsAreRepeatedWithGrowingPauses() {
    var policy = ResumePolicy()
    _ = policy.handle(.start, at: at(0))
    var now: Int64 = 0
    var waits: [Int64] = []
    for attempt in 1...6 {
      #expect(policy.handle(.joinFailed(attempt: attempt, isFinal: false), at: at(now)) == [])
      let wake = (policy.nextWake ?? .zero).nanoseconds / 1_000_000
      waits.append(wake - now)
      now = wake
      #expect(
        policy.advance(to: at(now)) == [.join(attempt: attempt + 1, cause: .joinFailed)])
    }
    #expect(waits == [500, 1000, 2000, 4000, 4000, 4000])
  }

  @Test func aPathThatComesUpTooSlowlyIsTriedAnew() {
    var policy = ResumePolicy()
    _ = policy.handle(.start, at: at(0))
    _ = policy.handle(.joined(attempt: 1, session: "s1"), at: at(100))
    #expect(policy.nextWake == at(8100))
    #expect(policy.advance(to: at(8100)) == [])
    #expect(policy.advance(to: at(8600)) == [.join(attempt: 2, cause: .slowPath)])
  }

  @Test func whatComesLateFromAnOldAttemptIsIgnored() {
    var policy = connected()
    _ = policy.handle(.rejoinAsked(session: nil), at: at(5000))
    #expect(policy.handle(.joined(attempt: 1, session: "s9"), at: at(5010)) == [])
    _ = policy.handle(.joined(attempt: 2, session: "s2"), at: at(5100))
    #expect(policy.handle(.secured(attempt: 1), at: at(5110)) == [])
    #expect(policy.handle(.pathFailed(attempt: 1), at: at(5120)) == [])
    #expect(policy.handle(.silent(attempt: 1), at: at(5130)) == [])
    #expect(
      policy.handle(.secured(attempt: 2), at: at(5300)) == [.resumed(after: .milliseconds(300))])
    #expect(policy.session == "s2")
  }

  @Test func anOldPathThatComesBackSavesAFailedJoin() {
    // The service said that the relay was lost, but it was only cut off; the join fails meanwhile.
    var policy = connected()
    _ = policy.handle(.silent(attempt: 1), at: at(5000))
    #expect(
      policy.handle(.rejoinAsked(session: "s1"), at: at(5500))
        == [.join(attempt: 2, cause: .relayLost)])
    #expect(policy.handle(.heard(attempt: 1), at: at(7500)) == [])
    #expect(
      policy.handle(.joinFailed(attempt: 2, isFinal: false), at: at(8000))
        == [.resumed(after: .milliseconds(3000))])
    #expect(policy.isConnected)
  }

  @Test func aPathThatTheRelayClosedIsExplainedByTheEndOfTheVisit() {
    var policy = connected()
    #expect(policy.handle(.pathClosed(attempt: 1), at: at(5000)) == [])
    #expect(policy.handle(.over, at: at(5020)) == [.stop(.over)])
  }

  @Test func aPathThatTheRelayClosedIsExplainedByARejoin() {
    var policy = connected()
    _ = policy.handle(.pathClosed(attempt: 1), at: at(5000))
    #expect(
      policy.handle(.rejoinAsked(session: "s1"), at: at(5030))
        == [.interrupted(.relayLost), .join(attempt: 2, cause: .relayLost)])
  }

  @Test func aClosedPathThatNobodyExplainsIsJoinedAgain() {
    var policy = connected()
    _ = policy.handle(.pathClosed(attempt: 1), at: at(5000))
    #expect(policy.nextWake == at(6000))
    #expect(
      policy.advance(to: at(6000))
        == [.interrupted(.pathFailed), .join(attempt: 2, cause: .pathFailed)])
  }

  @Test(arguments: [true, false])
  func twoDevicesDoNotThrowEachOtherOut(closedFirst: Bool) {
    var policy = connected()
    _ = policy.handle(.roomSeen(session: "s1"), at: at(400))
    let (closed, seen) = (
      ResumePolicy.Input.pathClosed(attempt: 1), ResumePolicy.Input.roomSeen(session: "s2")
    )
    #expect(policy.handle(closedFirst ? closed : seen, at: at(5000)) == [])
    #expect(
      policy.handle(closedFirst ? seen : closed, at: at(5010)) == [.stop(.takenElsewhere)])
  }

  @Test func theRoomOfTheSessionBeforeIsNoOtherDevice() {
    var policy = connected()
    _ = policy.handle(.roomSeen(session: "s1"), at: at(400))
    _ = policy.handle(.rejoinAsked(session: "s1"), at: at(5000))
    _ = policy.handle(.joined(attempt: 2, session: "s2"), at: at(5100))
    _ = policy.handle(.secured(attempt: 2), at: at(5200))
    _ = policy.handle(.roomSeen(session: "s1"), at: at(5300))
    #expect(policy.handle(.pathClosed(attempt: 2), at: at(9000)) == [])
    #expect(!policy.isOver)
  }

  @Test func aRefusalEndsTheCall() {
    var policy = ResumePolicy()
    _ = policy.handle(.start, at: at(0))
    #expect(
      policy.handle(.joinFailed(attempt: 1, isFinal: true), at: at(50)) == [.stop(.refused)])
    #expect(policy.isOver)
    #expect(policy.handle(.start, at: at(60)) == [])
  }

  @Test func nobodyWaitsForEver() {
    var policy = ResumePolicy()
    _ = policy.handle(.start, at: at(0))
    var now: Int64 = 0
    var stops = 0
    for attempt in 1... {
      _ = policy.handle(.joinFailed(attempt: attempt, isFinal: false), at: at(now))
      guard let wake = policy.nextWake else { break }
      now = wake.nanoseconds / 1_000_000
      let actions = policy.advance(to: wake)
      if actions == [.stop(.gaveUp)] {
        stops += 1
        break
      }
    }
    #expect(stops == 1)
    #expect(now == 120_000)
  }

  @Test func hangingUpStopsWhateverTheState() {
    for inputs in [[], [ResumePolicy.Input.start], [.start, .joined(attempt: 1, session: "s")]] {
      var policy = ResumePolicy()
      for input in inputs { _ = policy.handle(input, at: at(0)) }
      #expect(policy.handle(.over, at: at(10)) == [.stop(.over)])
      #expect(policy.nextWake == nil)
    }
  }

  // MARK: Moves

  /// A policy whose move to `s2` was asked for at 5 s.
  private func moving() -> ResumePolicy {
    var policy = connected()
    #expect(
      policy.handle(.moveAsked(session: "s1"), at: at(5000)) == [.join(attempt: 2, cause: .moved)])
    return policy
  }

  @Test func aMoveIsNoInterruption() {
    var policy = moving()
    #expect(policy.isConnected)
    #expect(policy.handle(.moveAsked(session: "s1"), at: at(5010)) == [], "asked for again")
    #expect(policy.handle(.joined(attempt: 2, session: "s2"), at: at(5100)) == [])
    #expect(policy.handle(.secured(attempt: 2), at: at(5300)) == [])
    #expect(policy.isConnected && policy.attempt == 2 && policy.session == "s2")
    #expect(policy.handle(.pathClosed(attempt: 1), at: at(5400)) == [], "the old one ends")
    #expect(policy.isConnected && policy.nextWake == nil)
  }

  @Test func aMoveOfAnotherSessionIsIgnored() {
    var policy = connected()
    #expect(policy.handle(.moveAsked(session: "s0"), at: at(5000)) == [])
  }

  @Test func aMoveThatIsRefusedLeavesTheCallAsItIs() {
    var policy = moving()
    #expect(policy.handle(.joinFailed(attempt: 2, isFinal: true), at: at(5100)) == [])
    #expect(policy.isConnected && policy.attempt == 1)
    #expect(
      policy.handle(.moveAsked(session: "s1"), at: at(8000)) == [.join(attempt: 2, cause: .moved)])
  }

  @Test func anOldConnectionThatEndsEarlyIsTakenOverByTheNewOne() {
    var policy = moving()
    _ = policy.handle(.joined(attempt: 2, session: "s2"), at: at(5100))
    policy.lastHeard = at(5100)
    #expect(policy.handle(.pathFailed(attempt: 1), at: at(5150)) == [.interrupted(.relayLost)])
    #expect(
      policy.handle(.secured(attempt: 2), at: at(5300)) == [.resumed(after: .milliseconds(200))])
  }

  @Test func aWorkerThatDiesBeforeTheMoveIsAnsweredCostsNoSecondJoin() {
    var policy = moving()
    #expect(
      policy.handle(.rejoinAsked(session: "s1"), at: at(5050)) == [.interrupted(.relayLost)])
    #expect(policy.handle(.joined(attempt: 2, session: "s2"), at: at(5100)) == [])
    #expect(
      policy.handle(.secured(attempt: 2), at: at(5350)) == [.resumed(after: .milliseconds(300))])
  }

  @Test func aMoveThatDoesNotConnectIsTriedAsAnOrdinaryJoin() {
    var policy = moving()
    _ = policy.handle(.joined(attempt: 2, session: "s2"), at: at(5100))
    #expect(policy.nextWake == at(13_100))
    #expect(policy.advance(to: at(13_100)).first == .interrupted(.slowPath))
    _ = policy.advance(to: at(20_000))
    #expect(policy.attempt == 3)
  }

  @Test func aNewWorkerThatDiesDuringTheMoveIsMended() {
    var policy = moving()
    _ = policy.handle(.joined(attempt: 2, session: "s2"), at: at(5100))
    #expect(
      policy.handle(.rejoinAsked(session: "s2"), at: at(5150))
        == [.interrupted(.relayLost), .join(attempt: 3, cause: .relayLost)])
  }
}
