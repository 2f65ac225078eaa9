import CLinux
import Glibc
import Testing
import Wire

@testable import Relay
@testable import Transport

/// A TURN client on a connection of a `FrontRig`.
final class TURNClient {
  let client: FrontClient
  var user = TURNUserName(expires: .max, worker: 1, session: "session")
  var password: String
  private var nonce: String?
  private var transaction: UInt64 = 0

  init(_ client: FrontClient) {
    self.client = client
    password = user.password(under: FrontRig.secret)
  }

  /// Sends a request or an indication.
  func send(
    _ messageClass: STUNClass, _ method: STUNMethod,
    _ body: (inout STUNWriter, inout MutableRawSpan) -> Void
  ) {
    transaction += 1
    var buffer = [UInt8](repeating: 0, count: 2_560)
    var length = 0
    do {
      var span = buffer.mutableSpan
      var bytes = span.mutableBytes
      var writer = STUNWriter(
        messageClass, method: method,
        transactionID: STUNTransactionID(high: 1, low: transaction), into: &bytes)
      body(&writer, &bytes)
      let key = longTermKey(userName: user.text, realm: "besoeg", password: password)
      if let nonce, let key, messageClass == .request {
        writer.add(username: user.text, to: &bytes)
        writer.add(realm: "besoeg", to: &bytes)
        writer.add(nonce: nonce, to: &bytes)
        writer.addIntegrity(key: key, to: &bytes)
      }
      length = writer.finish(in: &bytes) ?? 0
    }
    client.say(Array(buffer[..<length]))
  }

  /// Asks, and returns the error code of the answer; 0 for success, nil for silence.
  func ask(
    _ method: STUNMethod, _ body: (inout STUNWriter, inout MutableRawSpan) -> Void = { _, _ in }
  ) -> UInt16? {
    send(.request, method, body)
    let bytes = client.hear()
    guard let message = try? TURNMessage(parsing: bytes.span.bytes) else { return nil }
    if let range = message.nonce { nonce = bytes.span.bytes.string(range) }
    return message.stun.errorCode ?? 0
  }

  func allocate() -> UInt16? {
    if nonce == nil { _ = ask(.allocate) { $0.add(requestedTransport: 17, to: &$1) } }
    return ask(.allocate) { $0.add(requestedTransport: 17, to: &$1) }
  }

  func permit(_ peer: SocketAddress) -> UInt16? {
    ask(.createPermission) { $0.add(peerAddress: peer, to: &$1) }
  }

  func indicate(_ data: [UInt8], to peer: SocketAddress) {
    send(.indication, .send) { writer, bytes in
      writer.add(peerAddress: peer, to: &bytes)
      writer.add(.data, value: data.span.bytes, to: &bytes)
    }
  }
}

@Suite("TURN through the public port")
struct FrontTURNTests {
  private func framed(_ packet: [UInt8]) -> [UInt8] {
    [UInt8(packet.count >> 8), UInt8(packet.count & 0xFF)] + packet
  }

