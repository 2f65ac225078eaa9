public import Wire

/// When the packets with a transport-wide sequence number arrived, and what of that is not yet told
/// to their sender (draft-holmer-rmcat-transport-wide-cc-extensions-01).
///
/// Without this feedback Chromium's sender stays at its start bitrate of 300 kbit/s.
public struct ArrivalRecorder: ~Copyable, Sendable {
  /// How often feedback is sent while packets arrive. libwebrtc varies between 50 and 250 ms; the
  /// short end lets the sender find the path's limit, and back off, sooner, for 1 % of the bits.
  public static let interval = TimeSpan.milliseconds(50)
  /// How often once nothing but sound has come for `patience`: such a sender tries no limit, and twenty
  /// reports beside fifty packets are much. What libwebrtc does for it. Not before: a call whose first
  /// seconds have few reports has a worse picture, and sound that keeps step with it later.
  public static let soundInterval = TimeSpan.milliseconds(250)
  private static let patience = TimeSpan.seconds(1)
  /// Packets remembered at most, a power of two: two seconds at 500 packets a second.
  private static let most = 1024
  /// Packets remembered at first, a power of two: a second of a call. There come more where that many
  /// are not told of yet, or one comes so late.
  private static let first = 256
  /// How far back a late packet is still reported.
  private static let lateLimit: UInt64 = 500

  /// Eight bytes each, so that all that a call keeps of it lies in few lines of the cache. Not private: the
  /// compiler (6.3, unoptimized) does not export a private type that another module's `deinit` needs.
  struct Arrival: BitwiseCopyable {
    /// The low half of the extended number; 0 where nothing came, as numbers start in the second cycle.
    var sequence: UInt32 = 0
    /// Microseconds since the epoch, the low half: what is remembered is never an hour old.
    var microseconds: UInt32 = 0
  }

  private let isUsed: Bool
  private var arrivals: NumberedRing<Arrival>
  private var nextToReport: UInt64 = 0
  private var highest: UInt64 = 0
  private var hasNews = false
  private var feedbackCount: UInt8 = 0
  private var lastFeedbackAt: MonotonicTime?
  private var pause = Self.interval
  private var epoch: MonotonicTime?
  /// Microseconds from the epoch to the latest packet.
  private var latest: Int64 = 0
  /// And to the latest that was not sound; to the first one where all are.
  private var latestPicture: Int64 = 0

  /// A recorder; one that is not used takes eight bytes.
  public init(isUsed: Bool) {
    self.isUsed = isUsed
    arrivals = NumberedRing(count: isUsed ? Self.first : 1, empty: Arrival())
  }

  /// When feedback is due; nil while there is nothing to tell.
  public var dueAt: MonotonicTime? {
    guard hasNews else { return nil }
    return (lastFeedbackAt ?? .zero) + (isSoundAlone ? max(pause, Self.soundInterval) : pause)
  }

  /// Whether nothing but sound has come for a while.
  public var isSoundAlone: Bool { latest &- latestPicture >= Self.patience.nanoseconds / 1_000 }

  /// Reports less often where the way back is narrow: a report takes some 100 bytes with everything
  /// around it, 16 kbit/s at twenty a second. nil where nothing speaks of a limit. And where whoever
  /// reports is behind with its work: there a report takes the place of a packet.
  public mutating func adapt(toRoom bitrate: Int?, isBehind: Bool = false) {
    pause =
      switch bitrate ?? .max {
      case _ where isBehind, ..<120_000: .milliseconds(200)
      case ..<300_000: .milliseconds(100)
      default: Self.interval
      }
  }

