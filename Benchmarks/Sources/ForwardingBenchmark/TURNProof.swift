import Glibc
import Transport
import Wire

/// Proves that a packet on its way through TURN over TLS is judged and framed without an allocation, in
/// both directions: of a client that has bound a channel (Chromium), and of one that has not and sends
/// indications (Firefox). TLS itself is not counted: OpenSSL 3.0 makes four blocks of 40 bytes for a
/// record read and one written, and offers no way to keep them.
enum TURNProof {
  private static let warmUp = 100
  private static let packets = 20_000
  /// Bytes of a picture's packet.
  private static let packetLength = 1_100
  private static let secret = Array("of this proof".utf8)
  private static let media = SocketAddress(ipv4: 0xC633_640A, port: 50_001)
  private static let time = TURNTime(now: VirtualTime.start, wallSeconds: 1_800_000_000)
  private static let channel = TURNChannel(rawValue: 0x4000)

  /// Runs the proof and prints it; whether it holds.
  static func run() throws -> Bool {
    print("Allocations while passing packets on through TURN over TLS:")
    print(Text.row(["", "packets", "allocations", "frees"]))
    var holds = true
    for isBound in [true, false] {
      let link = try TLSLink()
      let meter = try pass(through: link, isBound: isBound)
      print(
        Text.row([
          isBound ? "channel" : "indic.", "\(packets)", "\(meter.allocations)", "\(meter.frees)",
        ]))
      if meter.allocations + meter.frees != 0 { holds = false }
    }
    print(holds ? "PASS: TURN passes packets on without an allocation" : "FAIL: TURN allocated")
    return holds
  }

  private static func pass(through link: TLSLink, isBound: Bool) throws -> Meter {
    var server = try allocated(isBound: isBound)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 64)
    let reply = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 64)
    defer {
      room.deallocate()
      reply.deallocate()
    }
    let frame = try makeFrame(isBound: isBound)
    var meter = Meter()
    for packet in 0..<(warmUp + packets) {
      if packet == warmUp { meter = Meter() }
      try link.send(frame)
      let count = link.server.read(into: room)
      meter.begin()
      var bytes = reply.mutableBytes
      let outcome = server.receive(
        UnsafeRawBufferPointer(rebasing: room[..<count]).bytes, reply: &bytes, at: time)
      var wrapped: Int?
      if case .forward(let peer, let range) = outcome {
        let data = UnsafeRawBufferPointer(rebasing: room[range])
        wrapped = server.wrap(data.bytes, from: peer, into: &bytes, at: time.now)
      }
      meter.end()
      guard let wrapped,
        link.server.write(UnsafeRawBufferPointer(rebasing: reply[..<wrapped])) == wrapped,
        try link.take() > packetLength
      else { throw BenchmarkError.notForwarded }
    }
    return meter
  }

  /// A frame with a packet for the worker.
  private static func makeFrame(isBound: Bool) throws -> [UInt8] {
    let packet = [UInt8](repeating: 0x80, count: packetLength)
    var frame = [UInt8](repeating: 0, count: 2_048)
    var span = frame.mutableSpan
    var bytes = span.mutableBytes
    let length: Int?
    if isBound, let channel {
      length = TURNFrame.write(packet.span.bytes, on: channel, into: &bytes)
    } else {
      var writer = STUNWriter(
        .indication, method: .send, transactionID: STUNTransactionID(high: 1, low: 2), into: &bytes)
      writer.add(peerAddress: media, to: &bytes)
      writer.add(.data, value: packet.span.bytes, to: &bytes)
      length = writer.finish(in: &bytes)
    }
    guard let length else { throw BenchmarkError.packetTooLong }
    return Array(frame[..<length])
  }

  /// A server whose client may send to `media`, by channel or not.
  private static func allocated(isBound: Bool) throws -> TURNServer {
    var server = TURNServer(
      configuration: TURNConfiguration(realm: "besoeg", secret: secret, peers: [[media]]),
      client: SocketAddress(ipv4: 0xCB00_7105, port: 40_000), relayedPort: 49_153, seed: 1,
      now: time.now)
    let nonce = try ask(&server, .allocate, nonce: nil) { _, _ in }
    _ = try ask(&server, .allocate, nonce: nonce) { $0.add(requestedTransport: 17, to: &$1) }
    _ = try ask(&server, isBound ? .channelBind : .createPermission, nonce: nonce) {
      if isBound { $0.add(channelNumber: channel?.rawValue ?? 0, to: &$1) }
      $0.add(peerAddress: media, to: &$1)
    }
    return server
  }

  /// Asks the server, with credentials once it has told its nonce; the nonce of its answer.
  private static func ask(
    _ server: inout TURNServer, _ method: STUNMethod, nonce: String?,
    _ body: (inout STUNWriter, inout MutableRawSpan) -> Void
  ) throws -> String {
    let user = TURNUserName(expires: time.wallSeconds + 600, worker: 0, session: "0123456789abcdef")
    let key = longTermKey(
      userName: user.text, realm: "besoeg", password: user.password(under: secret))
    var request = [UInt8](repeating: 0, count: 1_024)
    var span = request.mutableSpan
    var bytes = span.mutableBytes
    var writer = STUNWriter(
      .request, method: method, transactionID: STUNTransactionID(high: 1, low: 1), into: &bytes)
    body(&writer, &bytes)
    if let nonce, let key {
      writer.add(username: user.text, to: &bytes)
      writer.add(realm: "besoeg", to: &bytes)
      writer.add(nonce: nonce, to: &bytes)
      writer.addIntegrity(key: key, to: &bytes)
    }
    let length = writer.finish(in: &bytes) ?? 0
    var answer = [UInt8](repeating: 0, count: TURNServer.longestReply)
    var answerSpan = answer.mutableSpan
    var reply = answerSpan.mutableBytes
    let outcome = server.receive(
      request.span.bytes.extracting(0..<length), reply: &reply, at: time)
    guard case .reply(let count) = outcome else { throw BenchmarkError.notAllowed }
    let message = try TURNMessage(parsing: answer.span.bytes.extracting(0..<count))
    if nonce != nil {
      guard message.stun.messageClass == .success else { throw BenchmarkError.notAllowed }
      return ""
    }
    return message.nonce.map { answer.span.bytes.string($0) } ?? ""
  }
}

