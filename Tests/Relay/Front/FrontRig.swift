import CLinux
import Glibc
import Synchronization
import Testing
import Transport
import Wire

@testable import Relay

/// A front's connections in virtual time, driven by hand: real sockets on this machine, no thread and
/// no waiting. Behind it are an HTTP server and a worker that do only what a test says.
final class FrontRig {
  let directory: String
  let services: FrontServices
  /// Listens for the front's connections to the HTTP server.
  private(set) var upstream: Int32
  /// Listens where worker 1 takes streams.
  private(set) var worker: Int32
  private var clients: [FrontClient] = []
  private var owned: [Int32] = []

  static let secret = Array(String(repeating: "s", count: 64).utf8)
  static let media = SocketAddress(ipv4: 0xC633_640A, port: 50_001)
  static let media6 = SocketAddress(high: 0x2001_0DB8_0000_0000, low: 0x10, port: 50_001)
  static let address = SocketAddress(ipv4: 0xCB00_7105, port: 40_000)
  static let away = #"{"status":503}"#

  init() throws {
    directory = try temporaryDirectory()
    try Self.writeCertificate(in: directory)
    upstream = clinux_tcp_listen(0, 0x0000_FFFF_7F00_0001, 0, 8)
    worker = clinux_unix_listen(directory + "/worker-1.streams")
    try #require(upstream >= 0 && worker >= 0)
    try #require(SmallFile.write(Array(Self.away.utf8), to: directory + "/away.json"))
    let identity = try TLSIdentity(
      certificateFile: directory + "/certificate.pem", privateKeyFile: directory + "/key.pem")
    services = FrontServices(
      epoll: epoll_create1(Int32(EPOLL_CLOEXEC)), options: Self.options(directory, upstream),
      identity: identity, secret: Self.secret)
    services.turn.peers = [[], [Self.media, Self.media6]]
    services.now = MonotonicTime(nanoseconds: 1_000_000_000)
  }

  deinit {
    for client in clients { client.connection.close() }
    for descriptor in owned + [upstream, worker, services.epoll] where descriptor >= 0 {
      close(descriptor)
    }
    removeDirectory(directory)
  }

  static func writeCertificate(in directory: String) throws {
    let server = try SelfSignedServer(host: "besoeg.example", now: Int64(time(nil)), days: 1)
    try #require(
      SmallFile.write(Array(server.certificate.utf8), to: directory + "/certificate.pem"))
    try #require(SmallFile.write(Array(server.privateKey.utf8), to: directory + "/key.pem"))
  }

  static func options(_ directory: String, _ upstream: Int32) -> FrontOptions {
    FrontOptions(
      listen: [SocketAddress(ipv4: 0x7F00_0001, port: 0)],
      certificateFile: directory + "/certificate.pem", privateKeyFile: directory + "/key.pem",
      secretFile: directory + "/turn.key", publicHost: "besoeg.example:8443",
      upstream: SocketAddress(
        ipv4: 0x7F00_0001, port: UInt16(truncatingIfNeeded: clinux_local_port(upstream))),
      runDirectory: directory, workers: 2, firstMediaPort: 50_000,
      mediaAddresses: ["198.51.100.10"], awayFile: directory + "/away.json", digest: 7)
  }

  /// A client that has just connected.
  func connect(from address: SocketAddress = FrontRig.address) throws -> FrontClient {
    var pair: [Int32] = [-1, -1]
    let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    try #require(socketpair(AF_UNIX, flags, 0, &pair) == 0)
    let number = UInt64(clients.count)
    let connection = FrontConnection(pair[0], from: address, services: services) { role in
      switch role {
      case .client: number << 8
      case .upstream: number << 8 | 1
      case .peer(let index): number << 8 | UInt64(2 + index)
      }
    }
    owned.append(pair[1])
    let client = FrontClient(pair[1], connection, rig: self)
    clients.append(client)
    return client
  }

  /// A client whose TLS handshake is done.
  func connectTLS() throws -> FrontClient {
    let client = try connect()
    let pem = try #require(SmallFile.read(directory + "/certificate.pem"))
    client.tls = try TLSStream(
      client: "besoeg.example",
      trust: TLSTrust(.pinned(certificate: String(decoding: pem, as: UTF8.self))))
    client.exchange()
    try #require(client.isSecure)
    return client
  }

  /// Gives every socket that is ready to its connection, until none is.
  func pump() {
    var ready = [clinux_ready](repeating: clinux_ready(), count: 16)
    for _ in 0..<10_000 {
      let count = Int(clinux_epoll_wait(services.epoll, &ready, Int32(ready.count), 0))
      if count <= 0 { return }
      for event in ready[..<count] {
        let role: FrontConnection.Role =
          switch event.tag & 0xFF {
          case 0: .client
          case 1: .upstream
          case let number: .peer(Int(number) - 2)
          }
        clients[Int(event.tag >> 8)].connection.ready(role, events: event.events)
      }
    }
    Issue.record("the front is never done")
  }

  /// Lets time pass.
  func pass(_ span: TimeSpan) {
    services.now = services.now + span
    for client in clients { client.connection.advance(to: services.now) }
    pump()
  }

  /// The next connection to the HTTP server, if there is one.
  func acceptUpstream() -> Int32? { keep(clinux_accept(upstream)) }

  /// The next stream brought to worker 1: its handover, the connection, and the descriptor with it.
  func acceptStream() -> (handover: StreamHandover, connection: Int32, descriptor: Int32)? {
    guard let connection = keep(clinux_accept(worker)) else { return nil }
    var bytes = [UInt8](repeating: 0, count: StreamHandover.length)
    var descriptor: Int32 = -1
    let count = clinux_receive_with_descriptor(connection, &bytes, bytes.count, &descriptor)
    if descriptor >= 0 { owned.append(descriptor) }
    guard count == StreamHandover.length,
      let handover = try? StreamHandover(parsing: bytes.span.bytes)
    else { return nil }
    return (handover, connection, descriptor)
  }

  /// The HTTP server goes away.
  func stopUpstream() {
    close(upstream)
    upstream = -1
  }

  /// The worker goes away.
  func stopWorker() {
    close(worker)
    unlink(directory + "/worker-1.streams")
    worker = -1
  }

  private func keep(_ descriptor: Int32) -> Int32? {
    guard descriptor >= 0 else { return nil }
    owned.append(descriptor)
    return descriptor
  }

  /// Closes a descriptor that this rig gave out.
  func drop(_ descriptor: Int32) {
    owned.removeAll { $0 == descriptor }
    close(descriptor)
  }

  private func close(_ descriptor: Int32) { Glibc.close(descriptor) }
}

