import Wire

/// Whether so many datagrams come that letting them come together saves wake-ups.
///
/// A wait of one turn is itself a wake-up. It pays where more than one datagram comes in that time: then
/// two or more are taken in at once. Judged over windows longer than a picture's burst.
struct TurnDensity {
  private static let window = TimeSpan.milliseconds(20)

  private let turn: TimeSpan
  private var beganAt = MonotonicTime.zero
  private var countThen: Int64 = 0
  /// Of the last whole window; false before there was one.
  private(set) var isDense = false

  /// For waits of `turn`.
  init(turn: TimeSpan) { self.turn = turn }

  /// Tells how many datagrams have come in all, at the beginning of a turn.
  mutating func add(_ count: Int64, at now: MonotonicTime) {
    let passed = now - beganAt
    guard passed >= Self.window else { return }
    isDense = (count &- countThen) &* turn.nanoseconds > passed.nanoseconds
    beganAt = now
    countThen = count
  }
}
