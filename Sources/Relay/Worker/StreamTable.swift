import CLinux
import Glibc
import Transport
import Wire

/// A worker's byte streams, by number, and the limits on them.
///
/// A stream costs its buffers from its first byte on, before anybody has shown a password. So they are
/// bounded: in all, per client address while they have not, and in time. One that no session knows,
/// for it never did or has ended, is closed after five seconds.
struct StreamTable: ~Copyable {
  /// The most streams.
  static let capacity = 512
  /// The most streams of one client address that no session knows: a family's or an office's devices
  /// behind one NAT, all joining at once.
  static let strangersPerAddress = 32
  /// How long a stream may be no session's.
  static let patience = TimeSpan.seconds(5)
  /// A stranger younger than this is not put out for another: its check is on its way.
  private static let leastStay = TimeSpan.seconds(1)
  /// Between looks at all streams.
  private static let sweepInterval = TimeSpan.milliseconds(500)
  /// Discard-only addresses (RFC 6666), from which no datagram comes: names for streams.
  private static let namePrefix: UInt64 = 0x0100_0000_0000_0000
  /// A name ends in the stream's number; what is before it is never used again.
  private static let numberBits: UInt64 = 16
  private static let numberMask: UInt64 = 0xFFFF

  /// Totals since the start.
  private(set) var counters = StreamCounters()
  private var streams = Slab<MediaStream>(capacity: Self.capacity)
  private let epoll: Int32
  private let firstTag: UInt64
  private var serial: UInt64 = 0
  /// Numbers of streams with something queued in this turn.
  private var dirty: [Int] = []
  private var nextSweep = MonotonicTime.zero

  /// No streams; those to come are watched by `epoll` under tags from `firstTag` on.
  init(epoll: Int32, firstTag: UInt64) {
    self.epoll = epoll
    self.firstTag = firstTag
    dirty.reserveCapacity(Self.capacity)
  }

  /// Streams held.
  var count: Int { streams.count }

  // MARK: Packets

  /// Whether `number` names a stream.
  func contains(_ number: Int) -> Bool { streams.contains(number) }

  /// Our name for stream `number`, and its client's own address.
  func names(of number: Int) -> (name: SocketAddress, client: SocketAddress) {
    (streams[number].address, streams[number].client)
  }

  /// Reads stream `number` once; whether there may be more. Its packets are to be taken then.
  mutating func fill(_ number: Int) -> Bool {
    let hasMore = streams[number].fill()
    noteBroken(number)
    return hasMore
  }

  /// The next packet of stream `number`, which lies where it is until the stream is filled or closed.
  mutating func next(_ number: Int) -> UnsafeMutableRawBufferPointer? {
    guard streams.contains(number) else { return nil }
    let packet = streams[number].next()
    if packet == nil { noteBroken(number) }
    return packet
  }

  /// Queues a packet for the stream that has its destination's name.
  mutating func queue(_ datagram: OutgoingDatagram, at now: MonotonicTime) {
    let number = Int(truncatingIfNeeded: datagram.destination.low & Self.numberMask)
    guard datagram.destination.high == Self.namePrefix, streams.contains(number),
      streams[number].address == datagram.destination
    else { return }
    let packet = UnsafeRawBufferPointer(start: datagram.bytes, count: datagram.length)
    if streams[number].queue(packet, isPicture: datagram.isPicture, at: now) {
      if !streams[number].isDirty {
        streams[number].isDirty = true
        dirty.append(number)
      }
    } else if datagram.isPicture {
      counters.droppedPicture &+= 1
    } else {
      counters.dropped &+= 1
    }
  }

  /// Writes what was queued in this turn, each stream's in one go.
  mutating func flush(at now: MonotonicTime) {
    for number in dirty {
      streams[number].isDirty = false
      write(number, at: now)
    }
    dirty.removeAll(keepingCapacity: true)
  }

