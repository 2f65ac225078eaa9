public import Wire

/// One direction at work: conditions, what chance has made of them so far, and a count.
struct Link {
  /// Headers before each datagram: 20 bytes of IPv4 and 8 of UDP. They take their place on the line.
  static let headerBytes = 28

  private(set) var conditions: LinkConditions
  private(set) var tally = LinkTally()
  /// The shared line that it goes over, where not its own.
  let sharedLine: Int?
  private var line: Line
  private var random: SeededRandom
  private var isBad = false
  private var lastArrival = MonotonicTime.zero

  init(_ conditions: LinkConditions, sharedLine: Int?, seed: UInt64) {
    self.conditions = conditions
    self.sharedLine = sharedLine
    line = Line(conditions.line)
    random = SeededRandom(seed)
  }

  mutating func change(to conditions: LinkConditions, at now: MonotonicTime) {
    if conditions.line != self.conditions.line { line.change(to: conditions.line, at: now) }
    self.conditions = conditions
  }

  /// How long what is sent now would wait in this direction's own queue.
  func waiting(at now: MonotonicTime) -> TimeSpan { line.waiting(at: now) }

  /// Whether a packet of this kind gets past the firewall.
  func lets(through kind: PacketKind) -> Bool {
    switch (conditions.passage, kind) {
    case (.everything, _), (.streams, .stream), (.streams, .tls), (.tls, .tls): true
    case (.streams, .datagram), (.tls, .datagram), (.tls, .stream): false
    }
  }

  /// Decides a datagram's fate the moment it is sent. `shared` is the line it shares with others.
  mutating func admit(bytes: Int, shared: UnsafeMutablePointer<Line>?, at now: MonotonicTime)
    -> Fate
  {
    tally.sent += 1
    let packet = bytes + Self.headerBytes
    guard !conditions.isCut, packet <= conditions.largestPacket else {
      tally.lost += 1
      return .lost
    }
    // First the queue, then the air: what is lost behind the line has taken its time on it.
    var passed = line.admit(bytes: packet, at: now)
    if let shared, let reached = passed {
      passed = shared.pointee.admit(bytes: packet, at: reached)
    }
    guard let passed else {
      tally.overflowed += 1
      return .lost
    }
    guard !conditions.loss.loses(isBad: &isBad, &random) else {
      tally.lost += 1
      return .lost
    }
    var arrival = passed + conditions.delay
    if conditions.jitter > .zero {
      let most = Double(min(conditions.jitter, conditions.delay).nanoseconds)
      arrival = arrival + TimeSpan(nanoseconds: Int64((random.unit() * 2 - 1) * most))
    }
    if random.happens(conditions.reorder) {
      arrival = arrival + conditions.reorderDelay
    } else if conditions.keepsOrder {
      arrival = max(arrival, lastArrival)
      lastArrival = arrival
    }
    tally.delivered += 1
    tally.bytes += bytes
    return random.happens(conditions.duplicate) ? .twice(arrival) : .once(arrival)
  }

  /// Whether the repair of a lost packet is lost as well.
  mutating func losesAgain() -> Bool { random.happens(conditions.loss.share) }
}

/// What a firewall tells packets apart by.
enum PacketKind {
  /// UDP.
  case datagram
  /// TCP with anything in it but TLS.
  case stream
  /// TCP with TLS in it.
  case tls
}

/// What becomes of a packet, known when it is sent.
public enum Fate: Hashable, Sendable {
  /// It never arrives.
  case lost
  /// It arrives then.
  case once(MonotonicTime)
  /// It arrives then, and again.
  case twice(MonotonicTime)
}

/// What became of one direction's datagrams so far.
public struct LinkTally: Hashable, Sendable {
  /// Sent into it.
  public var sent = 0
  /// Lost on the way, or because of an outage.
  public var lost = 0
  /// Dropped because the queue was full.
  public var overflowed = 0
  /// Delivered, or on their way to be.
  public var delivered = 0
  /// Bytes of those, without headers.
  public var bytes = 0
}
