import Testing
import Wire

@testable import Transport

/// Paths over TCP and TLS beside those over UDP. Framing is the caller's; here a stream is a path that
/// leads to one address.
@Suite("Paths over byte streams")
struct ICEStreamPathTests {
  private static let stream = LocalPath.firstStream
  private static let streamAddress = SocketAddress(high: 0x0100_0000_0000_0000, low: 7, port: 9)

  @Test("where UDP is blocked the whole call runs over the stream")
  func streamOnly() throws {
    let pair = try pairWithStream(hasUDP: false)
    #expect(pair.connect(within: .milliseconds(500)))
    var sequence: UInt16 = 0
    let gap = pair.talk(for: .seconds(60), from: &sequence)
    #expect(gap <= .milliseconds(60))
    #expect(pair.relay.localPath == .streams)
    #expect(pair.relay.remoteAddress == Self.streamAddress)
    #expect(pair.sent.filter(\.isFromClient).allSatisfy { $0.localPath == Self.stream })
  }

  @Test("a handshake over a stream needs no retransmission")
  func handshake() throws {
    let pair = try pairWithStream(hasUDP: false)
    #expect(pair.connect())
    let hellos = pair.sent.filter { $0.isFromClient && $0.kind == .dtls && $0.bytes[13] == 1 }
    // Each ClientHello fragment once: message sequence and fragment offset never repeat.
    let fragments = Set(hellos.map { Array($0.bytes[17..<22]) })
    #expect(!hellos.isEmpty)
    #expect(fragments.count == hellos.count)
  }

  @Test("a handshake whose stream stands still for a second is retransmitted, and comes up")
  func stalledHandshake() throws {
    let pair = try pairWithStream(hasUDP: false)
    let start = pair.now
    // Nothing is lost on a stream: all that is sent in the first second comes out at its end.
    pair.link = { datagram in
      let age = pair.now - start
      let isStanding = datagram.kind == .dtls && age < .seconds(1)
      return [(datagram, isStanding ? .seconds(1) - age : .zero)]
    }
    #expect(pair.connect(within: .seconds(2)))
  }

  @Test("UDP wins where it works, also when the stream answers first", arguments: [10, 60, 300])
  func preference(delay: Int) throws {
    let pair = try pairWithStream(hasUDP: true)
    pair.delay = .milliseconds(Int64(delay))
    let start = pair.now
    pair.link = { datagram in
      let isEarly = pair.now - start < .milliseconds(Int64(delay) * 2 + 300)
      return isEarly && !self.isOnStream(datagram) ? [] : [(datagram, .zero)]
    }
    #expect(pair.connect())
    #expect(pair.client.localPath == Self.stream)
    #expect(pair.run(for: .seconds(10)) { pair.client.localPath == .only })
    #expect(pair.run(for: .seconds(2)) { pair.relay.localPath == .only })
    pair.run(for: .seconds(60))
    #expect(pair.client.localPath == .only)
  }

  @Test("a firewall that begins to drop UDP moves the call to the stream: under a second")
  func blockedLater() throws {
    let pair = try pairWithStream(hasUDP: true)
    pair.delay = .milliseconds(25)
    #expect(pair.connect())
    var sequence: UInt16 = 0
    _ = pair.talk(for: .seconds(10), from: &sequence)
    #expect(pair.client.localPath == .only)
    pair.link = { self.isOnStream($0) ? [($0, .zero)] : [] }
    let gap = pair.talk(for: .seconds(5), from: &sequence)
    #expect(gap < .seconds(1))
    #expect(pair.relay.localPath == .streams)
    #expect(!pair.clientEvents.contains(.consentLost))
  }

  @Test("a stream that closes frees its path at both ends, and the call goes on over UDP")
  func closed() throws {
    let pair = try pairWithStream(hasUDP: true)
    pair.link = { self.isOnStream($0) ? [($0, .zero)] : [] }
    #expect(pair.connect())
    #expect(pair.relay.localPath == .streams)
    pair.link = { [($0, .zero)] }
    var sequence: UInt16 = 0
    _ = pair.talk(for: .milliseconds(300), from: &sequence)
    pair.client.removeLocalPath(Self.stream, now: pair.now)
    pair.relay.removePath(.streams, to: Self.streamAddress, now: pair.now)
    let gap = pair.talk(for: .seconds(3), from: &sequence)
    #expect(pair.relayEvents.contains(.addressRemoved(Self.streamAddress)))
    #expect(pair.client.localPath == .only)
    #expect(pair.relay.remoteAddress == pair.clientAddress)
    #expect(gap < .seconds(1))
  }

