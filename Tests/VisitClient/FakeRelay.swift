import CLinux
import Foundation
import Glibc
import MediaEngine
import Synchronization
import Transport
import Wire

@testable import VisitClient

/// A relay of one session on loopback, in a thread of its own: UDP on one port, TCP and TLS on another
/// as the front takes them. It plays the client's own sound back, and its ways can be blocked.
final class FakeRelay: Sendable {
  /// A way that can be blocked.
  enum Way: Hashable, Sendable { case udp, tcp, tls }

  private struct State {
    var blocked: Set<Way> = []
    var isStopped = false
    var accepted: [Way: Int] = [:]
    var restart: (local: ICECredentials, remote: ICECredentials)?
    var soundPackets = 0
  }

  let server: SelfSignedServer
  let client: ICECredentials
  let own: ICECredentials
  let udpPort: UInt16
  let tcpPort: UInt16
  private let udp: Int32
  private let listener: Int32
  private let identity: DTLSIdentity
  private let clientFingerprint: [UInt8]
  private let certificate: TLSIdentity
  /// One way; packets are held for so long in each direction.
  private let delay: TimeSpan
  private let state = Mutex(State())
  /// How many packets of sound have come, whenever one has; the newest number only.
  let sounds: AsyncStream<Int>
  private let soundCame: AsyncStream<Int>.Continuation

  init(
    clientFingerprint: [UInt8], blocked: Set<Way> = [], delay: TimeSpan = .milliseconds(25)
  ) throws {
    var random = SystemRandomNumberGenerator()
    client = .generate(using: &random)
    own = .generate(using: &random)
    identity = try DTLSIdentity()
    self.clientFingerprint = clientFingerprint
    self.delay = delay
    (sounds, soundCame) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    server = try SelfSignedServer(
      host: "localhost", now: Int64(Date().timeIntervalSince1970), days: 1)
    let folder = FileManager.default.temporaryDirectory.path + "/relay-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(server.certificate.utf8).write(to: URL(fileURLWithPath: folder + "/c.pem"))
    try Data(server.privateKey.utf8).write(to: URL(fileURLWithPath: folder + "/k.pem"))
    certificate = try TLSIdentity(
      certificateFile: folder + "/c.pem", privateKeyFile: folder + "/k.pem")
    let loopback: UInt64 = 0x0000_FFFF_7F00_0001
    udp = clinux_udp_socket(AF_INET, 0, loopback, 0, 1 << 18)
    let listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) == 0 }
    }
    guard udp >= 0, isBound, listen(listener, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
    _ = fcntl(listener, F_SETFL, O_NONBLOCK)
    udpPort = UInt16(clinux_local_port(udp))
    tcpPort = UInt16(clinux_local_port(listener))
    state.withLock { $0.blocked = blocked }
    let thread = Thread { [self] in FakeRelayLoop(self).run() }
    thread.start()
  }

  func block(_ ways: Set<Way>) { state.withLock { $0.blocked = ways } }
  func accepted(_ way: Way) -> Int { state.withLock { $0.accepted[way] ?? 0 } }
  func restart(local: ICECredentials, remote: ICECredentials) {
    state.withLock { $0.restart = (local, remote) }
  }
  var soundPackets: Int { state.withLock { $0.soundPackets } }
  func stop() { state.withLock { $0.isStopped = true } }

  /// What a join's answer would say.
  func plan(identity: DTLSIdentity, attempt: Int = 1) throws -> MediaBoard.Plan {
    let sound = NegotiatedMedia.SendTrack(
      ssrc: Self.clientSound, payloadType: PayloadType(rawValue: 111), mid: "0")
    let slot = NegotiatedMedia.ReceiveTrack(
      ssrc: Self.slotSound, payloadType: PayloadType(rawValue: 111), retransmissionSSRC: nil,
      retransmissionPayloadType: nil, mid: "2")
    let loopback: UInt32 = 0x7F00_0001
    return MediaBoard.Plan(
      attempt: attempt,
      transport: TransportConfiguration(
        role: .client, local: client, remote: own, remoteFingerprint: self.identity.fingerprint),
      candidates: [
        RemoteCandidate(address: SocketAddress(ipv4: loopback, port: udpPort), priority: 1)
      ],
      streams: MediaBoard.StreamPlan(
        tcp: [SocketAddress(ipv4: loopback, port: tcpPort)],
        server: ("localhost", tcpPort, try TLSTrust(.pinned(certificate: server.certificate)))),
      media: NegotiatedMedia(
        audio: sound, video: nil, slots: [.init(audio: slot, video: nil)], cname: "c"))
  }

  static let clientSound = SSRC(rawValue: 0x1111_1111)
  static let slotSound = SSRC(rawValue: 0x2222_2222)

  deinit {
    close(udp)
    close(listener)
  }

  func isBlocked(_ way: Way) -> Bool { state.withLock { $0.blocked.contains(way) } }
  var isStopped: Bool { state.withLock { $0.isStopped } }
  func noteAccepted(_ way: Way) {
    state.withLock { $0.accepted[way, default: 0] += 1 }
  }
  func noteSound() {
    soundCame.yield(
      state.withLock { state in
        state.soundPackets += 1
        return state.soundPackets
      })
  }
  func takeRestart() -> (local: ICECredentials, remote: ICECredentials)? {
    state.withLock { state in
      defer { state.restart = nil }
      return state.restart
    }
  }
  var sockets: (udp: Int32, listener: Int32) { (udp, listener) }
  var tlsIdentity: TLSIdentity { certificate }
  var oneWay: TimeSpan { delay }

  func transport(at now: MonotonicTime) -> SecureTransport {
    SecureTransport(
      configuration: TransportConfiguration(
        role: .relay, local: own, remote: client, remoteFingerprint: clientFingerprint),
      identity: identity, seed: 1, now: now)
  }
}