/// The client's end of a connection.
final class FrontClient {
  let descriptor: Int32
  let connection: FrontConnection
  var tls: TLSStream?
  private unowned let rig: FrontRig

  init(_ descriptor: Int32, _ connection: FrontConnection, rig: FrontRig) {
    self.descriptor = descriptor
    self.connection = connection
    self.rig = rig
  }

  var isSecure: Bool { tls?.isEstablished == true }
  /// Whether the front has closed the connection.
  var isClosed: Bool { connection.isOver }

  /// Sends bytes as they are.
  func send(_ bytes: [UInt8]) {
    _ = sendAll(bytes, on: descriptor)
    rig.pump()
  }

  /// Carries ciphertext both ways until there is no more.
  func exchange() {
    for _ in 0..<1_000 {
      var moved = 0
      tls?.withOutput { output in
        let count = Glibc.send(descriptor, output.baseAddress, output.count, Int32(MSG_NOSIGNAL))
        moved += max(0, count)
        return max(0, count)
      }
      rig.pump()
      let bytes = receiveAll(on: descriptor)
      moved += bytes.count
      var rest = bytes[...]
      while !rest.isEmpty {
        let taken = rest.withUnsafeBytes { tls?.receive($0) ?? 0 }
        rest = rest.dropFirst(taken)
        if taken == 0 { plain += readPlain() }
      }
      plain += readPlain()
      if moved == 0 { return }
    }
  }

  /// Plaintext that came and was not taken.
  private(set) var plain: [UInt8] = []

  private func readPlain() -> [UInt8] {
    var found: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 32 << 10)
    while let count = buffer.withUnsafeMutableBytes({ tls?.read(into: $0) }), count > 0 {
      found += buffer[..<count]
    }
    return found
  }

  /// Sends plaintext through TLS; how much was accepted.
  @discardableResult
  func say(_ bytes: [UInt8]) -> Int {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { tls?.write($0) ?? 0 }
      sent += count
      let before = tls?.outputCount ?? 0
      exchange()
      if count == 0, tls?.outputCount ?? 0 >= before { break }
    }
    return sent
  }

  /// What has been said to the client through TLS since it was last asked.
  func hear() -> [UInt8] {
    exchange()
    defer { plain = [] }
    return plain
  }

  func hearText() -> String { String(decoding: hear(), as: UTF8.self) }
}

/// Writes all of it, as far as the socket takes it.
func sendAll(_ bytes: [UInt8], on descriptor: Int32) -> Int {
  var sent = 0
  while sent < bytes.count {
    let count = bytes[sent...].withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard count > 0 else { break }
    sent += count
  }
  return sent
}

/// Reads all that has come.
func receiveAll(on descriptor: Int32) -> [UInt8] {
  var found: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 64 << 10)
  while true {
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    guard count > 0 else { return found }
    found += buffer[..<count]
  }
}

/// Whether the other end has closed.
func isAtEnd(_ descriptor: Int32) -> Bool {
  var byte: UInt8 = 0
  let count = recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK))
  return count == 0 || (count < 0 && errno != EAGAIN)
}

func temporaryDirectory() throws -> String {
  var template = Array("/tmp/front-test-XXXXXX".utf8CString)
  let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) != nil }
  try #require(made)
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Removes a directory of files.
func removeDirectory(_ path: String) {
  guard let stream = opendir(path) else { return }
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { unlink(path + "/" + name) }
  }
  closedir(stream)
  rmdir(path)
}

/// An ICE check as it travels on a stream: a Binding request for `username` in a frame.
func framedCheck(for username: String) -> [UInt8] {
  var buffer = [UInt8](repeating: 0, count: 600)
  var span = buffer.mutableSpan
  var bytes = span.mutableBytes
  var writer = STUNWriter(
    .request, transactionID: STUNTransactionID(high: 1, low: 2), into: &bytes, at: 2)
  writer.add(username: username, to: &bytes)
  writer.addIntegrity(key: HMACSHA1(password: "password"), to: &bytes)
  writer.addFingerprint(to: &bytes)
  let length = writer.finish(in: &bytes) ?? 0
  bytes.storeUInt16(UInt16(length), at: 0)
  return Array(buffer[..<(length + 2)])
}
