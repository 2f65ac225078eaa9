import Testing
import Wire

@testable import Transport

/// A datagram between a client and a relay in virtual time.
struct Datagram {
  var bytes: [UInt8]
  var isFromClient: Bool
  var localPath = LocalPath.only
  var source: SocketAddress
  var destination: SocketAddress

  var kind: DatagramKind { DatagramKind.classify(firstByte: bytes.first ?? 255) }
}

/// A client and a relay joined by a link that does what a test says, in virtual time.
final class SecurePair {
  static let identities: (client: DTLSIdentity, relay: DTLSIdentity)? = {
    guard let client = try? DTLSIdentity(), let relay = try? DTLSIdentity() else { return nil }
    return (client, relay)
  }()

  /// What a link does with a datagram: what arrives of it, each after so much more than `delay`.
  typealias Link = (Datagram) -> [(Datagram, extra: TimeSpan)]

  var client: SecureTransport
  var relay: SecureTransport
  var now = MonotonicTime(nanoseconds: 1_000_000_000)
  var delay = TimeSpan.milliseconds(10)
  /// As the relay sees the client, by the client's socket.
  var clientAddresses: [LocalPath: SocketAddress] = [
    .only: SocketAddress(ipv4: 0xC000_0201, port: 50_000)
  ]
  static let relayAddress = SocketAddress(ipv4: 0xCB00_7101, port: 7_000)
  var link: Link = { [($0, .zero)] }
  private(set) var clientEvents: [TransportEvent] = []
  private(set) var relayEvents: [TransportEvent] = []
  private(set) var delivered: [Datagram] = []
  private(set) var sent: [Datagram] = []
  /// When RTP was opened, by the end that opened it.
  private(set) var mediaAtRelay: [MonotonicTime] = []
  private(set) var mediaAtClient: [MonotonicTime] = []
  private var queue: [(at: MonotonicTime, order: Int, datagram: Datagram)] = []
  private var order = 0

  /// What a test may have otherwise.
  struct Options {
    var clientProfiles = SRTPProfile.preferred
    var relayProfiles = SRTPProfile.preferred
    var clientExpects: [UInt8]?
    var relayExpects: [UInt8]?
    var datagramLimit = 1_200
    var seed: UInt64 = 1
    var hasCandidate = true
  }

  static let clientCredentials = ICECredentials(
    ufrag: "clientUf", password: "clientPassword0123456789")
  static let relayCredentials = ICECredentials(
    ufrag: "relayUfr", password: "relayPassword01234567890")

  init(_ options: Options = Options()) throws {
    let identities = try #require(Self.identities)
    let atClient = TransportConfiguration(
      role: .client, local: Self.clientCredentials, remote: Self.relayCredentials,
      remoteFingerprint: options.clientExpects ?? identities.relay.fingerprint,
      profiles: options.clientProfiles, datagramLimit: options.datagramLimit)
    let atRelay = TransportConfiguration(
      role: .relay, local: Self.relayCredentials, remote: Self.clientCredentials,
      remoteFingerprint: options.relayExpects ?? identities.client.fingerprint,
      profiles: options.relayProfiles, datagramLimit: options.datagramLimit)
    client = SecureTransport(
      configuration: atClient, identity: identities.client, seed: options.seed, now: now)
    relay = SecureTransport(
      configuration: atRelay, identity: identities.relay, seed: options.seed &+ 1, now: now)
    if options.hasCandidate { client.addRemoteCandidate(Self.relayAddress, now: now) }
  }

