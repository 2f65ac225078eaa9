import Testing
import Wire

@testable import Transport

@Suite struct PathTests {
  /// GHSA and CVE-2023-51443: whoever is first with a ClientHello gains nothing.
  @Test func aForgedClientHelloGetsNoAnswer() throws {
    let victim = try SecurePair()
    let attacker = SocketAddress(ipv4: 0x0808_0808, port: 99)
    // A true ClientHello, from a client that knows nothing but the relay's address.
    let other = try SecurePair()
    #expect(other.connect())
    let hello = try #require(other.sent.first { $0.isFromClient && $0.kind == .dtls })
    for source in [attacker, victim.clientAddress] {
      victim.deliver(
        Datagram(
          bytes: hello.bytes, isFromClient: true, source: source,
          destination: SecurePair.relayAddress))
    }
    victim.drain()
    #expect(victim.sent.filter { !$0.isFromClient }.isEmpty)
    #expect(victim.relay.counters.refusedDTLS == 2)
    #expect(victim.connect())
    // Nor in the middle of the call, nor does it disturb it.
    let sent = victim.sent.count
    victim.deliver(
      Datagram(
        bytes: hello.bytes, isFromClient: true, source: attacker,
        destination: SecurePair.relayAddress))
    victim.drain()
    #expect(victim.sent.count == sent)
    #expect(victim.isRelaySecured)
  }