  /// Writes what the socket of stream `number` takes, and asks to be told when it takes more.
  mutating func write(_ number: Int, at now: MonotonicTime) {
    guard streams.contains(number) else { return }
    streams[number].write(at: now)
    noteBroken(number)
    let wants = streams[number].wantsToWrite
    guard wants != streams[number].watchesWriting else { return }
    streams[number].watchesWriting = wants
    let events = clinux_epollin() | (wants ? clinux_epollout() : 0)
    clinux_epoll_change(epoll, streams[number].descriptor, events, firstTag + UInt64(number))
  }

  private mutating func noteBroken(_ number: Int) {
    if streams[number].isBroken { nextSweep = .zero }
  }

  // MARK: Coming and going

  /// Takes a stream in, or closes it where there are too many. `wasWatched` where epoll knows its
  /// descriptor.
  mutating func add(
    _ arrived: ArrivedStream, wasWatched: Bool, now: MonotonicTime,
    core: borrowing RelayCore
  ) {
    guard makeRoom(now: now, core: core),
      strangers(from: arrived.client) < Self.strangersPerAddress
    else {
      counters.refused &+= 1
      close(arrived.descriptor)
      return
    }
    serial &+= 1
    let number = streams.lowestFree
    let name = SocketAddress(
      high: Self.namePrefix, low: serial << Self.numberBits | UInt64(number), port: 1)
    _ = streams.insert(
      MediaStream(
        descriptor: arrived.descriptor, address: name, client: arrived.client, now: now))
    counters.opened &+= 1
    let tag = firstTag + UInt64(number)
    let result =
      wasWatched
      ? clinux_epoll_change(epoll, arrived.descriptor, clinux_epollin(), tag)
      : clinux_epoll_add(epoll, arrived.descriptor, clinux_epollin(), tag)
    if result != 0 { remove(number) } else { noteBroken(number) }
  }

  /// Closes streams that are over, one with each call, and returns its name; nil where there are no
  /// more for now.
  mutating func closeNext(
    now: MonotonicTime, core: borrowing RelayCore
  ) -> SocketAddress? {
    guard now >= nextSweep else { return nil }
    for number in 0..<streams.limit where streams.contains(number) {
      let isStranger = isStranger(number, now: now, core: core)
      streams[number].advance(to: now)
      guard isStranger || streams[number].isBroken else { continue }
      if isStranger { counters.strangers &+= 1 }
      let name = streams[number].address
      remove(number)
      return name
    }
    nextSweep = now + Self.sweepInterval
    return nil
  }

  /// Whether the stream has been no session's for too long.
  private func isStranger(
    _ number: Int, now: MonotonicTime, core: borrowing RelayCore
  ) -> Bool {
    if core.knows(streams[number].address) {
      streams[number].strangerSince = nil
      return false
    }
    guard let since = streams[number].strangerSince else {
      streams[number].strangerSince = now
      return false
    }
    return now - since >= Self.patience
  }

  private func strangers(from client: SocketAddress) -> Int {
    var count = 0
    for number in 0..<streams.limit
    where streams.contains(number) && streams[number].strangerSince != nil {
      let other = streams[number].client
      // A house with IPv6 has a /64 to itself.
      if other.high == client.high, !client.isIPv4 || other.low == client.low { count += 1 }
    }
    return count
  }

  /// Whether there is room for another; where it is full, the oldest stranger makes it.
  private mutating func makeRoom(now: MonotonicTime, core: borrowing RelayCore) -> Bool {
    guard streams.count == streams.capacity else { return true }
    var oldest: (number: Int, since: MonotonicTime)?
    for number in 0..<streams.limit {
      guard let since = streams[number].strangerSince, now - since >= Self.leastStay,
        !core.knows(streams[number].address)
      else { continue }
      if let oldest, oldest.since <= since { continue }
      oldest = (number, since)
    }
    guard let oldest else { return false }
    counters.strangers &+= 1
    remove(oldest.number)
    return true
  }

  private mutating func remove(_ number: Int) {
    // Closing the descriptor takes it out of the epoll set.
    streams.remove(number)
    dirty.removeAll { $0 == number }
    counters.closed &+= 1
  }
}
