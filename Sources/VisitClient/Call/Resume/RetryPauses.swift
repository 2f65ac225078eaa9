import Wire

/// How long to wait before the service is asked again. Begins with nothing, since most faults are over
/// at once, and grows, since the rest are not.
struct RetryPauses: Sendable, Equatable {
  /// The pauses; the last one repeats.
  static let steps: [TimeSpan] = [
    .zero, .milliseconds(500), .seconds(1), .seconds(2), .seconds(4),
  ]

  /// What failed since it last went well.
  private(set) var failures = 0
  /// 0 ... 1: where in the quarter by which this call's pauses are longer. A municipality whose network
  /// comes back does not ask as one.
  private let spread: Double

  init(spread: Double) { self.spread = min(max(spread, 0), 1) }

  /// Something failed.
  mutating func failed() { failures += 1 }

  /// It went well.
  mutating func succeeded() { failures = 0 }

  /// The pause before the next try.
  var next: TimeSpan {
    let step = Self.steps[min(failures, Self.steps.count - 1)]
    return TimeSpan(nanoseconds: step.nanoseconds + Int64(Double(step.nanoseconds / 4) * spread))
  }
}
