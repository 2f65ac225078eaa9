import Testing
import Wire

@testable import Relay

@Suite("Words between the front and its workers")
struct StreamValueTests {
  @Test("a worker's tag is two digits that its sessions' user fragments begin with")
  func tag() throws {
    #expect(WorkerTag(worker: 0).text == "00")
    #expect(WorkerTag(worker: 10).text == "0a")
    #expect(WorkerTag(worker: 255).text == "ff")
    #expect(WorkerTag("0aXyz") == WorkerTag(worker: 10))
    for text in ["", "0", "0A", "g0", "xyzw"] { #expect(WorkerTag(text) == nil, "\(text)") }
    let bytes: [UInt8] = Array("__1fAbCd:client".utf8)
    #expect(WorkerTag(userName: 2..<15, in: bytes.span.bytes) == WorkerTag(worker: 31))
    #expect(WorkerTag(userName: 14..<15, in: bytes.span.bytes) == nil)
    #expect(WorkerTag(userName: 14..<99, in: bytes.span.bytes) == nil)

    var core = try RelayCoreTests.makeCore { $0.worker = 0x2B }
    for at in [0.0, 1.0] {
      guard
        case .joined(let answer) = core.handle(
          RelayCoreTests.join("a"), at: RelayCoreTests.time(at))
      else {
        Issue.record("refused")
        return
      }
      #expect(answer.answer.contains("a=ice-ufrag:2b"))
    }
  }

  @Test("a handover says what it was given, and nothing else is taken for one")
  func handover() throws {
    let client = SocketAddress(high: 0x2001_0DB8_0000_0001, low: 0xAABB, port: 61_000)
    for kind in [StreamHandover.Kind.descriptor, .thisConnection] {
      let header = StreamHandover(kind: kind, client: client)
      #expect(header.bytes.count == StreamHandover.length)
      #expect(try StreamHandover(parsing: header.bytes.span.bytes) == header)
    }
    let bytes = StreamHandover(kind: .descriptor, client: client).bytes
    let short = Array(bytes.dropLast())
    #expect(throws: ParseError.truncated) { _ = try StreamHandover(parsing: short.span.bytes) }
    #expect(bytes[18...] == [0xEE, 0x48])
  }

  @Test("the streams' socket lies beside the control socket")
  func paths() {
    #expect(WorkerPaths.control(of: 7, in: "/run/b") == "/run/b/worker-7.sock")
    #expect(WorkerPaths.streams(of: 7, in: "/run/b") == "/run/b/worker-7.streams")
    #expect(WorkerPaths.streams(beside: "/run/b/worker-7.sock") == "/run/b/worker-7.streams")
    #expect(WorkerPaths.streams(beside: "/x") == "/x.streams")
  }

  @Test("addresses with ports as people write them")
  func endpoints() {
    #expect(SocketAddress(endpoint: "192.0.2.1:443") == SocketAddress(ipv4: 0xC000_0201, port: 443))
    #expect(
      SocketAddress(endpoint: "[2001:db8::1]:443")
        == SocketAddress(high: 0x2001_0DB8_0000_0000, low: 1, port: 443))
    for text in [
      "", "192.0.2.1", "192.0.2.1:0", "2001:db8::1:443", "[::1]", "x:1", "1.2.3.4:99999",
    ] {
      #expect(SocketAddress(endpoint: text) == nil, "\(text)")
    }
  }

  @Test("answers name TCP candidates in every section, after UDP ones (RFC 6544 §4.5)")
  func candidates() throws {
    var core = try RelayCoreTests.makeCore {
      $0.tcpCandidates = [
        SocketAddress(ipv4: 0xC633_6401, port: 443),
        SocketAddress(high: 0x2001_0DB8_0000_0000, low: 1, port: 443),
      ]
    }
    guard
      case .joined(let answer) = core.handle(RelayCoreTests.join("a"), at: RelayCoreTests.time(0))
    else {
      Issue.record("refused")
      return
    }
    let description = try SessionDescription(parsing: answer.answer)
    for section in description.media {
      #expect(section.candidates.map(\.transport) == ["udp", "tcp", "tcp"])
      #expect(section.candidates.map(\.port) == [5_000, 443, 443])
      #expect(section.candidates[1...].allSatisfy { $0.value("tcptype") == "passive" })
      let priorities = section.candidates.map(\.priority)
      #expect(priorities == priorities.sorted(by: >))
      #expect(Set(priorities).count == 3)
      #expect(Set(section.candidates.map(\.foundation)).count == 3)
    }
  }
}
