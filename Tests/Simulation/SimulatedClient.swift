import Transport
import Wire

/// One participant in virtual time: a secure path in its client role with a packet generator above.
final class SimulatedClient {
  let name: String
  /// Where it is; changing it is a change of network.
  var address: SocketAddress
  let streams: SimulatedOffer.Streams
  private(set) var sender: SimulatedSender
  private(set) var receiver = SimulatedReceiver()
  private(set) var events: [TransportEvent] = []
  /// Its session's id, once it joined.
  var session: String?
  private var transport: SecureTransport?
  private let identity: DTLSIdentity
  private var credentials: ICECredentials
  private let seed: UInt64
  private var outgoing: [NetworkEmulator.Datagram] = []

  init(name: String, address: SocketAddress, identity: DTLSIdentity, seed: UInt64) {
    self.name = name
    self.address = address
    self.identity = identity
    self.seed = seed
    var random = SeededRandom(seed)
    credentials = ICECredentials.generate(using: &random)
    let base = UInt32(truncatingIfNeeded: random.next()) | 0x10
    streams = .init(audio: base, video: base &+ 1, videoRetransmission: base &+ 2)
    sender = SimulatedSender(streams: streams)
  }

  /// Its offer for a room of `capacity`.
  func offer(capacity: Int) -> String {
    SimulatedOffer.make(
      credentials: credentials, fingerprint: identity.fingerprint, streams: streams,
      slots: capacity - 1)
  }

  /// Takes the relay's answer and begins to look for a path.
  func accept(_ answer: SimulatedAnswer, at now: MonotonicTime) {
    var made = SecureTransport(
      configuration: TransportConfiguration(
        role: .client, local: credentials, remote: answer.credentials,
        remoteFingerprint: answer.fingerprint),
      identity: identity, seed: seed, now: now)
    for candidate in answer.candidates { made.addRemoteCandidate(candidate, now: now) }
    transport = consume made
    receiver.repairs = answer.repairs
  }

  /// Sets how loud it is, in -dBov.
  func setLoudness(_ level: UInt8) { sender.loudness = level }

  /// Stops or goes on sending media; the path stays.
  func setSending(_ isSending: Bool) { sender.isSending = isSending }

  /// Ends its path with a goodbye.
  func close(at now: MonotonicTime) {
    transport?.close()
    settle(at: now)
  }

  var isSecured: Bool { transport?.isSecured ?? false }

  /// When it wants to be called.
  var nextWake: MonotonicTime? {
    let media = isSecured ? [sender.nextWake, receiver.nextPoll] : []
    return ([transport?.nextWake] + media).compactMap { $0 }.min()
  }

  /// What it wants sent since the last call.
  func takeOutgoing() -> [NetworkEmulator.Datagram] {
    defer { outgoing = [] }
    return outgoing
  }

  func receive(_ datagram: NetworkEmulator.Datagram, at now: MonotonicTime) {
    var bytes = datagram.bytes
    let received = bytes.withUnsafeMutableBytes {
      transport?.receive($0, from: datagram.source, at: now) ?? .none
    }
    switch received {
    case .rtp(let length):
      receiver.receive(Array(bytes[..<length]), at: now)
    case .rtcp(let length):
      let span = bytes.span.bytes.extracting(0..<length)
      receiver.receiveRTCP(span)
      for packet in sender.answer(span) { sendRTP(packet) }
    case .none: break
    }
    settle(at: now)
  }

  func advance(to now: MonotonicTime) {
    transport?.advance(to: now)
    settle(at: now)
    guard isSecured else { return }
    sender.start(at: now)
    for packet in sender.packets(at: now) { sendRTP(packet) }
    for packet in sender.reports(at: now) { sendRTCP(packet) }
    for packet in receiver.feedback(at: now, ownSSRC: streams.audio) { sendRTCP(packet) }
  }

  private func settle(at now: MonotonicTime) {
    while let event = transport?.nextEvent() { events.append(event) }
    var buffer = [UInt8](repeating: 0, count: 1_500)
    while let transmit = buffer.withUnsafeMutableBytes({ transport?.nextTransmit(into: $0) }) {
      outgoing.append(
        .init(
          source: address, destination: transmit.destination,
          bytes: Array(buffer[..<transmit.length])))
    }
  }

  private func sendRTP(_ packet: [UInt8]) {
    send(packet) { self.transport?.protectRTP($0, length: packet.count) }
  }

  private func sendRTCP(_ packet: [UInt8]) {
    send(packet) { self.transport?.protectRTCP($0, length: packet.count) }
  }

  private func send(_ packet: [UInt8], protect: (UnsafeMutableRawPointer) -> Int?) {
    guard let destination = transport?.remoteAddress else { return }
    var bytes = packet + [UInt8](repeating: 0, count: SecureTransport.trailerLength)
    let length = bytes.withUnsafeMutableBytes { buffer in
      buffer.baseAddress.flatMap { protect($0) }
    }
    guard let length else { return }
    outgoing.append(
      .init(source: address, destination: destination, bytes: Array(bytes[..<length])))
  }
}

/// SplitMix64, for everything a simulation draws.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
