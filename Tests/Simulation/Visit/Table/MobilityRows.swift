import NetworkSimulation
import Wire

/// The path moves under the call: keys and sources stay, only the address in use changes.
extension QualityRow {
  static let mobilityRows: [QualityRow] = [
    .pair(.newAddress, least: .seconds(65), moved),
    .pair(.rebinding, least: .seconds(35), moved),
    .pair(.outage, least: .seconds(65)) { run in
      [
        Figure("heard again after the outage", "s", .atMost(2), run.watch.slowestResume),
        Figure("requests to the service", "", .atMost(0), run.signalling),
        Figure("disconnects", "", .atMost(0), run.disconnects),
      ]
    },
    .pair(.oneWay, least: .seconds(45)) { run in
      [
        Figure("heard again after the outage", "s", .atMost(2), run.watch.slowestResume),
        Figure("disconnects", "", .atMost(0), run.disconnects),
      ]
    },
  ]

  private static let moved: @Sendable (PairRun) -> [Figure] = { run in
    [
      Figure("longest gap in speech", "s", .atMost(1), run.longestGap),
      Figure("requests to the service", "", .atMost(0), run.signalling),
      Figure("disconnects", "", .atMost(0), run.disconnects),
    ]
  }
}
