import NetworkSimulation
import Wire

/// Who sends finds out what the path carries, and gives the picture only what the sound leaves.
extension QualityRow {
  static let bandwidthRows: [QualityRow] = [
    .pair(.steps, least: .seconds(140)) { run in
      [
        Figure("concealed sound, worst minute", "%", .atMost(1), run.watch.worstPhase),
        Figure("queue under 150 ms after a drop", "s", .atMost(3), run.watch.slowestDrain),
        Figure("whole picture after a rise", "s", .atMost(10), run.watch.slowestRise),
        Figure("queue over 150 ms after that", "%", nil, run.watch.longAgain),
        Figure("last time over 150 ms after a drop", "s", nil, run.watch.lastLong),
        Figure("picture moving", "%", nil, run.movingPercent),
      ]
    },
    // Before anything is known of the path its queue is filled once, with up to two seconds of everything:
    // so much speech is lost at the start, which an hour does not notice and a minute does.
    .pair(.narrow, least: .seconds(900)) { run in
      [
        Figure("concealed sound", "%", .below(1), run.missedPercent),
        Figure("longest gap in speech", "s", .atMost(0.5), run.longestGap),
        Figure("mouth to ear, p95", "ms", nil, run.mouthToEar),
      ]
    },
  ]
}
