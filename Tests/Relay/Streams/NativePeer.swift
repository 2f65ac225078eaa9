import CLinux
import Glibc
import Testing
import Transport
import Wire

@testable import Relay

/// A native client's transport on one real socket: UDP, or a byte stream that it owns.
final class NativePeer {
  static let identity = try? DTLSIdentity()
  private static let remote = SocketAddress(ipv4: 0x7F00_0001, port: 7_000)

  var transport: SecureTransport
  /// RTP packets opened, by payload type.
  private(set) var received: [UInt8: Int] = [:]
  /// Whether the other end has closed the stream.
  private(set) var isClosed = false
  /// Whether it reads at all.
  var isReading = true
  private var descriptor: Int32
  private let isStream: Bool
  private let remote: SocketAddress
  private var sendsChecks = true
  private var reader = FramedStreamReader()
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 16)

  /// Lets `participant` into `core` and returns what its transport needs to know.
  static func join(
    _ participant: String, room: String = "r", source: UInt8 = 111, to core: inout RelayCore
  ) throws -> TransportConfiguration {
    let identity = try #require(Self.identity)
    let now = TurnTime(now: SystemClock.monotonic, wallMilliseconds: SystemClock.wallMilliseconds)
    let offer = OfferText.make(fingerprint: identity.fingerprint, source: UInt32(source))
    guard
      case .joined(let answer) = core.handle(
        RelayCoreTests.join(participant, room: room, offer: offer), at: now)
    else { throw JoinRefused() }
    func value(_ name: String) throws -> String {
      let line = answer.answer.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name) }
      return String(try #require(line).dropFirst(name.count))
    }
    return TransportConfiguration(
      role: .client,
      local: ICECredentials(ufrag: OfferText.ufrag, password: OfferText.password),
      remote: ICECredentials(
        ufrag: try value("a=ice-ufrag:"), password: try value("a=ice-pwd:")),
      remoteFingerprint: try value("a=fingerprint:sha-256 ").split(separator: ":")
        .compactMap { UInt8($0, radix: 16) })
  }

  struct JoinRefused: Error {}

  /// A client over a stream.
  init(_ configuration: TransportConfiguration, stream: Int32) throws {
    let now = SystemClock.monotonic
    descriptor = stream
    isStream = true
    remote = Self.remote
    transport = SecureTransport(
      configuration: configuration, identity: try #require(Self.identity), seed: 1, now: now)
    transport.addStreamPath(.firstStream, to: remote, cost: LocalPath.tcpCost, now: now)
  }

  /// A client over UDP towards `address`.
  init(_ configuration: TransportConfiguration, udp address: SocketAddress) throws {
    let now = SystemClock.monotonic
    descriptor = Self.datagramSocket(towards: address)
    try #require(descriptor >= 0)
    isStream = false
    remote = address
    transport = SecureTransport(
      configuration: configuration, identity: try #require(Self.identity), seed: 1, now: now)
    transport.addRemoteCandidate(address, now: now)
  }

  deinit {
    close(descriptor)
    buffer.deallocate()
  }

  /// Its NAT gives it another address, as a browser meets it: nothing tells it, and for now it checks
  /// nothing by itself, though it answers.
  func moveUnawares() throws {
    try #require(!isStream)
    close(descriptor)
    descriptor = Self.datagramSocket(towards: remote)
    try #require(descriptor >= 0)
    sendsChecks = false
  }

  private static func datagramSocket(towards address: SocketAddress) -> Int32 {
    address.isIPv4
      ? clinux_udp_socket(AF_INET, 0, 0xFFFF_7F00_0001, 0, 0)
      : clinux_udp_socket(AF_INET6, 0, 1, 0, 0)
  }

  /// Its stream breaks, and it has another one.
  func replaceStream(by stream: Int32) {
    let now = SystemClock.monotonic
    close(descriptor)
    descriptor = stream
    reader = FramedStreamReader()
    isClosed = false
    transport.removeLocalPath(.firstStream, now: now)
    transport.addStreamPath(.firstStream, to: remote, cost: LocalPath.tcpCost, now: now)
  }

  /// Whether there is a path to send over.
  var isPathUp: Bool { transport.remoteAddress != nil }

  /// Copies, since `#expect` takes none of what cannot be copied apart.
  var isSecured: Bool { transport.isSecured }

  /// Serves the socket until `condition` or the deadline; says whether the condition came.
  func run(within span: TimeSpan = .seconds(20), until condition: () -> Bool) -> Bool {
    let deadline = SystemClock.monotonic + span
    while !condition() {
      let now = SystemClock.monotonic
      guard now < deadline else { return false }
      step(now: now)
    }
    return true
  }

  private func step(now: MonotonicTime) {
    transport.advance(to: now)
    flush()
    let wake = transport.nextWake.map { ($0 - now).nanoseconds / 1_000_000 + 1 } ?? 20
    var ready = pollfd(
      fd: isReading && !isClosed ? descriptor : -1, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, Int32(max(1, min(20, wake)))) == 1 else { return }
    if isStream { readStream() } else { readDatagram() }
    flush()
  }

  private func readStream() {
    let descriptor = descriptor
    let count = reader.fill { recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
    if count <= 0 { isClosed = true }
    while let packet = try? reader.next() { take(packet) }
  }

  private func readDatagram() {
    var datagram = clinux_datagram(
      bytes: buffer.baseAddress, capacity: UInt32(buffer.count), length: 0, high: 0, low: 0, port: 0
    )
    guard clinux_receive(descriptor, &datagram, 1) == 1, datagram.length > 0 else { return }
    take(UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(datagram.length)]))
  }

  private func take(_ packet: UnsafeMutableRawBufferPointer) {
    let opened = transport.receive(
      packet, from: remote, on: isStream ? .firstStream : .only, at: SystemClock.monotonic)
    if case .rtp = opened { received[packet[1] & 0x7F, default: 0] += 1 }
    while transport.nextEvent() != nil {}
  }

  private func flush() {
    while let transmit = transport.nextTransmit(into: buffer) { put(buffer[..<transmit.length]) }
    while transport.nextEvent() != nil {}
  }

  /// Sends bytes as they are, in one datagram.
  func send(raw bytes: [UInt8]) {
    var bytes = bytes
    bytes.withUnsafeMutableBytes { buffer in
      var datagram = clinux_datagram(
        bytes: buffer.baseAddress, capacity: 0, length: UInt32(buffer.count), high: remote.high,
        low: remote.low, port: remote.port)
      _ = clinux_send(descriptor, remote.isIPv4 ? AF_INET : AF_INET6, &datagram, 1, 0)
    }
  }

  /// Sends an RTP packet.
  func send(payloadType: UInt8, sequence: UInt16, payload: [UInt8], source: UInt8 = 111) {
    let header: [UInt8] = [
      0x80, payloadType, UInt8(sequence >> 8), UInt8(sequence & 0xFF), 0, 0,
      UInt8(sequence >> 8), UInt8(sequence & 0xFF), 0, 0, 0, source,
    ]
    var packet = header + payload + [UInt8](repeating: 0, count: SecureTransport.trailerLength)
    let length = packet.withUnsafeMutableBytes {
      transport.protectRTP($0.baseAddress!, length: header.count + payload.count)
    }
    guard let length else { return }
    packet.withUnsafeMutableBytes { put($0[..<length]) }
  }

  private func put(_ packet: Slice<UnsafeMutableRawBufferPointer>) {
    // A Binding request begins with 0, 1 (RFC 8489 §5).
    let isCheck = packet.first == 0 && packet.dropFirst().first == 1
    guard sendsChecks || !isCheck else { return }
    if isStream {
      write([UInt8(packet.count >> 8), UInt8(packet.count & 0xFF)] + Array(packet))
    } else {
      var datagram = clinux_datagram(
        bytes: packet.base.baseAddress! + packet.startIndex, capacity: 0,
        length: UInt32(packet.count), high: remote.high, low: remote.low, port: remote.port)
      _ = clinux_send(descriptor, remote.isIPv4 ? AF_INET : AF_INET6, &datagram, 1, 0)
    }
  }

  /// Writes raw bytes to its stream.
  func write(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else {
        guard count < 0, errno == EAGAIN else { return }
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&ready, 1, 5_000) == 1 else { return }
        continue
      }
      sent += count
    }
  }
}
