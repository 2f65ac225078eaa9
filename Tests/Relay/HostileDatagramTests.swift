import Testing
import Transport
import Wire

@testable import Relay

@Suite("Datagrams from nobody")
struct HostileDatagramTests {
  private let stranger = SocketAddress(ipv4: 0xCB00_7101, port: 6_666)

  /// Lets one participant in and returns the user fragment that its checks must name.
  private func join(_ core: inout RelayCore) -> String {
    let reply = core.handle(RelayCoreTests.join("a"), at: RelayCoreTests.time(0))
    core.removeAllOutgoing()
    guard case .joined(let answer) = reply else { return "" }
    let line = answer.answer.split(whereSeparator: \.isNewline).first {
      $0.hasPrefix("a=ice-ufrag:")
    }
    return String(line?.dropFirst("a=ice-ufrag:".count) ?? "")
  }

  private func send(
    _ bytes: [UInt8], to core: inout RelayCore, from source: SocketAddress? = nil,
    at seconds: Double = 0
  ) {
    var bytes = bytes
    bytes.withUnsafeMutableBytes {
      core.receive($0, from: source ?? stranger, on: .only, at: RelayCoreTests.time(seconds))
    }
  }

  /// A binding request with USERNAME and a made-up MESSAGE-INTEGRITY.
  private func request(username: String, transaction: Int) -> [UInt8] {
    var attributes: [UInt8] = [0, 6, 0, UInt8(username.utf8.count)] + Array(username.utf8)
    while attributes.count % 4 != 0 { attributes.append(0) }
    attributes += [0, 8, 0, 20] + [UInt8](repeating: 0xEE, count: 20)
    var message: [UInt8] = [0, 1, 0, UInt8(attributes.count), 0x21, 0x12, 0xA4, 0x42]
    message += (0..<12).map { UInt8(truncatingIfNeeded: transaction >> (8 * ($0 % 8))) }
    return message + attributes
  }

  @Test("every length of every class of datagram is dropped, counted and never answered")
  func everyLength() throws {
    var core = try RelayCoreTests.makeCore()
    _ = join(&core)
    var sent: Int64 = 0
    for first in [0, 1, 3, 16, 20, 22, 63, 64, 79, 127, 128, 144, 191, 192, 255] as [UInt8] {
      for length in 0...2_000 {
        var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: length), count: length)
        if length > 0 { bytes[0] = first }
        send(bytes, to: &core)
        sent += 1
      }
    }
    #expect(core.outgoingCount == 0)
    #expect(core.counters.datagramsReceived == sent)
    let dropped =
      core.counters.droppedGarbage + core.counters.droppedUnknownAddress
      + core.counters.droppedUnknownUser
    #expect(dropped == sent)
    #expect(core.nextEvent() == nil)
  }

  @Test("a flood of requests with a wrong user name leaves no state and gets no answer")
  func wrongUser() throws {
    var core = try RelayCoreTests.makeCore()
    _ = join(&core)
    for number in 0..<200_000 {
      let source = SocketAddress(
        ipv4: UInt32(truncatingIfNeeded: number &* 2_654_435_761), port: 1_000)
      send(request(username: "u\(number):peer", transaction: number), to: &core, from: source)
    }
    #expect(core.outgoingCount == 0)
    #expect(core.routes.addressCount == 0)
    #expect(core.counters.droppedUnknownUser == 200_000)
  }

  @Test("a request with the right user name and a wrong password is dropped as silently")
  func wrongPassword() throws {
    var core = try RelayCoreTests.makeCore()
    let ufrag = join(&core)
    #expect(!ufrag.isEmpty)
    for number in 0..<20_000 {
      let source = SocketAddress(ipv4: UInt32(number) &+ 0x0B00_0000, port: 1_000)
      send(
        request(username: "\(ufrag):\(OfferText.ufrag)", transaction: number), to: &core,
        from: source)
    }
    #expect(core.outgoingCount == 0)
    #expect(core.routes.addressCount == 0)
    #expect(core.counters.droppedUnknownUser == 0)
    #expect(core.sessionCount == 1)
    #expect(core.nextEvent() == nil)
  }

  @Test("a ClientHello or media from a stranger gets no answer, no alert and ends nothing")
  func forgedHandshake() throws {
    var core = try RelayCoreTests.makeCore()
    _ = join(&core)
    // A DTLS 1.0 record (RFC 6347 §4.1) with an empty ClientHello.
    let hello: [UInt8] =
      [22, 254, 255] + [UInt8](repeating: 0, count: 9) + [12, 1] + [UInt8](repeating: 0, count: 11)
    send(hello, to: &core)
    send([0x80, 111] + [UInt8](repeating: 0, count: 60), to: &core)
    send([0x80, 200] + [UInt8](repeating: 0, count: 60), to: &core)
    #expect(core.outgoingCount == 0)
    #expect(core.counters.droppedUnknownAddress == 3)
    #expect(core.sessionCount == 1)
    #expect(core.nextEvent() == nil)
  }

  @Test("nothing is taken from port 0, to which nothing can be sent")
  func portZero() throws {
    var core = try RelayCoreTests.makeCore()
    let ufrag = join(&core)
    send(
      request(username: "\(ufrag):x", transaction: 1), to: &core,
      from: SocketAddress(ipv4: 0x0B00_0001, port: 0))
    #expect(core.counters.droppedGarbage == 1)
  }
}
