import CLinux
import Glibc
import Testing
import Transport
import Wire

@testable import Relay

@Suite("The first bytes on the public port")
struct FrontOpeningTests {
  @Test("an ICE check goes to its worker with the connection, and nothing of it is read before")
  func handover() throws {
    let rig = try FrontRig()
    let client = try rig.connect()
    let check = framedCheck(for: "01abcdef:peer")
    client.send(Array(check[..<10]))
    #expect(rig.acceptStream() == nil, "not before the name has come")
    client.send(Array(check[10...]) + [1, 2, 3])
    let stream = try #require(rig.acceptStream())
    #expect(stream.handover == StreamHandover(kind: .descriptor, client: FrontRig.address))
    #expect(client.isClosed)
    // What the worker holds is the client's own connection.
    #expect(receiveAll(on: stream.descriptor) == check + [1, 2, 3])
    _ = sendAll([9], on: stream.descriptor)
    #expect(receiveAll(on: client.descriptor) == [9])
    #expect(isAtEnd(stream.connection))
  }

  @Test("more bytes on a connection given away wake the front no more")
  func givenAway() throws {
    let rig = try FrontRig()
    let client = try rig.connect()
    client.send(framedCheck(for: "01abcdef:peer"))
    let stream = try #require(rig.acceptStream())
    _ = sendAll([1, 2, 3], on: client.descriptor)
    var ready = clinux_ready()
    #expect(clinux_epoll_wait(rig.services.epoll, &ready, 1, 0) == 0)
    #expect(stream.descriptor >= 0)
  }

  @Test(
    "a name of no worker, or of one that is not there, gets nothing",
    arguments: ["02abcdef:peer", "00abcdef:peer", "zzabcdef:peer", "A1abcdef:peer", ":", "f"])
  func noWorker(name: String) throws {
    let rig = try FrontRig()
    let client = try rig.connect()
    client.send(framedCheck(for: name))
    #expect(client.isClosed)
    #expect(receiveAll(on: client.descriptor) == [])
    #expect(rig.acceptStream() == nil)
  }

  @Test(
    "what is no protocol of ours is closed at once, without a word",
    arguments: [
      "SSH-2.0-OpenSSH_9\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "CONNECT example.org:443 HTTP/1.1\r\n\r\n", "~~~~",
      "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}",
    ])
  func garbage(text: String) throws {
    let rig = try FrontRig()
    let client = try rig.connect()
    client.send(Array(text.utf8))
    #expect(client.isClosed)
    #expect(receiveAll(on: client.descriptor) == [])
    #expect(rig.acceptUpstream() == nil)
  }

  @Test("TURN without TLS is not spoken")
  func plainTURN() throws {
    let rig = try FrontRig()
    let client = try rig.connect()
    client.send([0, 3, 0, 0, 0x21, 0x12, 0xA4, 0x42] + [UInt8](repeating: 1, count: 12))
    #expect(client.isClosed)
    #expect(receiveAll(on: client.descriptor) == [])
  }

  @Test("HTTP without TLS is sent to the same place with it, whatever host it names")
  func redirect() throws {
    let rig = try FrontRig()
    let client = try rig.connect()
    client.send(Array("GET /besoeg/x?y=1 HTTP/1.1\r\nHost: evil.example\r\n\r\n".utf8))
    let answer = String(decoding: receiveAll(on: client.descriptor), as: UTF8.self)
    #expect(answer.hasPrefix("HTTP/1.1 308 Permanent Redirect\r\n"))
    #expect(answer.contains("\r\nLocation: https://besoeg.example:8443/besoeg/x?y=1\r\n"))
    #expect(answer.hasSuffix("\r\n\r\n"))
    #expect(!answer.contains("evil"))
    #expect(client.isClosed)
    #expect(rig.acceptUpstream() == nil)
  }

  @Test("only a path can be redirected to")
  func targets() {
    func target(_ line: String) -> String { PlainHTTP.target(of: Array(line.utf8)) }
    #expect(target("GET /a/b?c=d#e HTTP/1.1\r\n") == "/a/b?c=d#e")
    #expect(target("GET http://evil.example/ HTTP/1.1\r\n") == "/")
    #expect(target("GET /a\r\nSet-Cookie: x HTTP/1.1\r\n") == "/")
    #expect(target("GET /not-whole") == "/")
    #expect(target("OPTIONS * HTTP/1.1\r\n") == "/")
    #expect(target("GET") == "/")
  }

  @Test("silence is closed after five seconds, and no sooner")
  func silence() throws {
    let rig = try FrontRig()
    let silent = try rig.connect()
    let slow = try rig.connect()
    slow.send(Array("GE".utf8))
    rig.pass(.milliseconds(4_999))
    slow.send(Array("T".utf8))
    #expect(!silent.isClosed)
    rig.pass(.milliseconds(1))
    #expect(silent.isClosed)
    #expect(slow.isClosed, "a byte now and then is no reason to wait longer")
  }

  @Test("a TLS handshake that drags on is closed, and so is TLS without a word in it")
  func slowTLS() throws {
    let rig = try FrontRig()
    let dragging = try rig.connect()
    dragging.send([0x16, 3, 1, 2, 0])
    let mute = try rig.connectTLS()
    rig.pass(.milliseconds(14_999))
    #expect(!dragging.isClosed)
    #expect(!mute.isClosed)
    rig.pass(.milliseconds(1))
    rig.pump()
    #expect(dragging.isClosed)
    #expect(mute.isClosed)
  }

  @Test("a TLS record that is none ends the connection with an alert")
  func brokenTLS() throws {
    let rig = try FrontRig()
    let client = try rig.connect()
    client.send([0x16, 3, 1, 0, 4, 9, 9, 9, 9])
    #expect(client.isClosed)
    #expect(receiveAll(on: client.descriptor).first == 21, "an alert record")
  }

  @Test("garbage inside TLS is closed")
  func garbageInside() throws {
    let rig = try FrontRig()
    let client = try rig.connectTLS()
    client.say(Array("SSH-2.0-x\r\n".utf8))
    #expect(client.isClosed)
    #expect(client.hear() == [])
  }

  @Test("a client has so many connections and no more; a household of IPv6 counts as one")
  func quota() {
    var quota = ClientQuota(limit: 2)
    func enters(_ address: SocketAddress) -> Bool { quota.enter(address) }
    let first = SocketAddress(high: 0x2001_0DB8, low: 1, port: 1)
    let second = SocketAddress(high: 0x2001_0DB8, low: 2, port: 2)
    #expect(enters(first))
    #expect(enters(second))
    #expect(!enters(first))
    #expect(enters(SocketAddress(high: 0x2001_0DB9, low: 1, port: 1)))
    #expect(enters(SocketAddress(ipv4: 1, port: 1)))
    #expect(enters(SocketAddress(ipv4: 2, port: 1)))
    #expect(enters(SocketAddress(ipv4: 2, port: 9)))
    #expect(!enters(SocketAddress(ipv4: 2, port: 10)))
    quota.leave(second)
    #expect(enters(first))
    quota.leave(SocketAddress(ipv4: 99, port: 1))
  }
}
