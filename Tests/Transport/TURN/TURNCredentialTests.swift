import Testing
import Wire

@testable import Transport

@Suite("TURN credentials")
struct TURNCredentialTests {
  @Test("RFC 5769 §2.4: the key of a long-term credential")
  func vector() throws {
    let key = try #require(
      longTermKey(userName: "マトリックス", realm: "example.org", password: "TheMatrIX"))
    let request: [UInt8] = [
      0x00, 0x01, 0x00, 0x60, 0x21, 0x12, 0xa4, 0x42, 0x78, 0xad, 0x34, 0x33, 0xc6, 0xad, 0x72,
      0xc0, 0x29, 0xda, 0x41, 0x2e, 0x00, 0x06, 0x00, 0x12, 0xe3, 0x83, 0x9e, 0xe3, 0x83, 0x88,
      0xe3, 0x83, 0xaa, 0xe3, 0x83, 0x83, 0xe3, 0x82, 0xaf, 0xe3, 0x82, 0xb9, 0x00, 0x00, 0x00,
      0x15, 0x00, 0x1c, 0x66, 0x2f, 0x2f, 0x34, 0x39, 0x39, 0x6b, 0x39, 0x35, 0x34, 0x64, 0x36,
      0x4f, 0x4c, 0x33, 0x34, 0x6f, 0x4c, 0x39, 0x46, 0x53, 0x54, 0x76, 0x79, 0x36, 0x34, 0x73,
      0x41, 0x00, 0x14, 0x00, 0x0b, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x2e, 0x6f, 0x72,
      0x67, 0x00, 0x00, 0x08, 0x00, 0x14, 0xf6, 0x70, 0x24, 0x65, 0x6d, 0xd6, 0x4a, 0x3e, 0x02,
      0xb8, 0xe0, 0x71, 0x2e, 0x85, 0xc9, 0xa2, 0x8c, 0xa8, 0x96, 0x66,
    ]
    let bytes = request.span.bytes
    let message = try TURNMessage(parsing: bytes)
    #expect(message.realm.map { bytes.string($0) } == "example.org")
    #expect(message.nonce.map { bytes.string($0) } == "f//499k954d6OL34oL9FSTvy64sA")
    let isRight = message.stun.verifyIntegrity(key: key, in: bytes)
    #expect(isRight)
  }

  @Test("a password is what any other implementation makes of the same secret and name")
  func password() {
    // printf 1800000600:01:abc | openssl dgst -sha1 -hmac secret -binary | base64
    let name = TURNUserName(expires: 1_800_000_600, worker: 1, session: "abc")
    #expect(name.text == "1800000600:01:abc")
    #expect(name.password(under: Array("secret".utf8)) == "HifgimhN/ZniR81aG9cNImzMw88=")
  }

  @Test("a user name is read back, and no other way of writing it is")
  func names() {
    let name = TURNUserName(expires: 12, worker: 255, session: "s-1_x")
    #expect(TURNUserName(name.text) == name)
    let others = [
      "", ":", "::", "12:ff", "12:ff:", "+12:ff:s", "012:ff:s", "12:FF:s", "12:f:s", "12:0ff:s",
      "12:+f:s", "12:ff:s:t", "x:ff:s", "12:gg:s", " 12:ff:s", "99999999999999999999:ff:s",
      "12:ff:" + String(repeating: "s", count: 65),
    ]
    for other in others { #expect(TURNUserName(other) == nil, "\(other)") }
  }

  @Test("who shows no credentials is told how; who shows the right ones is let in")
  func challenge() throws {
    let probe = TURNProbe()
    let challenge = try probe.ask(.allocate, signed: false)
    #expect(challenge.code == 401)
    #expect(challenge.text(challenge.message.realm) == "besoeg")
    #expect(challenge.message.nonce != nil)
    #expect(challenge.message.stun.integrityOffset == nil)
    let reply = try probe.allocate()
    #expect(reply.isSuccess)
    let key = try #require(probe.key)
    let isSigned = reply.message.stun.verifyIntegrity(key: key, in: reply.bytes.span.bytes)
    #expect(isSigned, "the server proves itself too")
    #expect(!probe.server.isExhausted)
  }

  @Test("wrong credentials are refused, and soon the door is shown")
  func wrong() throws {
    let probe = TURNProbe()
    _ = try probe.ask(.allocate, signed: false)
    probe.password += "x"
    for attempt in 1...16 {
      #expect(try probe.allocate().code == 401)
      #expect(probe.server.isExhausted == (attempt == 16))
    }
    #expect(probe.server.allocation == nil)
    #expect(probe.server.known == nil, "nothing is kept of who has proven nothing")
  }

  @Test("a name made with another secret, for no worker, or of another shape is refused")
  func forged() throws {
    let probe = TURNProbe()
    probe.password = probe.user.password(under: Array("another secret".utf8))
    #expect(try probe.allocate().code == 401)
    probe.user.worker = 2
    probe.password = probe.user.password(under: TURNProbe.secret)
    #expect(try probe.allocate().code == 401, "there is no worker 2")
    probe.user.worker = 1
    probe.user.session = "a:b"
    probe.password = probe.user.password(under: TURNProbe.secret)
    #expect(try probe.allocate().code == 401)
    probe.user.session = "a"
    probe.password = probe.user.password(under: TURNProbe.secret)
    probe.realm = "elsewhere"
    #expect(try probe.allocate().code == 401)
  }

  @Test("an expired name lets nobody in, and puts nobody out who is in")
  func expired() throws {
    let late = TURNProbe()
    late.pass(.seconds(600))
    #expect(try late.allocate().code == 401)
    let early = TURNProbe()
    early.pass(.seconds(599))
    #expect(try early.allocate().isSuccess)
    early.pass(.seconds(300))
    #expect(try early.ask(.refresh).isSuccess)
    #expect(try early.permit(TURNProbe.media).isSuccess)
    #expect(try early.ask(.refresh) { $0.add(lifetime: 0, to: &$1) }.isSuccess)
    #expect(try early.allocate().code == 401)
  }

  @Test("a nonce goes stale, and the new one comes with the refusal")
  func staleNonce() throws {
    let probe = TURNProbe { $0.nonceLifetime = .seconds(100) }
    #expect(try probe.allocate().isSuccess)
    let first = probe.nonce
    probe.pass(.seconds(100))
    let refusal = try probe.ask(.refresh)
    #expect(refusal.code == 438)
    #expect(probe.nonce != first)
    #expect(try probe.ask(.refresh).isSuccess)
    #expect(!probe.server.isExhausted)
  }

  @Test("a request overheard on one connection is worth nothing on another")
  func replay() throws {
    let probe = TURNProbe(seed: 1)
    _ = try probe.ask(.allocate, signed: false)
    let request = probe.request(.allocate) { $0.add(requestedTransport: 17, to: &$1) }
    let other = TURNProbe(seed: 2)
    let bytes = other.send(request).1
    let reply = try TURNMessage(parsing: bytes.span.bytes)
    #expect(reply.stun.errorCode == 438)
    #expect(other.server.allocation == nil)
  }

  @Test("signed but without realm or nonce is a bad request; changed on its way is refused")
  func incomplete() throws {
    let probe = TURNProbe()
    _ = try probe.ask(.allocate, signed: false)
    let key = try #require(probe.key)
    let reply = try probe.ask(.allocate, signed: false) { writer, bytes in
      writer.add(username: "u", to: &bytes)
      writer.addIntegrity(key: key, to: &bytes)
    }
    #expect(reply.code == 400)
    let request = probe.request(.allocate) { $0.add(requestedTransport: 17, to: &$1) }
    for index in request.indices {
      var changed = request
      changed[index] ^= 1
      let copy = TURNProbe(copying: probe)
      _ = copy.send(changed)
      #expect(copy.server.allocation == nil, "byte \(index)")
    }
  }
}