  /// pion/ice#21: a check with a borrowed address moves nothing until that address has answered.
  @Test func nothingButChecksGoesToAnAddressThatHasNotAnswered() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    let spoofed = SocketAddress(ipv4: 0x0808_0808, port: 99)
    let real = pair.clientAddress
    // A captured nominating check, sent again from elsewhere every 100 ms for ten seconds.
    let captured = try #require(
      pair.sent.last { $0.isFromClient && $0.kind == .stun && isRequest($0) })
    for _ in 0..<100 {
      var copy = captured
      copy.source = spoofed
      pair.deliver(copy)
      pair.run(for: .milliseconds(100))
      #expect(pair.relay.remoteAddress == real)
    }
    let towards = pair.sent.filter { $0.destination == spoofed }
    #expect(towards.allSatisfy { $0.kind == .stun })
    #expect(towards.count <= 100 + 20)  // An answer each, and some checks.
  }

  /// Whoever's address is borrowed gets no more bytes of checks than came from it, whatever else
  /// happens in the session.
  @Test func anAddressThatHasNeverAnsweredEarnsItsChecks() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    let spoofed = SocketAddress(ipv4: 0x0808_0808, port: 99)
    var copy = try #require(
      pair.sent.last { $0.isFromClient && $0.kind == .stun && isRequest($0) })
    copy.source = spoofed
    pair.deliver(copy)
    pair.run(for: .seconds(2))
    // A doubt checks every path anew, and so does an ICE restart.
    pair.link = { _ in [] }
    pair.run(for: .seconds(5))
    pair.link = { [($0, .zero)] }
    pair.relay.restartICE(
      local: SecurePair.relayCredentials, remote: SecurePair.clientCredentials, now: pair.now)
    pair.run(for: .seconds(15))
    let towards = pair.sent.filter { $0.destination == spoofed }
    #expect(towards.count == 2)
    let bytes = towards.reduce(0) { $0 + $1.bytes.count }
    #expect(bytes < 2 * copy.bytes.count)
  }

  /// A replayed check is no way to have the relay send at the replayer's own rate.
  @Test func anUnprovenAddressGetsTwentyAnswersASecond() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    let spoofed = SocketAddress(ipv4: 0x0808_0808, port: 99)
    var copy = try #require(
      pair.sent.last { $0.isFromClient && $0.kind == .stun && isRequest($0) })
    copy.source = spoofed
    let start = pair.sent.count
    for _ in 0..<2_000 {
      pair.deliver(copy)
      pair.drain()
      pair.run(for: .milliseconds(1))
    }
    let answers = pair.sent[start...].filter {
      $0.destination == spoofed && $0.kind == .stun && !isRequest($0)
    }
    // Twenty at once and twenty in each of two seconds, of two thousand asked for.
    #expect((55...61).contains(answers.count), "\(answers.count)")
    // The client's own checks are answered as before.
    #expect(pair.run(for: .seconds(40)) || pair.isRelaySecured)
    #expect(!pair.clientEvents.contains(.consentLost))
  }

  /// The first check to a new address is lost; the client's next one asks for another.
  @Test func aLostCheckIsSentAgainWhenTheClientIsHeardFromAgain() throws {
    let pair = try SecurePair()
    var checks = 0
    pair.link = { datagram in
      guard !datagram.isFromClient, datagram.kind == .stun, self.isRequest(datagram) else {
        return [(datagram, .zero)]
      }
      checks += 1
      return checks <= 2 ? [] : [(datagram, .zero)]
    }
    #expect(pair.connect(within: .milliseconds(1_500)))
    #expect(checks >= 3)
  }

  @Test func addressesPerSessionAreCapped() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    let captured = try #require(
      pair.sent.last { $0.isFromClient && $0.kind == .stun && isRequest($0) })
    for number in 0..<1_000 {
      var copy = captured
      copy.source = SocketAddress(ipv4: 0x0A00_0000 + UInt32(number), port: 5)
      pair.deliver(copy)
      pair.drain()
    }
    var inUse: Set<SocketAddress> = []
    var most = 0
    for event in pair.relayEvents {
      if case .addressAdded(let address) = event { inUse.insert(address) }
      if case .addressRemoved(let address) = event { inUse.remove(address) }
      most = max(most, inUse.count)
    }
    #expect(most == PathTable.capacity)
    #expect(pair.relay.counters.refusedAddresses >= 900)
    #expect(pair.relay.remoteAddress == pair.clientAddress)
    #expect(inUse.contains(pair.clientAddress))
    // Those that never answer are forgotten, and the table says so.
    pair.run(for: .seconds(40))
    for event in pair.relayEvents {
      if case .addressRemoved(let address) = event { inUse.remove(address) }
    }
    #expect(inUse == [pair.clientAddress])
  }

  /// Wi-Fi → mobile behind a NAT that renumbers: the client does not even know.
  @Test func mediaFollowsAClientWhoseAddressChanges() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    pair.run(for: .seconds(5))
    let moved = SocketAddress(ipv4: 0x5D00_0001, port: 40_404)
    let old = pair.clientAddress
    pair.clientAddress = moved
    let start = pair.now
    #expect(pair.run(for: .seconds(3)) { pair.relay.remoteAddress == moved })
    #expect(pair.now - start < .seconds(1))
    #expect(pair.relayEvents.contains(.addressAdded(moved)))
    #expect(pair.relayEvents.contains(.pathChanged(moved)))
    #expect(!pair.relayEvents.contains(.consentLost))
    var sealed = try #require(pair.protectAtRelay(rtpPacket(3)))
    let received = sealed.withUnsafeMutableBytes {
      pair.client.receive($0, from: SecurePair.relayAddress, at: pair.now)
    }
    #expect(received != .none)
    // The old address is forgotten in the end.
    #expect(
      pair.run(for: .seconds(120)) { pair.relayEvents.contains(.addressRemoved(old)) })
    #expect(pair.isRelaySecured)
  }

  /// A browser behind a NAT that renumbers checks only every 2.5 s; its media shows where it is.
  @Test func mediaAloneShowsWhereTheClientHasMoved() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    pair.run(for: .seconds(5))
    let moved = SocketAddress(ipv4: 0x5D00_0001, port: 40_404)
    // The client's own checks are lost; only its answers and its media get through.
    pair.link = { datagram in
      datagram.isFromClient && datagram.kind == .stun && self.isRequest(datagram)
        ? [] : [(datagram, .zero)]
    }
    var gap = TimeSpan.zero
    for number in 0..<100 {
      if number == 20 { pair.clientAddress = moved }
      pair.sendMediaFromClient(UInt16(number))
      pair.run(for: .milliseconds(20))
      if number >= 20, pair.relay.remoteAddress != moved { gap = gap + .milliseconds(20) }
    }
    #expect(pair.relay.remoteAddress == moved)
    #expect(gap <= .milliseconds(400))
    #expect(gap >= .milliseconds(240))
  }

  /// Whoever relays a stolen packet from elsewhere gets checks, and no media.
  @Test func stolenMediaMovesNothing() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    let thief = SocketAddress(ipv4: 0x0808_0808, port: 99)
    let real = pair.clientAddress
    pair.link = { datagram in
      var stolen = datagram
      if datagram.isFromClient, datagram.kind == .media { stolen.source = thief }
      return [(stolen, .zero)]
    }
    for number in 0..<300 {
      pair.sendMediaFromClient(UInt16(number))
      pair.run(for: .milliseconds(20))
      #expect(pair.relay.remoteAddress == real)
    }
    let towards = pair.sent.filter { $0.destination == thief }
    #expect(!towards.isEmpty)
    #expect(towards.allSatisfy { $0.kind == .stun })
    #expect(towards.count < 20)
  }

  @Test func aSocketAddedLaterTakesTheDefaultsPlace() throws {
    let pair = try SecurePair()
    let wifi = LocalPath(rawValue: 3)
    pair.clientAddresses[wifi] = SocketAddress(ipv4: 0xC000_0202, port: 1)
    pair.client.addLocalPath(wifi, cost: 0, now: pair.now)
    #expect(pair.connect())
    #expect(pair.sent.filter(\.isFromClient).allSatisfy { $0.localPath == wifi })
  }

  @Test func aClientMovesToItsOtherSocketWhenOneFallsSilent() throws {
    let (pair, wifi, mobile) = try twoSockets()
    #expect(pair.client.localPath == wifi)
    pair.run(for: .seconds(5))
    let start = pair.now
    pair.link = { $0.isFromClient && $0.localPath == wifi ? [] : dropped(to: $0, pair, wifi) }
    #expect(
      pair.run(for: .seconds(3)) {
        pair.client.localPath == mobile
          && pair.relay.remoteAddress == pair.clientAddresses[mobile]
      })
    #expect(pair.now - start < .milliseconds(1_300))
    #expect(!pair.clientEvents.contains(.consentLost))
  }

  @Test func takingASocketAwayMovesAtOnce() throws {
    let (pair, wifi, mobile) = try twoSockets()
    pair.run(for: .seconds(5))
    let start = pair.now
    pair.client.removeLocalPath(wifi, now: pair.now)
    #expect(pair.client.localPath == mobile)
    #expect(
      pair.run(for: .seconds(3)) { pair.relay.remoteAddress == pair.clientAddresses[mobile] })
    #expect(pair.now - start < .milliseconds(100))
  }

  @Test func aClearlyFasterPathIsTaken() throws {
    let (pair, wifi, mobile) = try twoSockets()
    pair.run(for: .seconds(3))
    #expect(pair.client.localPath == wifi)
    pair.link = { datagram in
      let isWifi =
        datagram.isFromClient
        ? datagram.localPath == wifi : datagram.destination == pair.clientAddresses[wifi]
      return [(datagram, isWifi ? .milliseconds(100) : .zero)]
    }
    #expect(pair.run(for: .seconds(30)) { pair.client.localPath == mobile })
    #expect(
      pair.run(for: .seconds(1)) { pair.relay.remoteAddress == pair.clientAddresses[mobile] })
  }

  @Test func likePathsDoNotTakeTurns() throws {
    let (pair, wifi, _) = try twoSockets()
    var random = SeededGenerator(seed: 3)
    pair.link = { [($0, .microseconds(.random(in: 0...6_000, using: &random)))] }
    pair.run(for: .seconds(120))
    #expect(pair.client.localPath == wifi)
    #expect(!pair.clientEvents.contains { if case .pathChanged = $0 { true } else { false } })
  }

  private func twoSockets() throws -> (SecurePair, wifi: LocalPath, mobile: LocalPath) {
    var options = SecurePair.Options()
    options.hasCandidate = false
    let pair = try SecurePair(options)
    let (wifi, mobile) = (LocalPath(rawValue: 1), LocalPath(rawValue: 2))
    pair.clientAddresses = [
      wifi: SocketAddress(ipv4: 0xC000_0201, port: 1_111),
      mobile: SocketAddress(ipv4: 0x5D00_0001, port: 2_222),
    ]
    pair.client.addLocalPath(wifi, cost: 0, now: pair.now)
    pair.client.addLocalPath(mobile, cost: 5, now: pair.now)
    pair.client.addRemoteCandidate(SecurePair.relayAddress, now: pair.now)
    #expect(pair.connect())
    return (pair, wifi, mobile)
  }

  private func dropped(
    to datagram: Datagram, _ pair: SecurePair, _ path: LocalPath
  ) -> [(Datagram, extra: TimeSpan)] {
    datagram.destination == pair.clientAddresses[path] ? [] : [(datagram, .zero)]
  }

  private func isRequest(_ datagram: Datagram) -> Bool {
    (try? STUNMessage(parsing: datagram.bytes.span.bytes))?.messageClass == .request
  }
}
