public import Wire

/// What a path was found to carry: a probe came through without a queue.
public struct FoundRate: BitwiseCopyable, Sendable {
  /// In bit/s.
  public let bitrate: Int
  /// When the answer came.
  public let at: MonotonicTime

  /// A rate found at a time.
  public init(bitrate: Int, at: MonotonicTime) {
    self.bitrate = bitrate
    self.at = at
  }
}

/// Decides when to probe, and reads the answer.
///
/// The estimate grows slowly by itself and not at all while little is sent. A probe asks directly: a few
/// packets at twice the estimate. If their delay grows as they come, the path carries less, and the
/// slope says how much; if it does not, the path carries that much, and the next probe asks for more.
struct ProbePlanner {
  /// Between probes while more is wanted than the estimate.
  private static let interval = TimeSpan.seconds(2)
  private static let longestInterval = TimeSpan.seconds(6)
  /// After the estimate has fallen, before the first probe.
  private static let rest = TimeSpan.milliseconds(1_500)
  /// How much faster than the estimate a probe is.
  private static let step = 2.0
  /// The length of a probe where the path does not sway, and the longest.
  private static let shortest = TimeSpan.milliseconds(20)
  private static let longest = TimeSpan.milliseconds(150)
  /// A probe fills the queue for as long as it lasts, where the path carries no more than the estimate:
  /// with what waits already it must not be felt.
  private static let longestQueue = TimeSpan.milliseconds(130)
  private static let fewestPackets = 5
  /// A rise of the delay by this much per time is the path's limit.
  private static let saturated = 0.2
  /// An estimate that a probe raised and that fell again so soon was wrong.
  private static let regret = TimeSpan.seconds(4)

  /// The answer to a probe, in bit/s.
  struct Result: BitwiseCopyable {
    var bitrate: Double
    /// Whether the path was met full.
    var isLimit: Bool
    /// By how much the packets' delay grew from the first to the last.
    var rise: TimeSpan
  }

  private struct Probe: BitwiseCopyable {
    var id: UInt16
    var issuedAt: MonotonicTime
    var minimumBytes: Int
    var minimumPackets: Int
    var bytesSent = 0
    var packetsSent = 0
    var lastBytes = 0
    var firstSentAt: MonotonicTime?
    var lastSentAt = MonotonicTime.zero
    var settled = 0
    /// Of the packets that arrived: delays over times of sending, in ms since the first.
    var line = Line()
  }

  private var current: Probe?
  private var count: UInt16 = 0
  private var nextAt: MonotonicTime?
  private var wait = Self.interval
  private var raisedAt: MonotonicTime?
  private var wanted = 0.0

  /// The next probe, where one is due.
  mutating func take(
    estimate: Double, wanted: Int, most: Int, jitter: TimeSpan, queue: TimeSpan,
    at now: MonotonicTime
  ) -> ProbeCluster? {
    let before = self.wanted
    self.wanted = Double(wanted)
    // More is wanted than before: ask now whether there is room.
    if self.wanted > 1.2 * before, self.wanted > estimate, let due = nextAt {
      nextAt = min(due, now + .milliseconds(200))
    }
    guard current == nil, let due = nextAt, now >= due else { return nil }
    let rate = min(Self.step * estimate, 1.25 * self.wanted, Double(most))
    guard rate > 1.1 * estimate else { return nil }
    let span = max(
      Self.shortest, min(Self.longest, Self.longestQueue - queue, jitter * 6))
    let bytes = Int(rate * span.seconds / 8)
    let packets = max(Self.fewestPackets, bytes / 1_200, Int(span.milliseconds / 8))
    count = count == .max ? 1 : count + 1
    current = Probe(id: count, issuedAt: now, minimumBytes: bytes, minimumPackets: packets)
    nextAt = now + wait
    return ProbeCluster(
      id: ProbeCluster.ID(rawValue: count), bitrate: Int(rate), minimumBytes: bytes,
      minimumPackets: packets)
  }

