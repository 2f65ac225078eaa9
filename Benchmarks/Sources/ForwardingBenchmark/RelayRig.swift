import Relay
import Transport
import Wire

/// A relay core full of two-person visits with their clients, in one virtual time. It does by turns
/// what the worker's loop does, and meters the relay's part only: its sockets and its clients are
/// this process's own and stay outside.
struct RelayRig: ~Copyable {
  static let relayAddress = SocketAddress(ipv4: 0xC633_6401, port: 5_000)
  /// Datagrams taken in between two drains, as the worker takes them from its socket.
  static let batch = 64

  /// Receiving media, forwarding it and draining what goes out.
  private(set) var media = Meter()
  /// Turns of the timers, and feedback taken in, that let packets go which had waited for their turn.
  private(set) var paced = Meter()
  /// Everything else: timers, reports, feedback, samples, STUN and clients' RTCP.
  private(set) var timers = Meter()
  /// Media packets handed in and their sealed copies taken out since the last reset.
  private(set) var packetsIn = 0
  private(set) var packetsOut = 0
  /// Those of them that had waited.
  private(set) var packetsPaced = 0
  /// The clients; each two that follow one another are a visit.
  let clients: [BenchmarkClient]
  private let addresses: [SocketAddress]
  private var core: RelayCore
  private var now = VirtualTime.start
  private let receiveSlots: UnsafeMutableRawPointer
  private var receiveLengths = [Int](repeating: 0, count: batch)

  /// `visits` visits in which everybody is connected.
  static func connected(visits: Int, trace: MediaTrace) throws -> RelayRig {
    var random = RelayRandom.seeded(UInt64(visits))
    let identity = try DTLSIdentity()
    let clients = (0..<visits * 2).map {
      BenchmarkClient(index: $0, identity: identity, random: &random)
    }
    var configuration = RelayConfiguration(candidates: [relayAddress])
    configuration.maximumSessions = visits * 2
    var rig = RelayRig(
      clients: clients,
      core: RelayCore(
        configuration: configuration,
        identity: try DTLSIdentity(), random: .seeded(random.next())))
    for visit in 0..<visits {
      for index in [visit * 2, visit * 2 + 1] {
        let offer = SessionText.offer(
          credentials: clients[index].credentials, fingerprint: identity.fingerprint,
          source: trace.sources[index])
        try rig.join(index, room: "\(visit)", offer: offer)
      }
      // Visits begin spread over a sample interval, so that their timers never all come at once.
      for _ in 0..<max(4, 5_000 / visits) { rig.turn() }
    }
    guard clients.allSatisfy({ $0.profile == .aeadAES128GCM }) else {
      throw BenchmarkError.notSecured
    }
    return rig
  }

  private init(clients: [BenchmarkClient], core: consuming RelayCore) {
    self.clients = clients
    self.core = core
    addresses = clients.map(\.address)
    receiveSlots = .allocate(byteCount: Self.batch * MediaTrace.slotLength, alignment: 64)
  }

  deinit { receiveSlots.deallocate() }

  /// Forgets what was metered.
  mutating func resetMeters() {
    Meter.forgetInstructions()
    media = Meter()
    timers = Meter()
    paced = Meter()
    packetsIn = 0
    packetsOut = 0
    packetsPaced = 0
  }

  /// Forwards the trace's tenth of a second, which its clients have sealed. With `isDelivering`, the
  /// copies also reach their receivers, which open them.
  mutating func forward(_ trace: MediaTrace, isDelivering: Bool = false) {
    for millisecond in 0..<MediaTrace.milliseconds {
      let end = trace.millisecondStart[millisecond + 1]
      var next = trace.millisecondStart[millisecond]
      while next < end {
        let count = min(Self.batch, end - next)
        receive(trace, next..<next + count, isDelivering: isDelivering)
        next += count
      }
      if millisecond % 10 == 0 { report(trace) }
      turn()
    }
  }

  private mutating func join(_ index: Int, room: String, offer: String) throws {
    let reply = core.handle(
      .join(JoinRequest(room: room, participant: "\(index)", capacity: 2, offer: offer)), at: time)
    guard case .joined(let answer) = reply, let read = SessionText.read(answer: answer.answer)
    else { throw BenchmarkError.notJoined }
    clients[index].connect(
      to: Self.relayAddress, credentials: read.credentials, fingerprint: read.fingerprint, at: now)
  }

  private var time: TurnTime {
    TurnTime(now: now, wallMilliseconds: VirtualTime.wallMilliseconds(now))
  }

  // MARK: Media

