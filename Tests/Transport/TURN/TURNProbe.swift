import Testing
import Wire

@testable import Transport

/// A TURN client that asks whatever a test wants to be asked, of a server in virtual time.
final class TURNProbe {
  static let secret = Array("a secret that only the house knows".utf8)
  static let media = SocketAddress(ipv4: 0xC633_640A, port: 50_001)  // 198.51.100.10
  static let media6 = SocketAddress(high: 0x2001_0DB8_0000_0000, low: 0x10, port: 50_001)
  static let client = SocketAddress(ipv4: 0xCB00_7105, port: 40_000)
  /// Worker 1's media; worker 0 has the port before it.
  static let peers = [
    [SocketAddress(ipv4: media.ipv4, port: 50_000)], [media, media6],
  ]

  /// What the server answered.
  struct Reply {
    var bytes: [UInt8]
    var message: TURNMessage
    var isSuccess: Bool { message.stun.messageClass == .success }
    var code: UInt16? { message.stun.errorCode }
    func text(_ range: Range<Int>?) -> String? { range.map { bytes.span.bytes.string($0) } }
    func value(of type: STUNAttribute) -> [UInt8]? {
      var found: [UInt8]?
      let span = bytes.span.bytes
      message.stun.forEachAttribute(in: span) { if $0 == type { found = found ?? span.array($1) } }
      return found
    }
  }

  var server: TURNServer
  var now = MonotonicTime(nanoseconds: 1_000_000_000)
  var wallSeconds: Int64 = 1_800_000_000
  var user: TURNUserName
  var password: String
  var realm = "besoeg"
  var nonce: String?
  private var transaction: UInt64 = 0

  init(seed: UInt64 = 1, configure: (inout TURNConfiguration) -> Void = { _ in }) {
    var configuration = TURNConfiguration(
      realm: "besoeg", secret: Self.secret, peers: Self.peers)
    configure(&configuration)
    server = TURNServer(
      configuration: configuration, client: Self.client, relayedPort: 49_153, seed: seed, now: now)
    user = TURNUserName(expires: 1_800_000_600, worker: 1, session: "0123456789abcdef")
    password = user.password(under: Self.secret)
  }

  /// One that is where `other` is.
  init(copying other: TURNProbe) {
    (server, now, wallSeconds) = (other.server, other.now, other.wallSeconds)
    (user, password, realm) = (other.user, other.password, other.realm)
    (nonce, transaction) = (other.nonce, other.transaction)
  }

  var key: HMACSHA1? {
    longTermKey(userName: user.text, realm: realm, password: password)
  }

  func pass(_ span: TimeSpan) {
    now = now + span
    wallSeconds += span.nanoseconds / 1_000_000_000
  }

  /// A request, signed unless told otherwise.
  func request(
    _ method: STUNMethod, messageClass: STUNClass = .request, signed: Bool = true,
    _ body: (inout STUNWriter, inout MutableRawSpan) -> Void = { _, _ in }
  ) -> [UInt8] {
    transaction += 1
    var buffer = [UInt8](repeating: 0, count: 2_600)
    var span = buffer.mutableSpan
    var bytes = span.mutableBytes
    var writer = STUNWriter(
      messageClass, method: method,
      transactionID: STUNTransactionID(high: 7, low: transaction), into: &bytes)
    body(&writer, &bytes)
    if signed, let key {
      writer.add(username: user.text, to: &bytes)
      writer.add(realm: realm, to: &bytes)
      writer.add(nonce: nonce ?? "", to: &bytes)
      writer.addIntegrity(key: key, to: &bytes)
    }
    let length = writer.finish(in: &bytes) ?? 0
    return Array(buffer[..<length])
  }

  /// Sends a frame and returns what came of it.
  func send(_ frame: [UInt8]) -> (TURNServer.Outcome, [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: TURNServer.longestReply)
    var span = buffer.mutableSpan
    var reply = span.mutableBytes
    let outcome = server.receive(
      frame.span.bytes, reply: &reply, at: TURNTime(now: now, wallSeconds: wallSeconds))
    if case .reply(let length) = outcome { return (outcome, Array(buffer[..<length])) }
    return (outcome, [])
  }