  @Test("a second stream beside one that stands still takes the call over: under a second")
  func replacement() throws {
    let pair = try pairWithStream(hasUDP: false)
    #expect(pair.connect())
    var sequence: UInt16 = 0
    _ = pair.talk(for: .seconds(5), from: &sequence)
    let second = LocalPath(rawValue: 17)
    pair.clientAddresses[second] = SocketAddress(high: 0x0100_0000_0000_0000, low: 8, port: 9)
    pair.link = { self.isOnStream($0) ? [] : [($0, .zero)] }
    let before = pair.talk(for: .milliseconds(400), from: &sequence)
    pair.client.addStreamPath(
      second, to: SecurePair.relayAddress, cost: LocalPath.tlsCost, now: pair.now)
    let after = pair.talk(for: .seconds(3), from: &sequence)
    #expect(before + after < .seconds(1))
    #expect(pair.client.localPath == second)
  }

  @Test("an ICE restart over a stream interrupts nothing (RFC 8445 §9)")
  func restart() throws {
    let pair = try pairWithStream(hasUDP: false)
    #expect(pair.connect())
    var sequence: UInt16 = 0
    _ = pair.talk(for: .seconds(3), from: &sequence)
    let client = ICECredentials(ufrag: "clientTwo", password: "clientPasswordNumber2222")
    let relay = ICECredentials(ufrag: "relayTwoo", password: "relayPasswordNumber22222")
    pair.relay.restartICE(local: relay, remote: client, now: pair.now)
    var gap = pair.talk(for: .milliseconds(200), from: &sequence)
    pair.client.restartICE(local: client, remote: relay, now: pair.now)
    gap = max(gap, pair.talk(for: .seconds(60), from: &sequence))
    #expect(gap <= .milliseconds(60))
    #expect(pair.relay.remoteAddress == Self.streamAddress)
    #expect(!pair.relayEvents.contains(.consentLost))
  }

  @Test("a stream is paired with its own peer only, and takes no socket's place")
  func pairing() throws {
    let pair = try pairWithStream(hasUDP: true)
    pair.client.addRemoteCandidate(
      SocketAddress(ipv4: 0xCB00_7102, port: 7_001), now: pair.now)
    #expect(pair.connect())
    pair.run(for: .seconds(5))
    let used = Set(
      pair.sent.filter(\.isFromClient).map { "\($0.localPath.rawValue) \($0.destination.port)" })
    #expect(used == ["0 7000", "0 7001", "16 7000"])
  }

  @Test("a peer on a stream is told its own address, not our name for the stream")
  func mappedAddress() throws {
    let pair = try pairWithStream(hasUDP: false)
    pair.run(for: .milliseconds(30))
    let check = try #require(pair.sent.first { $0.isFromClient && $0.kind == .stun })
    let real = SocketAddress(ipv4: 0x0102_0304, port: 555)
    var bytes = check.bytes
    _ = bytes.withUnsafeMutableBytes {
      pair.relay.receive($0, from: Self.streamAddress, on: .streams, mapped: real, at: pair.now)
    }
    let count = pair.sent.count
    pair.drain()
    let answers = pair.sent[count...].compactMap { datagram in
      try? STUNMessage(parsing: datagram.bytes.span.bytes)
    }
    #expect(answers.contains { $0.messageClass == .success && $0.mappedAddress == real })
  }

  private func pairWithStream(hasUDP: Bool) throws -> SecurePair {
    var options = SecurePair.Options()
    options.hasCandidate = hasUDP
    let pair = try SecurePair(options)
    pair.clientAddresses[Self.stream] = Self.streamAddress
    pair.client.addStreamPath(
      Self.stream, to: SecurePair.relayAddress, cost: LocalPath.tcpCost, now: pair.now)
    return pair
  }

  private func isOnStream(_ datagram: Datagram) -> Bool {
    datagram.isFromClient
      ? datagram.localPath == Self.stream : datagram.destination == Self.streamAddress
  }
}
