import Glibc
import NetworkSimulation
import Wire

/// TCP: accepted connections, each with one of our own to its target.
///
/// Bytes pass through the network in segments, in order, none lost: the kernels at both ends repair
/// what is lost on real wires, the emulator makes up for the time it would take. While the network is
/// cut nothing is read, so the senders' kernels hold on to it, as they would.
struct StreamFlows: ~Copyable {
  /// One direction's bytes on their way.
  private struct Half {
    var stream: StreamState
    /// Bytes in the network.
    var onTheWay = 0
    /// Bytes that have come through and wait for the receiver's kernel.
    var waiting: [UInt8] = []
    /// Whether its sender has said that there is no more.
    var isEnding = false
    /// Whether that has come through the network.
    var hasEnded = false
    /// Whether its receiver was told so.
    var isClosed = false
  }

  private struct Pair {
    var client: Int32
    var target: Int32
    var up: Half
    var down: Half
    /// Whether the first bytes have been seen and may pass.
    var isAdmitted = false
    var isOver = false
  }

  /// The most in the network per direction: what TCP's window would be.
  private static let window = 65_536
  private static let segment = 1_400

  /// Connections accepted, and those that the firewall refused.
  private(set) var (accepted, refused) = (0, 0)
  private let forwardings: [Forwarding]
  private let listeners: [Int32]
  private var pairs: [Pair] = []
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1_400, alignment: 16)

  init(_ forwardings: [Forwarding]) throws {
    self.forwardings = forwardings
    listeners = try forwardings.map { try Sockets.listen($0.listen) }
  }

  deinit {
    for listener in listeners { close(listener) }
    for pair in pairs where !pair.isOver {
      close(pair.client)
      close(pair.target)
    }
    buffer.deallocate()
  }

  /// What to wait for, and for what.
  func poll(_ network: borrowing EmulatedNetwork, up: EmulatedNetwork.LinkID) -> [pollfd] {
    var wanted = listeners.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard !network.conditions(of: up).isCut else { return wanted }
    for pair in pairs where !pair.isOver {
      wanted.append(Self.wait(pair.client, reads: pair.up, writes: pair.down))
      wanted.append(Self.wait(pair.target, reads: pair.down, writes: pair.up))
    }
    return wanted
  }

  private static func wait(_ descriptor: Int32, reads: Half, writes: Half) -> pollfd {
    let canRead = !reads.isEnding && reads.onTheWay + reads.waiting.count < window
    let events = (canRead ? Int16(POLLIN) : 0) | (writes.waiting.isEmpty ? 0 : Int16(POLLOUT))
    // A descriptor below zero is passed over: a closed peer would otherwise wake us without end.
    return pollfd(fd: events == 0 ? -1 : descriptor, events: events, revents: 0)
  }

  /// Accepts, reads and writes whatever is possible.
  mutating func advance(
    _ network: inout EmulatedNetwork, up: EmulatedNetwork.LinkID, down: EmulatedNetwork.LinkID,
    at now: MonotonicTime
  ) {
    let conditions = network.conditions(of: up)
    accept(roundTrip: conditions.delay + network.conditions(of: down).delay)
    guard !conditions.isCut else { return }
    for index in pairs.indices where !pairs[index].isOver {
      if !pairs[index].isAdmitted, !admit(index, conditions.passage) { continue }
      read(pairs[index].client, \.up, index, &network, up, at: now)
      read(pairs[index].target, \.down, index, &network, down, at: now)
      write(\.up, index, to: pairs[index].target)
      write(\.down, index, to: pairs[index].client)
      if pairs[index].up.isClosed, pairs[index].down.isClosed { end(index) }
    }
  }

  /// Takes a segment that has come through the network; an empty one is the sender's end.
  mutating func deliver(_ arrival: EmulatedNetwork.Arrival, isUp: Bool) {
    let index = Int(arrival.destination.low)
    guard !pairs[index].isOver else { return }
    let half: WritableKeyPath<Pair, Half> = isUp ? \.up : \.down
    pairs[index][keyPath: half].onTheWay -= arrival.bytes.count
    if arrival.bytes.isEmpty {
      pairs[index][keyPath: half].hasEnded = true
    } else {
      pairs[index][keyPath: half].waiting += arrival.bytes
    }
    write(half, index, to: isUp ? pairs[index].target : pairs[index].client)
  }

  /// Every connection ends: the client's address is not what it was.
  mutating func rebind() { for index in pairs.indices { end(index) } }

  private mutating func accept(roundTrip: TimeSpan) {
    for (number, listener) in listeners.enumerated() {
      while let client = Sockets.accept(listener) {
        guard let target = Sockets.connect(to: forwardings[number].target) else {
          close(client)
          continue
        }
        accepted += 1
        // What passes here has passed the firewall; to the emulator it is all the same.
        let half = Half(stream: StreamState(roundTrip: roundTrip, isTLS: true))
        pairs.append(Pair(client: client, target: target, up: half, down: half))
      }
    }
  }

  /// Looks at a connection's first bytes: a firewall that passes only TLS wants a handshake record of
  /// version 3 (RFC 8446 §5.1). False while there are none, or where they are of another kind.
  private mutating func admit(_ index: Int, _ passage: Passage) -> Bool {
    if passage == .tls {
      var first = [UInt8](repeating: 0, count: 2)
      let count = recv(pairs[index].client, &first, 2, Int32(MSG_PEEK))
      if count < 0, errno == EAGAIN { return false }
      guard count == 2 || (count == 1 && first[0] == 0x16) else { return refuse(index) }
      guard count == 2 else { return false }
      guard first == [0x16, 0x03] else { return refuse(index) }
    }
    pairs[index].isAdmitted = true
    return true
  }

  private mutating func refuse(_ index: Int) -> Bool {
    refused += 1
    end(index)
    return false
  }

  private mutating func read(
    _ descriptor: Int32, _ half: WritableKeyPath<Pair, Half>, _ index: Int,
    _ network: inout EmulatedNetwork, _ link: EmulatedNetwork.LinkID, at now: MonotonicTime
  ) {
    while !pairs[index].isOver, !pairs[index][keyPath: half].isEnding,
      pairs[index][keyPath: half].onTheWay + pairs[index][keyPath: half].waiting.count
        < Self.window
    {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count < 0 {
        if errno != EAGAIN, errno != EINTR, errno != ENOTCONN { end(index) }
        return
      }
      if count == 0 { pairs[index][keyPath: half].isEnding = true }
      pairs[index][keyPath: half].onTheWay += count
      network.send(
        UnsafeRawBufferPointer(rebasing: buffer[..<count]), from: .init(ipv4: 0, port: 0),
        to: SocketAddress(high: 1, low: UInt64(index), port: 0), over: link,
        in: &pairs[index][keyPath: half].stream, at: now)
    }
  }

  private mutating func write(
    _ half: WritableKeyPath<Pair, Half>, _ index: Int, to descriptor: Int32
  ) {
    guard !pairs[index].isOver else { return }
    if !pairs[index][keyPath: half].waiting.isEmpty {
      let written = pairs[index][keyPath: half].waiting.withUnsafeBytes {
        Sockets.write($0, to: descriptor)
      }
      guard let written else { return end(index) }
      pairs[index][keyPath: half].waiting.removeFirst(written)
    }
    let state = pairs[index][keyPath: half]
    if state.hasEnded, state.waiting.isEmpty, !state.isClosed {
      shutdown(descriptor, Int32(SHUT_WR))
      pairs[index][keyPath: half].isClosed = true
    }
  }

  private mutating func end(_ index: Int) {
    guard !pairs[index].isOver else { return }
    pairs[index].isOver = true
    close(pairs[index].client)
    close(pairs[index].target)
  }
}
