public import Wire

/// A network in virtual time: what is sent comes out later, altered only in when, whether, how often
/// and in what order. Everything follows from the seed.
///
/// It has *links*, one per direction between two places, each with its own conditions, and *lines*
/// that several links share. Whatever happens to a packet is decided when it is sent (`Link.admit`);
/// until then it lies in a slab. There is no clock in here: whoever drives it says what time it is.
/// That is why the same emulator runs an hour in seconds, and also stands as a proxy between processes.
public struct EmulatedNetwork: ~Copyable {
  /// Names a link of this network.
  public struct LinkID: Hashable, Sendable, BitwiseCopyable {
    let number: Int32
  }

  /// Names a line that links share.
  public struct LineID: Hashable, Sendable, BitwiseCopyable {
    let number: Int
  }

  /// A packet that has arrived.
  public struct Arrival {
    /// The link it came over.
    public var link: LinkID
    /// Who sent it, as its receiver sees it.
    public var source: SocketAddress
    /// Whom it is for.
    public var destination: SocketAddress
    /// Its bytes, which may be changed where they lie.
    public var bytes: UnsafeMutableRawBufferPointer
  }

  private var links: [Link] = []
  private var lines: [Line] = []
  private var slab = PacketSlab()
  private var queue = ArrivalQueue()
  /// The slot handed out last.
  private var taken: Int32?
  private var order: UInt64 = 0
  private var random: SeededRandom

  /// A network without links, whose chances follow from `seed`.
  public init(seed: UInt64) { random = SeededRandom(seed) }

  /// Adds a line that several links go over: a home's broadband, a street's mast.
  public mutating func addLine(_ conditions: LineConditions) -> LineID {
    lines.append(Line(conditions))
    return LineID(number: lines.count - 1)
  }

  /// Adds a direction. Each has its own chances, so that one more does not change another's run.
  public mutating func addLink(_ conditions: LinkConditions, over line: LineID? = nil) -> LinkID {
    links.append(Link(conditions, sharedLine: line?.number, seed: random.next()))
    return LinkID(number: Int32(links.count - 1))
  }

  /// Changes what a direction does, from now on. What is already on its way arrives as it would have.
  public mutating func change(
    _ link: LinkID, to conditions: LinkConditions, at now: MonotonicTime
  ) {
    links[Int(link.number)].change(to: conditions, at: now)
  }

  /// Changes what a shared line carries.
  public mutating func change(
    _ line: LineID, to conditions: LineConditions, at now: MonotonicTime
  ) {
    lines[line.number].change(to: conditions, at: now)
  }

  /// What a direction does now.
  public func conditions(of link: LinkID) -> LinkConditions { links[Int(link.number)].conditions }

  /// What became of a direction's datagrams.
  public func tally(of link: LinkID) -> LinkTally { links[Int(link.number)].tally }

  /// How long a packet that is sent now waits in queues before it is on its way.
  public func waiting(on link: LinkID, at now: MonotonicTime) -> TimeSpan {
    let link = links[Int(link.number)]
    let own = link.waiting(at: now)
    guard let shared = link.sharedLine else { return own }
    return own + lines[shared].waiting(at: now + own)
  }

  /// Sends a datagram.
  public mutating func send(
    _ bytes: UnsafeRawBufferPointer, from source: SocketAddress, to destination: SocketAddress,
    over link: LinkID, at now: MonotonicTime
  ) {
    guard links[Int(link.number)].lets(through: .datagram) else { return }
    let arrival: MonotonicTime
    let copies: Int
    switch admit(bytes: bytes.count, over: link, at: now) {
    case .lost: return
    case .once(let time): (arrival, copies) = (time, 1)
    case .twice(let time): (arrival, copies) = (time, 2)
    }
    for _ in 0..<copies {
      enqueue(bytes, from: source, to: destination, over: link, arrival: arrival)
    }
  }

