public import Wire

/// What one direction between two places does to packets. A value: it says what is so, not what has
/// happened.
public struct LinkConditions: Hashable, Sendable {
  /// The mean time from one end to the other, queues not counted.
  public var delay: TimeSpan
  /// How much more or less a packet takes than that, at most; evenly distributed. Never more than
  /// `delay`.
  public var jitter: TimeSpan
  /// Whether packets come out in the order they went in, as from a queue; where not, jitter lets
  /// later ones overtake.
  public var keepsOrder: Bool
  /// What is lost.
  public var loss: LossModel
  /// The share of packets held back by `reorderDelay`, past those behind them, 0 ... 1.
  public var reorder: Double
  /// How long those are held back.
  public var reorderDelay: TimeSpan
  /// The share of packets that arrive twice, 0 ... 1.
  public var duplicate: Double
  /// What the narrowest place on this direction carries.
  public var line: LineConditions
  /// The largest IP packet that gets through, in bytes: 20 of IPv4, 8 of UDP and the datagram. Larger
  /// ones vanish, as they do where nobody may be told to fragment.
  public var largestPacket: Int
  /// Which protocols a firewall lets through.
  public var passage: Passage
  /// Whether nothing at all gets through.
  public var isCut: Bool

  /// A direction with this delay, jitter, loss and rate; whatever else can go wrong does not.
  public init(
    delay: TimeSpan, jitter: TimeSpan = .zero, loss: LossModel = .none,
    line: LineConditions = .unlimited
  ) {
    self.delay = delay
    self.jitter = jitter
    keepsOrder = true
    self.loss = loss
    reorder = 0
    reorderDelay = .milliseconds(15)
    duplicate = 0
    self.line = line
    largestPacket = 1_500
    passage = .everything
    isCut = false
  }

  /// The same, but for what `change` does.
  public func with(_ change: (inout LinkConditions) -> Void) -> LinkConditions {
    var copy = self
    change(&copy)
    return copy
  }
}

/// What a firewall lets through.
public enum Passage: Hashable, Sendable {
  /// UDP and TCP.
  case everything
  /// TCP alone, to the one port that everybody knows.
  case streams
  /// TCP to that port, and only where the first bytes are a TLS ClientHello.
  case tls
}

/// What the narrowest place of a direction carries: a token bucket with a queue before it.
public struct LineConditions: Hashable, Sendable {
  /// Bits a second; nil where there is no narrowest place worth mentioning.
  public var bitsPerSecond: Int64?
  /// Bytes that may pass at once after a pause, before the rate is felt.
  public var burstBytes: Int
  /// The most that waits, in bytes; what does not fit is dropped at the tail.
  public var queueBytes: Int

  /// No limit.
  public static let unlimited = LineConditions(bitsPerSecond: nil, burstBytes: 0, queueBytes: 0)

  /// A limit of given rate, burst and queue.
  public init(bitsPerSecond: Int64?, burstBytes: Int, queueBytes: Int) {
    self.bitsPerSecond = bitsPerSecond
    self.burstBytes = burstBytes
    self.queueBytes = queueBytes
  }

  /// A line of `kilobits` a second whose queue holds half a second of it: more than it should, as in
  /// most home routers, and less than in the worst (RFC 8290 §1 on bufferbloat). Never less than ten
  /// full packets.
  public static func kilobits(_ kilobits: Int64) -> LineConditions {
    LineConditions(
      bitsPerSecond: kilobits * 1_000, burstBytes: 0,
      queueBytes: max(Int(kilobits) * 1_000 / 8 / 2, 15_000))
  }
}

/// One participant's access to the world, both ways.
public struct AccessConditions: Hashable, Sendable {
  /// From the participant.
  public var up: LinkConditions
  /// To the participant.
  public var down: LinkConditions

  /// Access whose directions differ.
  public init(up: LinkConditions, down: LinkConditions) {
    self.up = up
    self.down = down
  }

  /// Access that is the same both ways.
  public init(_ both: LinkConditions) { self.init(up: both, down: both) }

  /// An office's: 10 ms, nothing lost, more room than a visit fills.
  public static let office = AccessConditions(LinkConditions(delay: .milliseconds(10)))

  /// The same change to both directions.
  public func with(_ change: (inout LinkConditions) -> Void) -> AccessConditions {
    var copy = self
    change(&copy.up)
    change(&copy.down)
    return copy
  }
}