  /// Asks, and returns the answer.
  func ask(
    _ method: STUNMethod, signed: Bool = true,
    _ body: (inout STUNWriter, inout MutableRawSpan) -> Void = { _, _ in }
  ) throws -> Reply {
    let bytes = send(request(method, signed: signed, body)).1
    let reply = Reply(bytes: bytes, message: try TURNMessage(parsing: bytes.span.bytes))
    #expect(reply.message.stun.method == method)
    #expect(reply.message.stun.transactionID == STUNTransactionID(high: 7, low: transaction))
    if let text = reply.text(reply.message.nonce) { nonce = text }
    return reply
  }

  /// Asks for an allocation over UDP, credentials and all.
  func allocate(
    _ body: (inout STUNWriter, inout MutableRawSpan) -> Void = { _, _ in }
  ) throws -> Reply {
    if nonce == nil { _ = try ask(.allocate, signed: false) }
    return try ask(.allocate) { writer, bytes in
      writer.add(requestedTransport: 17, to: &bytes)
      body(&writer, &bytes)
    }
  }

  func permit(_ peers: SocketAddress...) throws -> Reply {
    try ask(.createPermission) { writer, bytes in
      for peer in peers { writer.add(peerAddress: peer, to: &bytes) }
    }
  }

  /// Asks for permission for an IPv4 address that travels as IPv6.
  func permitMapped(_ peer: SocketAddress) throws -> Reply {
    try ask(.createPermission) { writer, bytes in
      writer.add(.xorPeerAddress, value: mappedForm(peer).span.bytes, to: &bytes)
    }
  }

  func bind(_ number: UInt16, to peer: SocketAddress) throws -> Reply {
    try ask(.channelBind) { writer, bytes in
      writer.add(channelNumber: number, to: &bytes)
      writer.add(peerAddress: peer, to: &bytes)
    }
  }

  /// What becomes of data sent to a peer with an indication.
  func indicate(_ data: [UInt8], to peer: SocketAddress) -> [UInt8]? {
    let frame = request(.send, messageClass: .indication, signed: false) { writer, bytes in
      writer.add(peerAddress: peer, to: &bytes)
      writer.add(.data, value: data.span.bytes, to: &bytes)
    }
    guard case .forward(peer, let range) = send(frame).0 else { return nil }
    return Array(frame[range])
  }

  /// What becomes of data sent on a channel.
  func channel(_ number: UInt16, _ data: [UInt8]) -> (SocketAddress, [UInt8])? {
    var frame: [UInt8] = [
      UInt8(number >> 8), UInt8(number & 0xFF), UInt8(data.count >> 8), UInt8(data.count & 0xFF),
    ]
    frame += data
    while frame.count % 4 != 0 { frame.append(0) }
    guard case .forward(let peer, let range) = send(frame).0 else { return nil }
    return (peer, Array(frame[range]))
  }

  /// What the client is sent when `peer` sends `data`; nil where that is dropped.
  func wrap(_ data: [UInt8], from peer: SocketAddress) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0xAA, count: TURNFrame.longest)
    var span = buffer.mutableSpan
    var bytes = span.mutableBytes
    let length = server.wrap(data.span.bytes, from: peer, into: &bytes, at: now)
    return length.map { Array(buffer[..<$0]) }
  }

  /// XOR-PEER-ADDRESS of the IPv6 family with an IPv4-mapped address, in the transaction to come.
  private func mappedForm(_ peer: SocketAddress) -> [UInt8] {
    var value = [UInt8](repeating: 0, count: 20)
    var span = value.mutableSpan
    var bytes = span.mutableBytes
    let cookie = STUNMessage.magicCookie
    bytes.storeUInt16(2, at: 0)
    bytes.storeUInt16(peer.port ^ UInt16(cookie >> 16), at: 2)
    bytes.storeUInt64(peer.high ^ (UInt64(cookie) << 32 | 7), at: 4)
    bytes.storeUInt64(peer.low ^ (transaction + 1), at: 12)
    return value
  }
}
