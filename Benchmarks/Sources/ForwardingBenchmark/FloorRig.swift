import Transport
import Wire

/// The least that forwarding can cost with the same primitives: each packet is opened by its
/// sender's secure path, copied once and sealed by its receiver's. No lookup, no room, no rewriting,
/// no history, no statistics, no timers.
struct FloorRig: ~Copyable {
  /// Opening, copying and sealing.
  private(set) var work = Meter()
  /// Packets that went through since the last reset.
  private(set) var packets = 0
  /// The clients; each two that follow one another are a visit.
  let clients: [BenchmarkClient]
  private let addresses: [SocketAddress]
  /// One for each client, as many as `connectedCount`.
  private let transports: UnsafeMutablePointer<SecureTransport>
  private var connectedCount = 0
  private var now = VirtualTime.start
  private let receiveSlots: UnsafeMutableRawPointer
  private let sendSlots: UnsafeMutableRawPointer
  private var receiveLengths = [Int](repeating: 0, count: RelayRig.batch)

  /// `visits` visits whose clients are connected, each with a secure path of its own.
  static func connected(visits: Int) throws -> FloorRig {
    var random = SystemRandomNumberGenerator()
    let identity = try DTLSIdentity()
    let relayIdentity = try DTLSIdentity()
    var rig = FloorRig(
      clients: (0..<visits * 2).map {
        BenchmarkClient(index: $0, identity: identity, random: &random)
      })
    for (index, client) in rig.clients.enumerated() {
      let credentials = ICECredentials.generate(using: &random)
      (rig.transports + index).initialize(
        to: SecureTransport(
          configuration: TransportConfiguration(
            role: .relay, local: credentials, remote: client.credentials,
            remoteFingerprint: identity.fingerprint),
          identity: relayIdentity, seed: random.next(), now: rig.now))
      rig.connectedCount = index + 1
      client.connect(
        to: RelayRig.relayAddress, credentials: credentials,
        fingerprint: relayIdentity.fingerprint, at: rig.now)
      // Nothing takes time between the two; ICE's own pacing takes some milliseconds.
      for _ in 0..<1_000 where client.profile == nil || !rig.transports[index].isSecured {
        exchange(client, &rig.transports[index], at: rig.now)
        rig.now = rig.now + .milliseconds(1)
      }
    }
    guard rig.clients.allSatisfy({ $0.profile == .aeadAES128GCM }) else {
      throw BenchmarkError.notSecured
    }
    return rig
  }

  private init(clients: [BenchmarkClient]) {
    self.clients = clients
    addresses = clients.map(\.address)
    transports = .allocate(capacity: clients.count)
    receiveSlots = .allocate(byteCount: RelayRig.batch * MediaTrace.slotLength, alignment: 64)
    sendSlots = .allocate(byteCount: RelayRig.batch * MediaTrace.slotLength, alignment: 64)
  }

  deinit {
    transports.deinitialize(count: connectedCount)
    transports.deallocate()
    receiveSlots.deallocate()
    sendSlots.deallocate()
  }

  /// Forgets what was metered.
  mutating func resetMeters() {
    work = Meter()
    packets = 0
  }

  /// Passes on the trace's tenth of a second, which its clients have sealed, in the same batches as
  /// the relay gets.
  mutating func forward(_ trace: MediaTrace) throws(BenchmarkError) {
    for millisecond in 0..<MediaTrace.milliseconds {
      let end = trace.millisecondStart[millisecond + 1]
      var next = trace.millisecondStart[millisecond]
      while next < end {
        let count = min(RelayRig.batch, end - next)
        try pass(trace, next..<next + count)
        next += count
      }
    }
  }

  private mutating func pass(_ trace: MediaTrace, _ range: Range<Int>) throws(BenchmarkError) {
    for (slot, index) in range.enumerated() {
      let packet = trace.packet(index)
      UnsafeMutableRawBufferPointer(
        start: receiveSlots + slot * MediaTrace.slotLength, count: packet.count
      ).copyMemory(from: packet)
      receiveLengths[slot] = packet.count
    }
    var sealed = 0
    work.begin()
    for slot in 0..<range.count {
      let sender = Int(trace.entries[range.lowerBound + slot].participant)
      let incoming = receiveSlots + slot * MediaTrace.slotLength
      let outgoing = sendSlots + slot * MediaTrace.slotLength
      let received = transports[sender].receive(
        UnsafeMutableRawBufferPointer(start: incoming, count: receiveLengths[slot]),
        from: addresses[sender], on: .only, at: now)
      guard case .rtp(let length) = received else { continue }
      outgoing.copyMemory(from: incoming, byteCount: length)
      if transports[sender ^ 1].protectRTP(outgoing, length: length) != nil { sealed += 1 }
    }
    work.end()
    packets += sealed
    guard sealed == range.count else { throw .floorFailed }
  }

  private static func exchange(
    _ client: BenchmarkClient, _ transport: inout SecureTransport, at now: MonotonicTime
  ) {
    client.advance(to: now)
    transport.advance(to: now)
    var buffer = [UInt8](repeating: 0, count: 2_048)
    var isQuiet = false
    while !isQuiet {
      isQuiet = true
      for var datagram in client.takeOutgoing() {
        isQuiet = false
        datagram.bytes.withUnsafeMutableBytes {
          _ = transport.receive($0, from: client.address, at: now)
        }
      }
      while let transmit = buffer.withUnsafeMutableBytes({ transport.nextTransmit(into: $0) }) {
        isQuiet = false
        client.receive(
          Datagram(
            source: RelayRig.relayAddress, destination: client.address,
            bytes: Array(buffer[..<transmit.length])), at: now)
      }
      while transport.nextEvent() != nil {}
    }
  }
}
