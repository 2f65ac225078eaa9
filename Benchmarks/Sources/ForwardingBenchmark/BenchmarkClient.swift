import Congestion
import Transport
import Wire

/// A datagram on its way between a client and the relay; only for what is not measured.
struct Datagram {
  /// Who sent it.
  var source: SocketAddress
  /// Who gets it.
  var destination: SocketAddress
  /// Its bytes.
  var bytes: [UInt8]
}

/// One participant's end: a secure path in its client role. It keeps its path alive in virtual time
/// and seals the trace's packets; nothing it does is counted.
final class BenchmarkClient {
  /// How often it sends its sender reports.
  private static let reportInterval = TimeSpan.seconds(1)

  /// Where it is.
  let address: SocketAddress
  /// Its ICE credentials, for its offer.
  let credentials: ICECredentials
  /// Media packets that came and were authentic.
  private(set) var packetsOpened = 0
  private var transport: SecureTransport?
  private let identity: DTLSIdentity
  private let seed: UInt64
  private var buffer = [UInt8](repeating: 0, count: 2_048)
  private var outgoing: [Datagram] = []
  private var nextReport: MonotonicTime?
  private var arrivals = ArrivalRecorder(isUsed: true)
  /// One in ten loses a packet in forty on its way here: to such a path pictures are paced, while wide
  /// ones get them as they come.
  private let isLossy: Bool
  private var mediaArrived = 0

  /// Participant `index` of the benchmark.
  init(index: Int, identity: DTLSIdentity, random: inout some RandomNumberGenerator) {
    address = Self.address(of: index)
    isLossy = index % 10 == 0
    self.identity = identity
    credentials = ICECredentials.generate(using: &random)
    seed = random.next()
  }

  /// Each participant has an address of its own, which tells who it is.
  static func address(of index: Int) -> SocketAddress {
    SocketAddress(ipv4: 0x0A00_0000 + UInt32(index), port: 40_000)
  }

  /// Whose address this is.
  static func index(of address: SocketAddress) -> Int { Int(address.ipv4 - 0x0A00_0000) }

  /// Begins to look for a path to the relay.
  func connect(
    to relay: SocketAddress, credentials remote: ICECredentials, fingerprint: [UInt8],
    at now: MonotonicTime
  ) {
    var made = SecureTransport(
      configuration: TransportConfiguration(
        role: .client, local: credentials, remote: remote, remoteFingerprint: fingerprint),
      identity: identity, seed: seed, now: now)
    made.addRemoteCandidate(relay, now: now)
    transport = consume made
    settle()
  }

  /// The profile in use; nil before the path is secured.
  var profile: SRTPProfile? { transport?.profile }

  /// Seals an RTP packet in place; nil where it cannot.
  func seal(_ packet: UnsafeMutableRawPointer, length: Int) -> Int? {
    transport?.protectRTP(packet, length: length)
  }

  /// Takes a datagram from the relay.
  func receive(_ datagram: Datagram, at now: MonotonicTime) {
    var bytes = datagram.bytes
    let received = bytes.withUnsafeMutableBytes {
      transport?.receive($0, from: datagram.source, at: now)
    }
    if case .rtp = received { packetsOpened += 1 }
    settle()
  }

  /// Notes that a sealed media packet arrived; its header is in the clear (RFC 3711 §3.1).
  func noteArrival(of packet: UnsafeRawBufferPointer, at now: MonotonicTime) {
    guard let header = try? RTPHeader(parsing: packet.bytes),
      let number = header.transportSequence(
        id: SessionText.transportSequenceID, in: packet.bytes)
    else { return }
    mediaArrived += 1
    if isLossy, mediaArrived % 40 == 0 { return }
    arrivals.note(number.rawValue, now: now)
  }

  /// Tells the relay when its packets arrived, as often as browsers do; without it the relay would
  /// neither estimate nor pace anything.
  func feedBack(to relay: SocketAddress, at now: MonotonicTime) {
    guard let due = arrivals.dueAt, due <= now else { return }
    let length = buffer.withUnsafeMutableBytes { slot -> Int? in
      var bytes = slot.mutableBytes
      let written = arrivals.writeFeedback(
        into: &bytes, at: 0, sender: SSRC(rawValue: 1), media: SSRC(rawValue: 2), now: now)
      guard let written, let start = slot.baseAddress else { return nil }
      return transport?.protectRTCP(start, length: written)
    }
    if let length { send(length, to: relay) }
  }

  /// Tells it the time.
  func advance(to now: MonotonicTime) {
    guard let wake = transport?.nextWake, wake <= now else { return }
    transport?.advance(to: now)
    settle()
  }

  /// Sends a sender report for both streams once a second; without them the relay would have no
  /// clocks to map and its own reports would cost nothing.
  func report(on source: MediaSource, relay: SocketAddress, at now: MonotonicTime) {
    let due = nextReport ?? now + Self.reportInterval
    nextReport = due
    guard due <= now else { return }
    nextReport = due + Self.reportInterval
    let length = buffer.withUnsafeMutableBytes { slot -> Int? in
      var bytes = slot.mutableBytes
      var end = 0
      for report in source.reports(at: now) {
        guard let written = report.write(into: &bytes, at: end) else { return nil }
        end += written
      }
      return slot.baseAddress.flatMap { transport?.protectRTCP($0, length: end) }
    }
    if let length { send(length, to: relay) }
  }

  /// What it wants sent since the last call.
  func takeOutgoing() -> [Datagram] {
    guard !outgoing.isEmpty else { return [] }
    defer { outgoing.removeAll(keepingCapacity: true) }
    return outgoing
  }

  private func settle() {
    while transport?.nextEvent() != nil {}
    while let transmit = buffer.withUnsafeMutableBytes({ transport?.nextTransmit(into: $0) }) {
      send(transmit.length, to: transmit.destination)
    }
  }

  private func send(_ length: Int, to destination: SocketAddress) {
    outgoing.append(
      Datagram(source: address, destination: destination, bytes: Array(buffer[..<length])))
  }
}
