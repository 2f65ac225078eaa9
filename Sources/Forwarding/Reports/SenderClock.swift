import Wire

/// Relates one participant's clock to ours, so that the sender reports we make for its slots keep
/// sound and picture together (lip sync).
///
/// A sender report says which RTP timestamp of a stream belongs to which moment of the *sender's*
/// NTP clock (RFC 3550 §6.4.1). Sound and picture of one participant share that clock, so moving
/// both by the same offset to our own clock leaves them in step, however wrong the sender's clock
/// may be.
struct SenderClock: BitwiseCopyable {
  /// A disagreement larger than this means that the sender's clock was set.
  private static let step = TimeSpan.seconds(1)

  private var offset: TimeSpan?

  /// Takes note of a sender report that arrived at `arrival` on our clock.
  mutating func note(sent: NTPTime, arrival: NTPTime) {
    let sample = sent.distance(to: arrival)
    guard let offset else {
      self.offset = sample
      return
    }
    let error = sample - offset
    if error > Self.step || error < TimeSpan.zero - Self.step {
      self.offset = sample
    } else {
      // Queues delay reports by tens of milliseconds at random; follow slowly.
      self.offset = TimeSpan(nanoseconds: offset.nanoseconds &+ error.nanoseconds / 16)
    }
  }

  /// The moment on the sender's clock that is `ours` on our clock; nil before the first report.
  func senderTime(at ours: NTPTime) -> NTPTime? {
    guard let offset else { return nil }
    return ours.advanced(by: .zero - offset)
  }
}

/// The latest sender report of one incoming stream.
struct ReportedClock: BitwiseCopyable {
  private var sent = NTPTime(rawValue: 0)
  private var timestamp: UInt32 = 0
  private var arrivedAt: MonotonicTime?

  /// Takes note of a sender report.
  mutating func note(sent: NTPTime, timestamp: UInt32, now: MonotonicTime) {
    self.sent = sent
    self.timestamp = timestamp
    arrivedAt = now
  }

  /// The stream's RTP timestamp at a moment on the sender's clock; nil before the first report.
  func timestamp(at moment: NTPTime, clockRate: Int) -> UInt32? {
    guard arrivedAt != nil else { return nil }
    // An hour between two reports is no report: the product below stays within 63 bits.
    let elapsed = sent.distance(to: moment).nanoseconds / 1000
    guard elapsed.magnitude < 3_600_000_000 else { return nil }
    return timestamp &+ UInt32(truncatingIfNeeded: elapsed &* Int64(clockRate) / 1_000_000)
  }

  /// The moment on the sender's clock of an RTP timestamp of the stream; nil before the first report.
  func moment(of timestamp: UInt32, clockRate: Int) -> NTPTime? {
    guard arrivedAt != nil else { return nil }
    let ticks = Int64(Int32(bitPattern: timestamp &- self.timestamp))
    return sent.advanced(by: TimeSpan(nanoseconds: ticks &* 1_000_000_000 / Int64(clockRate)))
  }

  /// The middle 32 bits of the report's NTP time (LSR); 0 before the first report.
  var lastReport: UInt32 { arrivedAt == nil ? 0 : sent.middle32 }

  /// The delay since the report in 1/65536 s (DLSR); 0 before the first report.
  func delaySinceLastReport(now: MonotonicTime) -> UInt32 {
    guard let arrivedAt else { return 0 }
    return NTPTime.shortDelay(now - arrivedAt)
  }
}

/// Our own NTP clock: the wall time when the room was made, running on with the monotonic clock.
struct RoomClock: BitwiseCopyable {
  private let startTime: NTPTime
  private let start: MonotonicTime

  /// A clock that shows `wallMilliseconds` since 1970 at `now`.
  init(now: MonotonicTime, wallMilliseconds: Int64) {
    startTime = NTPTime(millisecondsSince1970: max(0, wallMilliseconds))
    start = now
  }

  /// The NTP time at `now`.
  func time(at now: MonotonicTime) -> NTPTime { startTime.advanced(by: now - start) }

  /// When to do again what is to be done every `interval`: at a beat that all of the room keep, so that it is
  /// woken once for everybody in it. From `now` it is half to one and a half intervals.
  func beat(after now: MonotonicTime, every interval: TimeSpan) -> MonotonicTime {
    let beat = interval.nanoseconds
    let left = beat - (now - start).nanoseconds % beat
    return now + TimeSpan(nanoseconds: left < beat / 2 ? left + beat : left)
  }
}