  /// Sends a segment of a byte stream, as TCP would: nothing is lost, it only comes later.
  ///
  /// `stream` is the stream's state, kept by the caller. TCP's details are left out but for what a
  /// call feels: nothing overtakes on a stream, so one lost packet holds up all behind it until its
  /// repair has come, a round trip later; twice as long where the repair is lost too.
  public mutating func send(
    _ bytes: UnsafeRawBufferPointer, from source: SocketAddress, to destination: SocketAddress,
    over link: LinkID, in stream: inout StreamState, at now: MonotonicTime
  ) {
    guard !stream.isBroken,
      links[Int(link.number)].lets(through: stream.isTLS ? .tls : .stream)
    else {
      stream.isBroken = true
      return
    }
    var arrival = now
    let overhead = stream.framing.overhead(isTLS: stream.isTLS)
    switch admit(bytes: bytes.count + overhead, over: link, at: now) {
    case .once(let time), .twice(let time): arrival = time
    case .lost:
      guard !links[Int(link.number)].conditions.isCut else {
        stream.isBroken = true
        return
      }
      arrival = now + waiting(on: link, at: now) + conditions(of: link).delay + stream.repairTime
      var pause = stream.repairTime * 2
      while links[Int(link.number)].losesAgain() {
        arrival = arrival + pause
        pause = pause * 2
      }
    }
    stream.lastArrival = max(stream.lastArrival, arrival)
    enqueue(bytes, from: source, to: destination, over: link, arrival: stream.lastArrival)
  }

  /// What becomes of a packet of `bytes` that nobody will look at: other people's traffic.
  public mutating func admit(bytes: Int, over link: LinkID, at now: MonotonicTime) -> Fate {
    let number = Int(link.number)
    guard let shared = links[number].sharedLine else {
      return links[number].admit(bytes: bytes, shared: nil, at: now)
    }
    return lines.withUnsafeMutableBufferPointer { lines in
      links[number].admit(bytes: bytes, shared: lines.baseAddress! + shared, at: now)
    }
  }

  /// When the next datagram arrives.
  public var nextArrival: MonotonicTime? { queue.first?.arrival }

  /// The next datagram that has arrived by `now`. Its bytes are valid until the next call.
  public mutating func receive(at now: MonotonicTime) -> Arrival? {
    if let taken { slab.remove(taken) }
    taken = nil
    guard let entry = queue.first, entry.arrival <= now else { return nil }
    queue.removeFirst()
    taken = entry.slot
    return Arrival(
      link: LinkID(number: entry.link), source: entry.source, destination: entry.destination,
      bytes: slab.bytes(of: entry.slot, count: Int(entry.length)))
  }

  private mutating func enqueue(
    _ bytes: UnsafeRawBufferPointer, from source: SocketAddress, to destination: SocketAddress,
    over link: LinkID, arrival: MonotonicTime
  ) {
    order += 1
    queue.insert(
      .init(
        arrival: arrival, order: order, source: source, destination: destination,
        slot: slab.insert(bytes), length: Int32(bytes.count), link: link.number))
  }
}

/// One direction of a byte stream over the network.
public struct StreamState: Hashable, Sendable {
  /// How long a lost segment's repair takes: a round trip, and a little to be sure that it is lost.
  public var repairTime: TimeSpan
  /// Whether an outage has swallowed a segment. Nothing more arrives: its owner makes another one.
  public internal(set) var isBroken = false
  /// Whether it is TLS, as far as a firewall can tell.
  public let isTLS: Bool
  /// How packets are told apart on it.
  public let framing: StreamFraming
  var lastArrival = MonotonicTime.zero

  /// A stream over a path with this round trip.
  public init(roundTrip: TimeSpan, isTLS: Bool, framing: StreamFraming = .length) {
    repairTime = roundTrip + .milliseconds(10)
    self.isTLS = isTLS
    self.framing = framing
  }
}