  /// Counts a packet of a probe as sent.
  mutating func didSend(_ id: UInt16, bytes: Int, at now: MonotonicTime) {
    guard var probe = current, probe.id == id else { return }
    probe.bytesSent &+= bytes
    probe.lastBytes = bytes
    probe.packetsSent &+= 1
    if probe.firstSentAt == nil { probe.firstSentAt = now }
    probe.lastSentAt = now
    current = probe
  }

  /// Takes what became of a packet of a probe; `way` is nil where it was lost.
  mutating func didSettle(_ id: UInt16, sentAt: MonotonicTime, way: TimeSpan?) {
    guard var probe = current, probe.id == id, let start = probe.firstSentAt else { return }
    probe.settled &+= 1
    if let way { probe.line.add((sentAt - start).milliseconds, way.milliseconds) }
    current = probe
  }

  /// The answer, when all of the probe is heard of.
  mutating func conclude(roundTrip: TimeSpan, at now: MonotonicTime) -> Result? {
    guard let probe = current else { return nil }
    let isSent =
      probe.bytesSent >= probe.minimumBytes && probe.packetsSent >= probe.minimumPackets
    guard isSent && probe.settled >= probe.packetsSent else {
      if now - probe.issuedAt > .milliseconds(600) + roundTrip * 2 { current = nil }
      return nil
    }
    current = nil
    let span = (probe.lastSentAt - (probe.firstSentAt ?? probe.lastSentAt)).seconds
    guard span >= 0.005, probe.line.count >= max(3, probe.packetsSent / 3) else { return nil }
    let sent = Double(probe.bytesSent - probe.lastBytes) * 8 / span
    let slope = max(0, probe.line.slope + probe.line.error)
    let rise = TimeSpan(nanoseconds: Int64(max(0, min(probe.line.slope * span, 10)) * 1e9))
    if slope < Self.saturated { return Result(bitrate: sent, isLimit: false, rise: rise) }
    return Result(bitrate: 0.85 * sent / (1 + slope), isLimit: true, rise: rise)
  }

  /// The estimate was raised to what a probe found: ask for more at once.
  mutating func didRaise(at now: MonotonicTime, isLimit: Bool) {
    // A limit was seen, and kept off: only an answer without one can deceive.
    guard !isLimit else { return }
    if let raisedAt, now - raisedAt > Self.regret { wait = Self.interval }
    raisedAt = now
    nextAt = now
  }

  /// The estimate fell.
  mutating func didFall(at now: MonotonicTime) {
    if let raisedAt, now - raisedAt < Self.regret {
      // A path that lets short bursts through deceives probes: trust them less.
      wait = min(wait * 2, Self.longestInterval)
      self.raisedAt = nil
    }
    nextAt = max(nextAt ?? now, now + max(Self.rest, wait - Self.interval))
    current = nil
  }

  /// A probe is welcome from `time` on.
  mutating func welcome(at time: MonotonicTime) {
    nextAt = time
    current = nil
  }

  /// Whether there never was an occasion to probe.
  var isUnused: Bool { nextAt == nil }

  /// Forgets the path.
  mutating func restart(at time: MonotonicTime) {
    wait = Self.interval
    raisedAt = nil
    welcome(at: time)
  }
}

/// A least-squares line through points, summed up as they come.
private struct Line: BitwiseCopyable {
  private(set) var count = 0
  private var x = 0.0
  private var y = 0.0
  private var xx = 0.0
  private var xy = 0.0
  private var yy = 0.0
  private var origin = 0.0

  mutating func add(_ x: Double, _ y: Double) {
    if count == 0 { origin = y }
    let y = y - origin
    count += 1
    self.x += x
    self.y += y
    xx += x * x
    xy += x * y
    yy += y * y
  }

  private var spread: Double { xx - x * x / Double(count) }

  /// How steep it is.
  var slope: Double { spread > 0 ? (xy - x * y / Double(count)) / spread : 0 }

  /// The standard error of the slope.
  var error: Double {
    guard count > 2, spread > 0 else { return 1 }
    let total = yy - y * y / Double(count)
    let rest = max(0, total - slope * slope * spread)
    return (rest / Double(count - 2) / spread).squareRoot()
  }
}
