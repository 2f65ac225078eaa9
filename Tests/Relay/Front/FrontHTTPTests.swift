import CLinux
import Glibc
import Testing
import Transport
import Wire

@testable import Relay

@Suite("Pages through the public port")
struct FrontHTTPTests {
  static let request = Array("GET / HTTP/1.1\r\nHost: besoeg.example\r\n\r\n".utf8)

  @Test("a request reaches the HTTP server as it is, and so does its answer the client")
  func exchange() throws {
    let rig = try FrontRig()
    let client = try rig.connectTLS()
    client.say(Self.request)
    let server = try #require(rig.acceptUpstream())
    #expect(receiveAll(on: server) == Self.request)
    _ = sendAll(Array("HTTP/1.1 204 No Content\r\n\r\n".utf8), on: server)
    #expect(client.hearText() == "HTTP/1.1 204 No Content\r\n\r\n")
    // The same connection again.
    client.say(Self.request)
    #expect(receiveAll(on: server) == Self.request)
    #expect(rig.acceptUpstream() == nil)
  }

  @Test("a megabyte goes both ways whole, though no more than a little is ever held")
  func large() throws {
    let rig = try FrontRig()
    let client = try rig.connectTLS()
    client.say(Self.request)
    let server = try #require(rig.acceptUpstream())
    _ = receiveAll(on: server)
    let body = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var sent = 0
    var heard: [UInt8] = []
    for _ in 0..<10_000 where heard.count < body.count {
      sent += sendAll(Array(body[sent..<min(sent + 50_000, body.count)]), on: server)
      heard += client.hear()
    }
    #expect(heard == body)
    var uploaded = 0
    var received: [UInt8] = []
    for _ in 0..<10_000 where received.count < body.count {
      uploaded += client.say(Array(body[uploaded..<min(uploaded + 50_000, body.count)]))
      received += receiveAll(on: server)
    }
    #expect(received == body)
  }

  @Test("a client that does not read stops the server's bytes, and after a minute is closed")
  func slowReader() throws {
    let rig = try FrontRig()
    let client = try rig.connectTLS()
    client.say(Self.request)
    let server = try #require(rig.acceptUpstream())
    let chunk = [UInt8](repeating: 7, count: 64 << 10)
    for _ in 0..<200 {
      _ = sendAll(chunk, on: server)
      rig.pump()
    }
    let held = client.connection.tls?.outputCount ?? 0
    #expect(held > 0)
    #expect(held <= FrontConnection.pageBacklog + (40 << 10))
    rig.pass(.seconds(59))
    #expect(!client.isClosed)
    rig.pass(.seconds(1))
    #expect(client.isClosed)
  }

  @Test("while the HTTP server is away, the client is told so, and when to come back")
  func away() throws {
    let rig = try FrontRig()
    rig.stopUpstream()
    let client = try rig.connectTLS()
    client.say(Self.request)
    let answer = client.hearText()
    #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    #expect(answer.contains("\r\nRetry-After: 2\r\n"))
    #expect(answer.contains("\r\nContent-Type: application/problem+json\r\n"))
    #expect(answer.contains("\r\nContent-Length: \(FrontRig.away.utf8.count)\r\n"))
    #expect(answer.hasSuffix("\r\n\r\n" + FrontRig.away))
    #expect(client.isClosed)
    #expect(client.tls?.isPeerDone == true, "closed in an orderly way")
  }

  @Test("an HTTP server that dies before it has answered counts as away; later it does not")
  func dies() throws {
    let rig = try FrontRig()
    let first = try rig.connectTLS()
    first.say(Self.request)
    rig.drop(try #require(rig.acceptUpstream()))
    #expect(first.hearText().hasPrefix("HTTP/1.1 503 "))

    let second = try rig.connectTLS()
    second.say(Self.request)
    let server = try #require(rig.acceptUpstream())
    _ = receiveAll(on: server)
    _ = sendAll(Array("HTTP/1.1 200 OK\r\n".utf8), on: server)
    rig.pump()
    rig.drop(server)
    #expect(second.hearText() == "HTTP/1.1 200 OK\r\n")
    #expect(second.isClosed)
  }

  @Test("nobody says anything for two minutes: closed")
  func idle() throws {
    let rig = try FrontRig()
    let client = try rig.connectTLS()
    client.say(Self.request)
    let server = try #require(rig.acceptUpstream())
    rig.pass(.seconds(100))
    _ = sendAll(Array(": alive\n".utf8), on: server)
    #expect(client.hearText() == ": alive\n")
    rig.pass(.seconds(119))
    #expect(!client.isClosed)
    rig.pass(.seconds(1))
    client.exchange()
    #expect(client.isClosed)
    #expect(isAtEnd(server) || receiveAll(on: server) == Self.request)
  }

  @Test("a client that goes takes its connection to the HTTP server with it")
  func clientGoes() throws {
    let rig = try FrontRig()
    let client = try rig.connectTLS()
    client.say(Self.request)
    let server = try #require(rig.acceptUpstream())
    _ = receiveAll(on: server)
    client.tls?.close()
    client.exchange()
    #expect(client.isClosed)
    #expect(isAtEnd(server))
  }
}