/// A TLS connection's two ends, and a buffer for what goes between them.
private final class TLSLink {
  var client: TLSStream
  var server: TLSStream
  private let wire = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)

  /// Two ends that have shaken hands.
  init() throws {
    var path = Array("/tmp/besoeg-proof-XXXXXX".utf8CString)
    guard mkdtemp(&path) != nil else { throw BenchmarkError.notAllowed }
    let folder = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let files = [folder + "/certificate", folder + "/key"]
    defer {
      for file in files { unlink(file) }
      rmdir(folder)
    }
    let made = try SelfSignedServer(host: "besoeg.example", now: Int64(time(nil)), days: 1)
    for (file, text) in zip(files, [made.certificate, made.privateKey]) {
      guard let handle = fopen(file, "w") else { throw BenchmarkError.notAllowed }
      fputs(text, handle)
      fclose(handle)
    }
    let identity = try TLSIdentity(certificateFile: files[0], privateKeyFile: files[1])
    let trust = try TLSTrust(.pinned(certificate: made.certificate))
    server = try TLSStream(server: identity)
    client = try TLSStream(client: "besoeg.example", trust: trust)
    for _ in 0..<10 where !client.isEstablished || !server.isEstablished {
      carryToServer()
      carryToClient()
    }
    guard client.isEstablished, server.isEstablished else { throw BenchmarkError.notSecured }
    // As the front does once a connection carries media.
    server.keepBuffers()
  }

  deinit { wire.deallocate() }

  private func carryToServer() {
    let count = client.nextOutput(into: wire)
    _ = server.receive(UnsafeRawBufferPointer(rebasing: wire[..<count]))
  }

  private func carryToClient() {
    let count = server.nextOutput(into: wire)
    _ = client.receive(UnsafeRawBufferPointer(rebasing: wire[..<count]))
  }

  /// Sends plaintext from the client to the server's door.
  func send(_ bytes: [UInt8]) throws {
    let count = bytes.withUnsafeBytes { client.write($0) }
    guard count == bytes.count else { throw BenchmarkError.notForwarded }
    carryToServer()
  }

  /// Takes what the server has sent; how many bytes of plaintext it is.
  func take() throws -> Int {
    carryToClient()
    return client.read(into: wire)
  }
}
