import Testing
import Wire

@testable import VisitClient

/// The second line of defence: an ICE restart in a session that goes on.
struct RestartPolicyTests {
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

  @Test func aLongerSilenceRestartsICEAndNothingElse() {
    var policy = connected()
    _ = policy.handle(.silent(attempt: 1), at: at(5000))
    #expect(policy.advance(to: at(5999)) == [])
    #expect(policy.advance(to: at(6000)) == [.restart(attempt: 1)])
    #expect(policy.handle(.restarted(attempt: 1), at: at(6100)) == [])
    #expect(
      policy.handle(.heard(attempt: 1), at: at(6300)) == [.resumed(after: .milliseconds(1300))])
    #expect(policy.attempt == 1, "the session and its keys are the same")
  }

  @Test func theOldPathIsTakenWhereItHealsBeforeTheRestartIsAnswered() {
    var policy = connected()
    _ = policy.handle(.silent(attempt: 1), at: at(5000))
    _ = policy.advance(to: at(6000))
    #expect(
      policy.handle(.heard(attempt: 1), at: at(6200)) == [.resumed(after: .milliseconds(1200))])
    #expect(policy.handle(.restarted(attempt: 1), at: at(6300)) == [])
    #expect(policy.isConnected)
    #expect(policy.nextWake == nil)
  }

  @Test func aRestartThatBringsNothingIsRepeatedAndAtLastFollowedByAJoin() {
    var policy = connected()
    _ = policy.handle(.silent(attempt: 1), at: at(5000))
    var time: Int64 = 6000
    // For as long as the relay keeps the session: a total outage of half a minute costs nothing.
    for _ in 0..<ResumePolicy.mostRestarts {
      #expect(policy.advance(to: at(time)) == [.restart(attempt: 1)])
      _ = policy.handle(.restarted(attempt: 1), at: at(time + 100))
      time += 4100
      #expect(policy.nextWake == at(time))
    }
    #expect(time > 36_000)
    #expect(policy.advance(to: at(time)) == [.join(attempt: 2, cause: .silence)])
    _ = policy.handle(.joined(attempt: 2, session: "s2"), at: at(time + 100))
    #expect(
      policy.handle(.secured(attempt: 2), at: at(time + 300))
        == [.resumed(after: .milliseconds(time + 300 - 5000))])
  }

  @Test func aRestartOfASessionThatIsGoneJoinsAtOnce() {
    var policy = connected()
    _ = policy.handle(.silent(attempt: 1), at: at(5000))
    _ = policy.advance(to: at(6000))
    #expect(
      policy.handle(.restartFailed(attempt: 1, .sessionGone), at: at(6050))
        == [.join(attempt: 2, cause: .silence)])
  }

  @Test func whileTheServiceIsAwayTooTheSessionIsKept() {
    var policy = connected()
    _ = policy.handle(.silent(attempt: 1), at: at(5000))
    var now = at(5000)
    var restarts: [MonotonicTime] = []
    // Each request takes two seconds to fail.
    while now < at(35_000), let wake = policy.nextWake {
      now = wake
      for action in policy.advance(to: now) {
        #expect(action == .restart(attempt: 1), "no join replaces what is still worth having")
        restarts.append(now)
        now = now + .seconds(2)
        #expect(policy.handle(.restartFailed(attempt: 1, .unreachable), at: now) == [])
      }
    }
    #expect((5...10).contains(restarts.count))
    #expect(
      policy.handle(.heard(attempt: 1), at: at(36_000)) == [.resumed(after: .seconds(31))])
    #expect(policy.attempt == 1)
  }

  @Test func aRestartThatMayHaveTakenEffectIsAskedForAgain() {
    // Otherwise the relay would go by secrets that this end has never heard of.
    var policy = connected()
    _ = policy.handle(.silent(attempt: 1), at: at(5000))
    _ = policy.advance(to: at(6000))
    _ = policy.handle(.heard(attempt: 1), at: at(6500))
    #expect(policy.handle(.restartFailed(attempt: 1, .uncertain), at: at(8000)) == [])
    #expect(policy.nextWake == at(8500))
    #expect(policy.advance(to: at(8500)) == [.restart(attempt: 1)])
    #expect(policy.isConnected, "nobody need hear of it")
    #expect(policy.handle(.restarted(attempt: 1), at: at(8600)) == [])
    #expect(policy.nextWake == nil)
  }

  @Test func aPathThatFailsDuringARestartIsJoinedAgain() {
    var policy = connected()
    _ = policy.handle(.silent(attempt: 1), at: at(5000))
    _ = policy.advance(to: at(6000))
    #expect(
      policy.handle(.pathFailed(attempt: 1), at: at(7000))
        == [.join(attempt: 2, cause: .pathFailed)])
    #expect(policy.handle(.restarted(attempt: 1), at: at(7100)) == [])
  }

  @Test func anOutageLongerThanThePathLivesEndsInAJoin() {
    var policy = connected()
    _ = policy.handle(.silent(attempt: 1), at: at(5000))
    _ = policy.advance(to: at(6000))
    _ = policy.handle(.restartFailed(attempt: 1, .unreachable), at: at(8000))
    // The transport gives a path up after 45 s.
    var actions = policy.handle(.pathFailed(attempt: 1), at: at(48_000))
    var now = at(48_000)
    while actions.isEmpty, let wake = policy.nextWake {
      now = wake
      actions = policy.advance(to: now)
    }
    #expect(actions == [.join(attempt: 2, cause: .pathFailed)])
    _ = policy.handle(.joined(attempt: 2, session: "s2"), at: now)
    _ = policy.handle(.secured(attempt: 2), at: now)
    #expect(policy.isConnected)
  }
}