/// The thread's side of it.
private final class FakeRelayLoop {
  private struct Held {
    var due: MonotonicTime
    var bytes: [UInt8]
    var address: SocketAddress
    var path: LocalPath
  }

  private let relay: FakeRelay
  private var transport: SecureTransport
  private var connections: [FakeConnection] = []
  private var incoming: [Held] = []
  private var outgoing: [Held] = []
  private var nextName: UInt16 = 1
  private var echo: UInt16 = 0

  init(_ relay: FakeRelay) {
    self.relay = relay
    transport = relay.transport(at: SystemClock.now)
  }

  func run() {
    while !relay.isStopped {
      let now = SystemClock.now
      if let restart = relay.takeRestart() {
        transport.restartICE(local: restart.local, remote: restart.remote, now: now)
      }
      read(at: now)
      while let next = incoming.first, next.due <= now {
        take(incoming.removeFirst(), at: now)
      }
      transport.advance(to: now)
      while transport.nextEvent() != nil {}
      drain(at: now)
      while let next = outgoing.first, next.due <= now { write(outgoing.removeFirst()) }
      var waiting = [pollfd(fd: relay.sockets.udp, events: Int16(POLLIN), revents: 0)]
      waiting += connections.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      _ = poll(&waiting, nfds_t(waiting.count), 2)
    }
  }

  private func read(at now: MonotonicTime) {
    let due = now + relay.oneWay
    var buffer = [UInt8](repeating: 0, count: 2048)
    while true {
      var datagram = clinux_datagram()
      let count = buffer.withUnsafeMutableBytes { bytes in
        datagram.bytes = bytes.baseAddress
        datagram.capacity = UInt32(bytes.count)
        return clinux_receive(relay.sockets.udp, &datagram, 1)
      }
      guard count == 1 else { break }
      if relay.isBlocked(.udp) { continue }
      incoming.append(
        Held(
          due: due, bytes: Array(buffer[0..<Int(datagram.length)]),
          address: SocketAddress(high: datagram.high, low: datagram.low, port: datagram.port),
          path: .only))
    }
    while true {
      let accepted = clinux_accept(relay.sockets.listener)
      guard accepted >= 0 else { break }
      // As the relay names its streams: each by an address of its own.
      connections.append(
        FakeConnection(accepted, SocketAddress(ipv4: 0x7F00_0009, port: nextName)))
      nextName += 1
    }
    connections.removeAll { connection in
      !connection.read(relay) { bytes in
        incoming.append(
          Held(due: due, bytes: bytes, address: connection.remote, path: .streams))
      }
    }
  }

  private func take(_ held: Held, at now: MonotonicTime) {
    var bytes = held.bytes + [UInt8](repeating: 0, count: SecureTransport.trailerLength)
    bytes.withUnsafeMutableBytes { buffer in
      let datagram = UnsafeMutableRawBufferPointer(rebasing: buffer[0..<held.bytes.count])
      if case .rtp(let length) = transport.receive(
        datagram, from: held.address, on: held.path, at: now)
      {
        relay.noteSound()
        playBack(datagram, length, at: now)
      }
    }
  }

  /// The client hears itself as if it were the other party.
  private func playBack(
    _ packet: UnsafeMutableRawBufferPointer, _ length: Int, at now: MonotonicTime
  ) {
    guard let base = packet.baseAddress, let destination = transport.remoteAddress else { return }
    packet.storeBytes(
      of: FakeRelay.slotSound.rawValue.bigEndian, toByteOffset: 8, as: UInt32.self)
    guard let sealed = transport.protectRTP(base, length: length) else { return }
    outgoing.append(
      Held(
        due: now + relay.oneWay, bytes: [UInt8](UnsafeRawBufferPointer(start: base, count: sealed)),
        address: destination, path: transport.localPath))
  }

  private func drain(at now: MonotonicTime) {
    var buffer = [UInt8](repeating: 0, count: 2048)
    while let transmit = buffer.withUnsafeMutableBytes({ transport.nextTransmit(into: $0) }) {
      outgoing.append(
        Held(
          due: now + relay.oneWay, bytes: Array(buffer[0..<transmit.length]),
          address: transmit.destination, path: transmit.localPath))
    }
  }

  private func write(_ held: Held) {
    if held.path == .only {
      guard !relay.isBlocked(.udp) else { return }
      var bytes = held.bytes
      bytes.withUnsafeMutableBytes { buffer in
        var datagram = clinux_datagram()
        datagram.bytes = buffer.baseAddress
        datagram.length = UInt32(buffer.count)
        (datagram.high, datagram.low, datagram.port) = (
          held.address.high, held.address.low, held.address.port
        )
        _ = clinux_send(relay.sockets.udp, AF_INET, &datagram, 1, 0)
      }
    } else if let connection = connections.first(where: { $0.remote == held.address }),
      let way = connection.way, !relay.isBlocked(way)
    {
      connection.write(held.bytes)
    }
  }
}
