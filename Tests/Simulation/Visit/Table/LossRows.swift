import NetworkSimulation
import Wire

/// What is lost is repaired before it is missed: sound by the correction data and the copies in the
/// packets after it, the picture by asking again.
extension QualityRow {
  static let lossRows: [QualityRow] = [
    .pair(.loss5, least: .seconds(180)) { run in
      [
        Figure("concealed sound", "%", .below(0.5), run.missedPercent),
        Figure("freeze ratio", "%", .below(0.5), run.freezePercent),
        Figure("mouth to ear, p95", "ms", nil, run.mouthToEar),
        Figure("within 80 ms of its sound", "%", nil, run.inStepPercent),
      ]
    },
    .pair(.bursts15, least: .seconds(60)) { run in
      [
        Figure("concealed sound", "%", .below(3), run.missedPercent),
        Figure("picture moving", "%", .above(95), run.movingPercent),
        Figure("mouth to ear, p95", "ms", nil, run.mouthToEar),
      ]
    },
    // Twice as much to repair, a relay apart: nobody asks for it, and many a worker sits at home.
    .pair(
      .bursts15, named: "bursts15-both", worker: Scenario.bursts15.opening, least: .seconds(60)
    ) { run in
      [
        Figure("concealed sound", "%", .below(3), run.missedPercent),
        Figure("picture moving", "%", .above(90), run.movingPercent),
        Figure("mouth to ear, p95", "ms", nil, run.mouthToEar),
      ]
    },
    .pair(.loss30, least: .seconds(60)) { run in
      [
        Figure("concealed sound", "%", .below(10), run.missedPercent),
        Figure("disconnects", "", .atMost(0), run.disconnects),
        Figure("picture moving", "%", nil, run.movingPercent),
      ]
    },
  ]
}