  @Test("data to the worker's media address becomes frames to the worker, and back")
  func relay() throws {
    let rig = try FrontRig()
    let turn = TURNClient(try rig.connectTLS())
    #expect(turn.allocate() == 0)
    #expect(turn.permit(FrontRig.media) == 0)
    #expect(rig.acceptStream() == nil, "nothing is opened before there is data")
    turn.indicate([1, 2, 3], to: FrontRig.media)
    let stream = try #require(rig.acceptStream())
    #expect(stream.handover == StreamHandover(kind: .thisConnection, client: FrontRig.address))
    #expect(receiveAll(on: stream.connection) == [0, 3, 1, 2, 3])

    _ = sendAll(framed([7, 8]), on: stream.connection)
    let indication = turn.client.hear()
    let message = try TURNMessage(parsing: indication.span.bytes)
    #expect(message.stun.method == .data)
    #expect(message.peers.map(\.address) == [FrontRig.media])
    #expect(message.data.map { Array(indication[$0]) } == [7, 8])

    let bound = turn.ask(.channelBind) { writer, bytes in
      writer.add(channelNumber: 0x4001, to: &bytes)
      writer.add(peerAddress: FrontRig.media, to: &bytes)
    }
    #expect(bound == 0)
    turn.client.say([0x40, 1, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0x40, 1, 0, 1, 6, 0, 0, 0])
    #expect(receiveAll(on: stream.connection) == framed([1, 2, 3, 4, 5]) + framed([6]))
    _ = sendAll(framed([9]) + framed([]) + framed([8, 8, 8, 8, 8]), on: stream.connection)
    #expect(
      turn.client.hear() == [0x40, 1, 0, 1, 9, 0, 0, 0, 0x40, 1, 0, 5, 8, 8, 8, 8, 8, 0, 0, 0])
  }

  @Test("each media address has a stream of its own, so that answers come from whom was asked")
  func twoPeers() throws {
    let rig = try FrontRig()
    rig.services.turn.peers[1].append(SocketAddress(ipv4: 0xC633_640B, port: 50_001))
    let other = SocketAddress(ipv4: 0xC633_640B, port: 50_001)
    let turn = TURNClient(try rig.connectTLS())
    _ = turn.allocate()
    _ = turn.permit(FrontRig.media)
    _ = turn.permit(other)
    turn.indicate([1], to: FrontRig.media)
    turn.indicate([2], to: other)
    let first = try #require(rig.acceptStream())
    let second = try #require(rig.acceptStream())
    #expect(receiveAll(on: first.connection) == [0, 1, 1])
    #expect(receiveAll(on: second.connection) == [0, 1, 2])
    _ = sendAll(framed([5]), on: second.connection)
    let bytes = turn.client.hear()
    #expect(try TURNMessage(parsing: bytes.span.bytes).peers.map(\.address) == [other])
  }

  @Test("no address but our own media opens anything anywhere")
  func forbidden() throws {
    let rig = try FrontRig()
    let turn = TURNClient(try rig.connectTLS())
    _ = turn.allocate()
    let upstream = rig.services.options.upstream
    let mapped = SocketAddress(high: 0, low: 0xFFFF_7F00_0001, port: upstream.port)
    for peer in [
      upstream, mapped, SocketAddress(high: 0, low: 1, port: upstream.port),
      SocketAddress(ipv4: 0xA9FE_A9FE, port: 80),
      SocketAddress(ipv4: FrontRig.media.ipv4, port: 22),
    ] {
      #expect(turn.permit(peer) == 403)
      turn.indicate([1], to: peer)
    }
    #expect(rig.acceptUpstream() == nil)
    #expect(rig.acceptStream() == nil)
  }

  @Test("nothing reaches a worker from who has no credentials")
  func unauthenticated() throws {
    let rig = try FrontRig()
    let turn = TURNClient(try rig.connectTLS())
    turn.indicate([1], to: FrontRig.media)
    turn.client.say([0x40, 0, 0, 1, 1, 0, 0, 0])
    turn.password = "guess"
    for _ in 0..<16 { #expect(turn.allocate() == 401) }
    #expect(turn.client.isClosed, "after so many guesses")
    #expect(rig.acceptStream() == nil)
  }

  @Test("a session has so many allocations over all its connections, until one of them ends")
  func quota() throws {
    let rig = try FrontRig()
    let clients = try (0...FrontServices.allocationLimit).map { _ in
      TURNClient(try rig.connectTLS())
    }
    for client in clients.dropLast() { #expect(client.allocate() == 0) }
    let last = clients[clients.count - 1]
    #expect(last.allocate() == 486)
    let other = TURNClient(try rig.connectTLS())
    other.user.session = "another"
    other.password = other.user.password(under: FrontRig.secret)
    #expect(other.allocate() == 0)
    clients[0].client.tls?.close()
    clients[0].client.exchange()
    #expect(last.allocate() == 0)
  }

  @Test("a worker that closes the stream gets another with the next data")
  func reopened() throws {
    let rig = try FrontRig()
    let turn = TURNClient(try rig.connectTLS())
    _ = turn.allocate()
    _ = turn.permit(FrontRig.media)
    turn.indicate([1], to: FrontRig.media)
    rig.drop(try #require(rig.acceptStream()).connection)
    rig.pump()
    turn.indicate([2], to: FrontRig.media)
    let again = try #require(rig.acceptStream())
    #expect(receiveAll(on: again.connection) == [0, 1, 2])
    #expect(!turn.client.isClosed)
    _ = sendAll([0, 1, 4], on: again.connection)
    #expect(!turn.client.hear().isEmpty)
  }

  @Test("while the worker is away, data is lost and the allocation stays")
  func workerAway() throws {
    let rig = try FrontRig()
    let turn = TURNClient(try rig.connectTLS())
    _ = turn.allocate()
    _ = turn.permit(FrontRig.media)
    rig.stopWorker()
    turn.indicate([1], to: FrontRig.media)
    #expect(turn.ask(.refresh) == 0)
  }

  @Test("the end of an allocation ends its streams; then half a minute to think, and goodbye")
  func ended() throws {
    let rig = try FrontRig()
    let turn = TURNClient(try rig.connectTLS())
    _ = turn.allocate()
    _ = turn.permit(FrontRig.media)
    turn.indicate([1], to: FrontRig.media)
    let stream = try #require(rig.acceptStream())
    #expect(turn.client.connection.carriesMedia)
    #expect(turn.ask(.refresh) { $0.add(lifetime: 0, to: &$1) } == 0)
    _ = receiveAll(on: stream.connection)
    #expect(isAtEnd(stream.connection))
    #expect(!turn.client.connection.carriesMedia)
    rig.pass(.seconds(29))
    #expect(!turn.client.isClosed)
    rig.pass(.seconds(2))
    turn.client.exchange()
    #expect(turn.client.isClosed)
  }

  @Test("an allocation that is not refreshed ends by itself")
  func expires() throws {
    let rig = try FrontRig()
    let turn = TURNClient(try rig.connectTLS())
    _ = turn.allocate()
    _ = turn.permit(FrontRig.media)
    turn.indicate([1], to: FrontRig.media)
    let stream = try #require(rig.acceptStream())
    rig.pass(.seconds(601))
    _ = receiveAll(on: stream.connection)
    #expect(isAtEnd(stream.connection))
  }

  @Test("a worker that floods a client who does not read is not read either")
  func backpressure() throws {
    let rig = try FrontRig()
    let turn = TURNClient(try rig.connectTLS())
    _ = turn.allocate()
    _ = turn.permit(FrontRig.media)
    turn.indicate([1], to: FrontRig.media)
    let stream = try #require(rig.acceptStream())
    let frame = framed([UInt8](repeating: 3, count: 1_200))
    var sent = 0
    for _ in 0..<5_000 {
      let count = sendAll(frame, on: stream.connection)
      sent += count
      rig.pump()
      if count < frame.count { break }
    }
    #expect(sent < 5_000 * frame.count, "it was stopped")
    #expect((turn.client.connection.tls?.outputCount ?? .max) <= 64 << 10)
    #expect(!turn.client.hear().isEmpty)
  }

  @Test(
    "bytes that are no frames end the connection",
    arguments: [[0x50, 0, 0, 0], [0x40, 0, 0xFF, 0xFF]])
  func garbage(bytes: [UInt8]) throws {
    let rig = try FrontRig()
    let turn = TURNClient(try rig.connectTLS())
    _ = turn.allocate()
    turn.client.say(bytes)
    #expect(turn.client.isClosed)
  }

  @Test("frames cut anywhere arrive all the same")
  func pieces() throws {
    let rig = try FrontRig()
    let turn = TURNClient(try rig.connectTLS())
    _ = turn.allocate()
    _ = turn.ask(.channelBind) { writer, bytes in
      writer.add(channelNumber: 0x4000, to: &bytes)
      writer.add(peerAddress: FrontRig.media, to: &bytes)
    }
    for byte in [0x40, 0, 0, 3, 1, 2, 3, 0, 0x40, 0, 0, 1, 4, 0, 0, 0] as [UInt8] {
      turn.client.say([byte])
    }
    let stream = try #require(rig.acceptStream())
    #expect(receiveAll(on: stream.connection) == framed([1, 2, 3]) + framed([4]))
  }
}

@Suite("A native client's media inside TLS")
struct FrontFramesTests {
  @Test("its frames go to the worker that its check names, as they are, and back")
  func frames() throws {
    let rig = try FrontRig()
    let client = try rig.connectTLS()
    let check = framedCheck(for: "01abcdef:peer")
    client.say(Array(check[..<30]))
    #expect(rig.acceptStream() == nil)
    client.say(Array(check[30...]) + [0, 1])
    let stream = try #require(rig.acceptStream())
    #expect(stream.handover == StreamHandover(kind: .thisConnection, client: FrontRig.address))
    #expect(receiveAll(on: stream.connection) == check + [0, 1])
    client.say([5])
    #expect(receiveAll(on: stream.connection) == [5])
    _ = sendAll([0, 2, 7, 7], on: stream.connection)
    #expect(client.hear() == [0, 2, 7, 7])
    #expect(client.connection.carriesMedia)
  }

  @Test("the end of either side is the end of both")
  func ends() throws {
    let rig = try FrontRig()
    let first = try rig.connectTLS()
    first.say(framedCheck(for: "01abcdef:peer"))
    rig.drop(try #require(rig.acceptStream()).connection)
    first.exchange()
    #expect(first.isClosed)
    let second = try rig.connectTLS()
    second.say(framedCheck(for: "01abcdef:peer"))
    let stream = try #require(rig.acceptStream())
    _ = receiveAll(on: stream.connection)
    second.tls?.close()
    second.exchange()
    #expect(second.isClosed)
    #expect(isAtEnd(stream.connection))
  }

  @Test("without its worker it is closed, so that the client tries again")
  func away() throws {
    let rig = try FrontRig()
    rig.stopWorker()
    let client = try rig.connectTLS()
    client.say(framedCheck(for: "01abcdef:peer"))
    #expect(client.isClosed)
  }
}
