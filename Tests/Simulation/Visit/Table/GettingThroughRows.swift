import NetworkSimulation
import Wire

/// The call begins on whatever the network lets through.
extension QualityRow {
  static let gettingThroughRows: [QualityRow] = [
    .pair(.good, least: .seconds(20)) { run in
      [
        Figure("time to first sound", "s", .atMost(2), run.firstSound),
        Figure("concealed sound", "%", .below(0.1), run.missedPercent),
        Figure("freeze ratio", "%", .below(0.1), run.freezePercent),
        Figure("mouth to ear, p95", "ms", nil, run.mouthToEar),
      ]
    },
    .pair(.blockedUDP, least: .seconds(20), streamed),
    .pair(.onlyTLS, least: .seconds(20), streamed),
    // What a stream loses it only delays, and everything behind it with it.
    .pair(.lossyTLS, least: .seconds(60), repaired),
    .pair(.lossyTURN, least: .seconds(60), repaired),
  ]

  private static let repaired: @Sendable (PairRun) -> [Figure] = { run in
    [
      Figure("time to first sound", "s", .atMost(2), run.firstSound),
      Figure("concealed sound", "%", .below(8), run.missedPercent),
      Figure("picture moving", "%", .above(80), run.movingPercent),
      Figure("disconnects", "", .atMost(0), run.disconnects),
      Figure("over a stream", "", .atLeast(1), run.citizen.usesStream ? 1 : 0),
      Figure("mouth to ear, p95", "ms", nil, run.mouthToEar),
    ]
  }

  private static let streamed: @Sendable (PairRun) -> [Figure] = { run in
    [
      Figure("time to first sound", "s", .atMost(2), run.firstSound),
      Figure("concealed sound", "%", .below(0.5), run.missedPercent),
      Figure("disconnects", "", .atMost(0), run.disconnects),
      Figure("over a stream", "", .atLeast(1), run.citizen.usesStream ? 1 : 0),
    ]
  }
}
