import Wire

/// Gathers packets that were sent together, and tells how much later than the group before each group
/// came out of the path than it went in (draft-ietf-rmcat-gcc-02 §5.2).
///
/// Packets of one picture are sent in a burst; the time between them says nothing about the path.
struct PacketGroups: BitwiseCopyable {
  /// Packets sent within this time of the first are one group.
  private static let burst = TimeSpan.milliseconds(5)
  /// Packets held up in the path and let go together come out this close to each other, and belong
  /// together up to this long (libwebrtc's inter_arrival).
  private static let released = TimeSpan.milliseconds(5)
  private static let longestRelease = TimeSpan.milliseconds(100)

  /// From one group to the next.
  struct Step: BitwiseCopyable {
    /// Between their sending.
    var sent: TimeSpan
    /// How much the delay grew.
    var delayGrowth: TimeSpan
    /// When the later one was sent.
    var sentAt: MonotonicTime
  }

  private struct Group: BitwiseCopyable {
    var firstSent: MonotonicTime
    var lastSent: MonotonicTime
    var firstArrival: MonotonicTime
    var lastArrival: MonotonicTime
  }

  private var current: Group?
  private var previous: Group?

  /// Takes the next packet in the order of sending; a step where it completed a group.
  mutating func add(sentAt: MonotonicTime, arrivedAt: MonotonicTime) -> Step? {
    let fresh = Group(
      firstSent: sentAt, lastSent: sentAt, firstArrival: arrivedAt, lastArrival: arrivedAt)
    guard var group = current else {
      current = fresh
      return nil
    }
    guard sentAt >= group.firstSent else { return nil }
    if sentAt - group.firstSent <= Self.burst || wasReleased(with: group, sentAt, arrivedAt) {
      group.lastSent = max(group.lastSent, sentAt)
      group.lastArrival = max(group.lastArrival, arrivedAt)
      current = group
      return nil
    }
    defer {
      previous = group
      current = fresh
    }
    guard let before = previous else { return nil }
    let sent = group.lastSent - before.lastSent
    return Step(
      sent: sent, delayGrowth: (group.lastArrival - before.lastArrival) - sent,
      sentAt: group.lastSent)
  }

  private func wasReleased(
    with group: Group, _ sentAt: MonotonicTime, _ arrivedAt: MonotonicTime
  ) -> Bool {
    let arrival = arrivedAt - group.lastArrival
    return arrival >= .zero && arrival <= Self.released && arrival < sentAt - group.lastSent
      && arrivedAt - group.firstArrival < Self.longestRelease
  }
}
