import NetworkSimulation
import Testing
import VisitSimulation
import Wire

@Suite("Sound and picture of a participant go together")
struct LipSyncTests {
  /// EN 301 549 §6.5.4 allows 100 ms either way; ITU-R BT.1359-1 has 90 ms of early sound accepted.
  private static let bound = TimeSpan.milliseconds(80)

  @Test("within 80 ms on a good line, and over a stream")
  func inStep() throws {
    for scenario in [Scenario.good, .onlyTLS] {
      let run = try PairRun(scenario)
      run.run(for: .seconds(20))
      for party in run.both {
        #expect(party.skews[0].pictures > 250)
        #expect(party.skews[0].share(within: Self.bound) > 0.99, "\(party.name)")
      }
    }
  }

  @Test("where packets are lost the picture may be late, but is not shown long before its sound")
  func notBefore() throws {
    let run = try PairRun(.loss5)
    run.run(for: .seconds(60))
    for party in run.both {
      #expect(party.skews[0].percentile(0.95) <= Self.bound, "\(party.name)")
    }
  }
}
