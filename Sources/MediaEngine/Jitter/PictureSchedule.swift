import Wire

/// When each picture is shown: evenly, as late as most pictures need to be complete.
///
/// A picture that waits for a packet to be sent again is late by a round trip or two; shown the moment
/// they are complete, pictures would stop and hurry. Held back by what nearly all of them need, and no
/// longer, they flow. On a good line nothing is held back at all, but for the first seconds, when nothing
/// is known of it: a repair then takes what repairs take, and the first loss is no freeze.
struct PictureSchedule {
  /// No picture waits longer than this: beyond it a conversation suffers.
  static let most = TimeSpan.milliseconds(400)
  /// A picture's weight fades to a half within 1 400 pictures, 70 s at 20 a second: what comes a few
  /// times a minute should be remembered.
  private static let memory = 0.9995
  /// Nine of ten pictures are to come in time …
  private static let usual = 0.90
  /// … and all but one a minute not so late that it shows: at 20 pictures a second a freeze is 150 ms more
  /// than the usual 50, of which jitter takes some.
  private static let rare = 0.999
  private static let tolerable = TimeSpan.milliseconds(120)
  /// So many pictures are held back for a repair, whatever has been seen: two seconds of them. The least
  /// that a repair takes beyond its round trip is the time until the next packet shows the loss.
  private static let wary = 40
  private static let notice = TimeSpan.milliseconds(50)
  private static let mostWary = TimeSpan.milliseconds(250)

  private var lateness = LatenessHistogram(memory: memory)
  private var trip = FastestTrip()
  /// How much later than on the fastest trip a picture is shown.
  private(set) var target = TimeSpan.zero
  private(set) var last: (raw: UInt32, extended: Int64)?
  /// How much later still, for the sound's sake (`LipSync`).
  var hold = TimeSpan.zero

  /// Notes that the picture of an RTP timestamp was complete at `now`, on a path of this round trip.
  mutating func note(
    _ timestamp: UInt32, completeAt now: MonotonicTime, roundTrip: TimeSpan
  ) {
    lateness.note(trip.note(mediaTime: mediaTime(of: timestamp), at: now))
    if let last, Int32(bitPattern: timestamp &- last.raw) > 0 {
      self.last = (timestamp, extended(timestamp))
    } else if last == nil {
      last = (timestamp, extended(timestamp))
    }
    // The very first one is waited for.
    guard lateness.packets & 3 == 2 else { return }
    let wanted = max(
      lateness.quantile(Self.usual, lowerEdge: true),
      lateness.quantile(Self.rare, lowerEdge: true) - Self.tolerable)
    let repair =
      lateness.packets < Self.wary ? min(roundTrip + Self.notice, Self.mostWary) : .zero
    target = min(max(wanted, repair), Self.most)
  }

  /// When the picture of an RTP timestamp is due.
  func due(_ timestamp: UInt32) -> MonotonicTime {
    guard let offset = trip.offset else { return .zero }
    return MonotonicTime(nanoseconds: offset.nanoseconds) + mediaTime(of: timestamp) + target
      + hold
  }

  /// Forgets the trip: another stream begins.
  mutating func restart() {
    trip.restart()
    last = nil
  }

  /// The timestamp without its wraps, which come every 13 hours.
  private func extended(_ timestamp: UInt32) -> Int64 {
    // Room for late pictures before the first.
    guard let last else { return 1 << 33 }
    return last.extended &+ Int64(Int32(bitPattern: timestamp &- last.raw))
  }

  private func mediaTime(of timestamp: UInt32) -> TimeSpan {
    // 90 kHz: 11 111⅑ ns each.
    TimeSpan(nanoseconds: extended(timestamp) &* 100_000 / 9)
  }
}