  /// Sends what both ends have to send and takes in their events.
  func drain() {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2_048, alignment: 16)
    defer { buffer.deallocate() }
    while let transmit = client.nextTransmit(into: buffer) {
      guard let source = clientAddresses[transmit.localPath] else { continue }
      post(
        Datagram(
          bytes: Array(buffer[0..<transmit.length]), isFromClient: true,
          localPath: transmit.localPath, source: source, destination: transmit.destination))
    }
    while let transmit = relay.nextTransmit(into: buffer) {
      post(
        Datagram(
          bytes: Array(buffer[0..<transmit.length]), isFromClient: false,
          source: Self.relayAddress, destination: transmit.destination))
    }
    while let event = client.nextEvent() { clientEvents.append(event) }
    while let event = relay.nextEvent() { relayEvents.append(event) }
  }

  /// Puts a datagram on the link.
  func post(_ datagram: Datagram) {
    sent.append(datagram)
    for (arriving, extra) in link(datagram) {
      order += 1
      queue.append((now + delay + extra, order, arriving))
    }
  }

  /// Lets time pass until `condition` or for `span`; says whether the condition came.
  @discardableResult
  func run(for span: TimeSpan, until condition: () -> Bool = { false }) -> Bool {
    let end = now + span
    var stepsAtOneTime = 0
    while true {
      drain()
      if condition() { return true }
      queue.sort { ($0.at, $0.order) < ($1.at, $1.order) }
      var next = end
      if let wake = client.nextWake { next = min(next, wake) }
      if let wake = relay.nextWake { next = min(next, wake) }
      if let first = queue.first { next = min(next, first.at) }
      if next <= now { stepsAtOneTime += 1 } else { stepsAtOneTime = 0 }
      guard stepsAtOneTime < 10_000 else {
        Issue.record("the endpoints want to be woken at a time that has passed")
        return false
      }
      now = max(now, next)
      guard now < end else { return condition() }
      while let first = queue.first, first.at <= now {
        queue.removeFirst()
        deliver(first.datagram)
        drain()
      }
      client.advance(to: now)
      relay.advance(to: now)
    }
  }

  /// Hands a datagram to the end it is for.
  @discardableResult
  func deliver(_ datagram: Datagram) -> Received {
    delivered.append(datagram)
    var bytes = datagram.bytes
    let received: Received = bytes.withUnsafeMutableBytes { buffer in
      if datagram.isFromClient {
        // A relay knows all its streams by one number.
        return relay.receive(
          buffer, from: datagram.source, on: datagram.localPath.isStream ? .streams : .only,
          at: now)
      }
      guard let path = clientAddresses.first(where: { $0.value == datagram.destination })?.key
      else { return .none }  // The client has moved away.
      return client.receive(buffer, from: datagram.source, on: path, at: now)
    }
    if case .rtp = received {
      if datagram.isFromClient { mediaAtRelay.append(now) } else { mediaAtClient.append(now) }
    }
    return received
  }

  /// Runs until both ends are secured.
  func connect(within span: TimeSpan = .seconds(10)) -> Bool {
    run(for: span) { client.isSecured && relay.isSecured }
  }

  /// Copies, since `#expect` takes none of what cannot be copied apart.
  var isClientSecured: Bool { client.isSecured }
  var isRelaySecured: Bool { relay.isSecured }

  /// The client's one address as the relay sees it.
  var clientAddress: SocketAddress {
    get { clientAddresses[.only] ?? SocketAddress(ipv4: 0, port: 0) }
    set { clientAddresses[.only] = newValue }
  }

  /// Puts one RTP packet from the client on the link, as its application would.
  func sendMediaFromClient(_ sequence: UInt16, ssrc: UInt32 = 7) {
    guard let packet = protectAtClient(rtpPacket(sequence, ssrc: ssrc)),
      let destination = client.remoteAddress,
      let source = clientAddresses[client.localPath]
    else { return }
    post(
      Datagram(
        bytes: packet, isFromClient: true, localPath: client.localPath, source: source,
        destination: destination))
  }

  /// Puts one RTP packet from the relay on the link.
  func sendMediaFromRelay(_ sequence: UInt16, ssrc: UInt32 = 8) {
    guard let packet = protectAtRelay(rtpPacket(sequence, ssrc: ssrc)),
      let destination = relay.remoteAddress
    else { return }
    post(
      Datagram(
        bytes: packet, isFromClient: false, localPath: relay.localPath,
        source: Self.relayAddress, destination: destination))
  }

  /// Both ends speak for `span`, a packet each per 20 ms; then the longest time that either heard
  /// nothing in it.
  func talk(for span: TimeSpan, from first: inout UInt16) -> TimeSpan {
    let start = now
    while now - start < span {
      sendMediaFromClient(first)
      sendMediaFromRelay(first)
      first &+= 1
      run(for: .milliseconds(20))
    }
    return max(gap(in: mediaAtRelay, since: start), gap(in: mediaAtClient, since: start))
  }

  private func gap(in arrivals: [MonotonicTime], since start: MonotonicTime) -> TimeSpan {
    var longest = TimeSpan.zero
    var last = start
    for arrival in arrivals where arrival >= start {
      longest = max(longest, arrival - last)
      last = arrival
    }
    return max(longest, now - last)
  }

  func protectAtClient(_ packet: [UInt8]) -> [UInt8]? {
    protect(packet) { client.protectRTP($0, length: $1) }
  }

  func protectAtRelay(_ packet: [UInt8]) -> [UInt8]? {
    protect(packet) { relay.protectRTP($0, length: $1) }
  }
}

/// Protects a copy of `packet` with room for the trailer.
func protect(
  _ packet: [UInt8], _ seal: (UnsafeMutableRawPointer, Int) -> Int?
) -> [UInt8]? {
  var bytes = packet + [UInt8](repeating: 0xEE, count: SecureTransport.trailerLength)
  let length = bytes.withUnsafeMutableBytes { buffer in
    buffer.baseAddress.flatMap { seal($0, packet.count) }
  }
  return length.map { Array(bytes[0..<$0]) }
}

/// An RTP packet with a payload that tells its sequence number.
func rtpPacket(_ sequence: UInt16, ssrc: UInt32 = 7, payload: Int = 40) -> [UInt8] {
  [0x80, 111, UInt8(sequence >> 8), UInt8(sequence & 0xFF), 0, 0, 0, 1]
    + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: ssrc >> UInt32($0)) }
    + (0..<payload).map { UInt8(truncatingIfNeeded: Int(sequence) + $0) }
}

/// A receiver report without blocks, then as many bytes as asked for.
func rtcpPacket(ssrc: UInt32 = 7, extra: Int = 0) -> [UInt8] {
  [0x80, 201, 0, 1] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: ssrc >> UInt32($0)) }
    + [UInt8](repeating: 0x5A, count: extra)
}