  private mutating func receive(_ trace: MediaTrace, _ range: Range<Int>, isDelivering: Bool) {
    // The socket's part: into the few slots that every batch uses again.
    for (slot, index) in range.enumerated() {
      let packet = trace.packet(index)
      UnsafeMutableRawBufferPointer(
        start: receiveSlots + slot * MediaTrace.slotLength, count: packet.count
      ).copyMemory(from: packet)
      receiveLengths[slot] = packet.count
    }
    let time = time
    media.begin()
    for slot in 0..<range.count {
      expect(slot + 3, of: trace, range, .later)
      expect(slot + 1, of: trace, range, .next)
      core.take(
        UnsafeMutableRawBufferPointer(
          start: receiveSlots + slot * MediaTrace.slotLength, count: receiveLengths[slot]),
        from: addresses[Int(trace.entries[range.lowerBound + slot].participant)], on: .only,
        at: time)
      if core.isTakenFull { _ = core.forwardTaken(at: time) }
    }
    _ = core.forwardTaken(at: time)
    media.end()
    packetsOut += noteOutgoing()
    if isDelivering { deliverOutgoing() }
    media.begin()
    core.removeAllOutgoing()
    media.end()
    packetsIn += range.count
  }

  /// As the worker does with what has come.
  private mutating func expect(
    _ slot: Int, of trace: MediaTrace, _ range: Range<Int>, _ distance: RelayCore.Distance
  ) {
    guard slot < range.count else { return }
    let participant = Int(trace.entries[range.lowerBound + slot].participant)
    guard participant != trace.entries[range.lowerBound + slot - 1].participant else { return }
    core.expect(addresses[participant], distance)
  }

  /// Lets clients note the media in what goes out; how many packets it is.
  private func noteOutgoing() -> Int {
    var count = 0
    for index in 0..<core.outgoingCount {
      let datagram = core.outgoing(at: index)
      guard datagram.isRTP else { continue }
      let packet = UnsafeRawBufferPointer(start: datagram.bytes, count: datagram.length)
      clients[BenchmarkClient.index(of: datagram.destination)].noteArrival(of: packet, at: now)
      // Padding that asks the path for room is the relay's own.
      if !datagram.hasPadding { count += 1 }
    }
    return count
  }

  private func report(_ trace: MediaTrace) {
    for index in clients.indices {
      clients[index].report(on: trace.sources[index], relay: Self.relayAddress, at: now)
      clients[index].feedBack(to: Self.relayAddress, at: now)
    }
  }

  // MARK: Time

  /// Ends a turn: what is due in the relay, then in its clients, until nobody has more to say; and
  /// the next millisecond begins.
  private mutating func turn() {
    meter { $0.advance(to: $1) }
    deliverOutgoing()
    // Clients have no timers finer than this.
    if now.nanoseconds / 1_000_000 % 5 == 0 {
      for client in clients { client.advance(to: now) }
    }
    var isQuiet = false
    while !isQuiet {
      isQuiet = true
      timers.begin()
      core.removeAllOutgoing()
      while core.nextEvent() != nil {}
      timers.end()
      for client in clients {
        for var datagram in client.takeOutgoing() {
          isQuiet = false
          datagram.bytes.withUnsafeMutableBytes {
            let bytes = $0
            meter { $0.receive(bytes, from: datagram.source, on: .only, at: $1) }
          }
          deliverOutgoing()
          core.removeAllOutgoing()
        }
      }
    }
    now = now + .milliseconds(1)
  }

  /// Meters what the relay does besides taking in media. Where that lets packets go and tells the
  /// service nothing, it is forwarding too.
  private mutating func meter(_ work: (inout RelayCore, TurnTime) -> Void) {
    let time = time
    var turn = Meter()
    turn.begin()
    work(&core, time)
    turn.end()
    let released = noteOutgoing()
    packetsOut += released
    packetsPaced += released
    if released > 0 && core.nextEvent() == nil {
      paced.add(turn)
    } else {
      timers.add(turn)
    }
  }

  private func deliverOutgoing() {
    for index in 0..<core.outgoingCount {
      let datagram = core.outgoing(at: index)
      clients[BenchmarkClient.index(of: datagram.destination)].receive(
        Datagram(
          source: Self.relayAddress, destination: datagram.destination,
          bytes: Array(UnsafeRawBufferPointer(start: datagram.bytes, count: datagram.length))),
        at: now)
    }
  }
}

extension OutgoingDatagram {
  /// Whether this is RTP, and not RTCP (RFC 5761 §4), STUN or DTLS (RFC 7983 §7).
  var isRTP: Bool {
    let first = bytes.load(as: UInt8.self)
    let second = bytes.load(fromByteOffset: 1, as: UInt8.self)
    return first & 0xC0 == 0x80 && second & 0xE0 != 0xC0
  }

  /// Whether an RTP packet ends in padding (RFC 3550 §5.1).
  var hasPadding: Bool { bytes.load(as: UInt8.self) & 0x20 != 0 }
}