  /// Takes note of a packet, of sound or of anything else.
  public mutating func note(_ sequence: UInt16, isSound: Bool = false, now: MonotonicTime) {
    guard isUsed else { return }
    guard epoch != nil else {
      // A second before the first packet, so that no time is ever negative.
      epoch = now - .seconds(1)
      lastFeedbackAt = now
      highest = 0x1_0000 | UInt64(sequence)
      nextToReport = highest
      record(highest, now: now)
      latestPicture = latest
      return
    }
    let distance = Int64(Int16(bitPattern: sequence &- UInt16(truncatingIfNeeded: highest)))
    let extended = UInt64(bitPattern: Int64(bitPattern: highest) &+ distance)
    if distance > 0 {
      highest = extended
      // Beyond what is remembered nothing can be told; the sender sees it as lost long since.
      if highest &- nextToReport >= UInt64(Self.most) {
        nextToReport = highest &- UInt64(Self.most) &+ 1
      }
    } else if extended < nextToReport {
      guard nextToReport &- extended <= Self.lateLimit, extended >= 0x8000 else { return }
      guard highest &- extended < capacity else {
        // Whether it came before is not remembered; of the next so late it will be.
        return grow(toReach: extended)
      }
      guard arrival(of: extended) == nil else { return }
      // Told as lost before: tell again from here on that it came.
      nextToReport = extended
    }
    record(extended, now: now)
    if !isSound { latestPicture = latest }
  }

  /// Notes where the next packet is remembered.
  public func noteNext(in places: inout MemoryPlaces) {
    if isUsed { arrivals.note(highest &+ 1, in: &places) }
  }

  private var capacity: UInt64 { UInt64(arrivals.count) }

  /// Remembers all packets since `earliest` from now on, as far as that goes.
  @inline(never)
  private mutating func grow(toReach earliest: UInt64) {
    var size = arrivals.count
    guard size < Self.most else { return }
    while highest &- earliest >= UInt64(size), size < Self.most { size *= 2 }
    arrivals.grow(to: size, empty: Arrival()) { $0.sequence != 0 ? UInt64($0.sequence) : nil }
  }

  private mutating func record(_ extended: UInt64, now: MonotonicTime) {
    if highest &- nextToReport >= capacity { grow(toReach: nextToReport) }
    latest = (now - (epoch ?? now)).nanoseconds / 1_000
    arrivals[extended] = Arrival(
      sequence: UInt32(truncatingIfNeeded: extended),
      microseconds: UInt32(truncatingIfNeeded: latest))
    hasNews = true
  }

  /// When a packet came, after the epoch.
  private func arrival(of extended: UInt64) -> TimeSpan? {
    let arrival = arrivals[extended]
    guard arrival.sequence == UInt32(truncatingIfNeeded: extended) else { return nil }
    let age = UInt32(truncatingIfNeeded: latest) &- arrival.microseconds
    return TimeSpan(nanoseconds: (latest - Int64(age)) * 1_000)
  }

  /// Writes the next feedback packet and returns its length; nil when there is nothing more to tell
  /// or it does not fit.
  public mutating func writeFeedback(
    into bytes: inout MutableRawSpan, at offset: Int, sender: SSRC, media: SSRC, now: MonotonicTime
  ) -> Int? {
    guard hasNews else { return nil }
    lastFeedbackAt = now
    // What was lost before the first news is told as lost; a long outage is not spelled out.
    while nextToReport < highest && arrival(of: nextToReport) == nil
      && highest &- nextToReport >= Self.lateLimit
    {
      nextToReport &+= 1
    }
    let base = nextToReport
    let written = TransportWideFeedback.write(
      senderSSRC: sender, mediaSSRC: media, feedbackCount: feedbackCount,
      base: SequenceNumber(UInt16(truncatingIfNeeded: base)),
      count: Int(highest &- base &+ 1), into: &bytes, at: offset
    ) { distance in
      arrival(of: base &+ UInt64(distance)).map { .zero + $0 }
    }
    guard let written else {
      hasNews = false
      return nil
    }
    nextToReport = base &+ UInt64(written.statusCount)
    hasNews = nextToReport <= highest
    feedbackCount &+= 1
    return written.length
  }
}
