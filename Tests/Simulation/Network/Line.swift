import Wire

/// The state of a narrowest place: how far ahead it is booked.
///
/// Packets leave in the order they came, so a queue need not be kept: its one figure is the time at
/// which the last of it will have passed. The token bucket is the same figure, looked at `burst`
/// earlier (the virtual scheduling algorithm of ITU-T I.371).
struct Line {
  private(set) var conditions: LineConditions
  /// When everything taken so far will have passed, were the burst not granted.
  private var freeAt = MonotonicTime.zero

  init(_ conditions: LineConditions) { self.conditions = conditions }

  /// Goes on at another rate: what waits takes as much longer or shorter.
  mutating func change(to conditions: LineConditions, at now: MonotonicTime) {
    defer { self.conditions = conditions }
    guard let old = self.conditions.bitsPerSecond, let new = conditions.bitsPerSecond else {
      freeAt = now
      return
    }
    let waiting = max(freeAt - now, .zero)
    freeAt = now + TimeSpan(nanoseconds: Int64(waiting.seconds * Double(old) / Double(new) * 1e9))
  }

  /// When a packet of `bytes` that comes now has passed; nil where the queue is full.
  mutating func admit(bytes: Int, at now: MonotonicTime) -> MonotonicTime? {
    guard let rate = conditions.bitsPerSecond else { return now }
    guard waitingBytes(at: now) + bytes <= conditions.queueBytes + conditions.burstBytes else {
      return nil
    }
    freeAt = max(freeAt, now) + time(for: bytes, at: rate)
    return max(now, freeAt - time(for: conditions.burstBytes, at: rate))
  }

  /// How long a packet that comes now waits before it begins to pass.
  func waiting(at now: MonotonicTime) -> TimeSpan {
    guard let rate = conditions.bitsPerSecond else { return .zero }
    return max(freeAt - time(for: conditions.burstBytes, at: rate) - now, .zero)
  }

  private func waitingBytes(at now: MonotonicTime) -> Int {
    guard let rate = conditions.bitsPerSecond else { return 0 }
    return Int(max(freeAt - now, .zero).seconds * Double(rate) / 8)
  }

  private func time(for bytes: Int, at rate: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: Int64(bytes) * 8 * 1_000_000_000 / rate)
  }
}
