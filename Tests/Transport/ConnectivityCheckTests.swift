import Testing
import Wire

@testable import Transport

@Suite struct ConnectivityCheckTests {
  /// What one flaw is wrong with a check.
  enum Flaw: CaseIterable {
    case otherLocalFragment
    case otherRemoteFragment
    case noUsername
    case otherPassword
    case noIntegrity
    case flippedIntegrity
    case noFingerprint
    case flippedFingerprint
    case unknownRequiredAttribute
  }

  @Test(arguments: Flaw.allCases)
  func aFlawedCheckIsDroppedAndEndsNothing(_ flaw: Flaw) throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    let stranger = SocketAddress(ipv4: 0x0808_0808, port: 99)
    for source in [stranger, pair.clientAddress] {
      let refused = pair.relay.counters.refusedSTUN
      let sent = pair.sent.count
      pair.deliver(
        Datagram(
          bytes: check(flaw), isFromClient: true, source: source,
          destination: SecurePair.relayAddress))
      pair.drain()
      #expect(pair.relay.counters.refusedSTUN == refused + 1)
      #expect(pair.sent.count == sent)
    }
    #expect(pair.isRelaySecured)
    #expect(pair.relay.remoteAddress == pair.clientAddress)
    #expect(!pair.relayEvents.contains(.addressAdded(stranger)))
  }

  /// The test's own check is a good one but for its flaw.
  @Test func aFlawlessCheckIsAnswered() throws {
    let pair = try SecurePair()
    let stranger = SocketAddress(ipv4: 0x0808_0808, port: 99)
    pair.deliver(
      Datagram(
        bytes: check(nil), isFromClient: true, source: stranger,
        destination: SecurePair.relayAddress))
    pair.drain()
    let answers = pair.sent.filter { $0.destination == stranger }
    #expect(answers.count == 2)  // A check the other way, and the answer.
    let answer = try #require(answers.last)
    let message = try STUNMessage(parsing: answer.bytes.span.bytes)
    #expect(message.messageClass == .success)
    #expect(message.mappedAddress == stranger)
    let isAuthentic = message.verifyIntegrity(
      password: SecurePair.relayCredentials.password, in: answer.bytes.span.bytes)
    #expect(isAuthentic)
  }

  /// RFC 8445 §7.3.1.4, in the order that DTLS behind a validated path relies on.
  @Test func theTriggeredCheckLeavesBeforeTheAnswer() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    let classes = try pair.sent.filter { !$0.isFromClient && $0.kind == .stun }.prefix(2).map {
      try STUNMessage(parsing: $0.bytes.span.bytes).messageClass
    }
    #expect(classes == [.request, .success])
  }

  /// However often a check is repeated, what it makes us send is bounded by what came in.
  @Test func answersAreNoLongerThanTheChecks() throws {
    let pair = try SecurePair()
    let bytes = check(nil)
    pair.deliver(
      Datagram(
        bytes: bytes, isFromClient: true, source: SocketAddress(high: 1, low: 2, port: 3),
        destination: SecurePair.relayAddress))
    pair.drain()
    for datagram in pair.sent where !datagram.isFromClient {
      #expect(datagram.bytes.count <= bytes.count)
    }
  }

  @Test func anAnswerFromElsewhereThanTheCheckWentIsRefused() throws {
    let pair = try SecurePair()
    let elsewhere = SocketAddress(ipv4: 0x0808_0808, port: 99)
    pair.link = { datagram in
      var moved = datagram
      if !datagram.isFromClient { moved.source = elsewhere }
      return [(moved, .zero)]
    }
    pair.run(for: .seconds(2))
    #expect(pair.client.remoteAddress != SecurePair.relayAddress)
    #expect(pair.client.counters.refusedSTUN > 0)
  }

  @Test func anAnswerThatComesTwiceCountsOnce() throws {
    let pair = try SecurePair()
    pair.link = { [($0, .zero), ($0, .milliseconds(30))] }
    #expect(pair.connect())
    pair.run(for: .milliseconds(100))
    #expect(pair.client.roundTrip == .milliseconds(20))
    #expect(pair.client.counters.refusedSTUN > 0)
  }

  @Test func bothControlledIsToldAsARoleConflict() throws {
    let pair = try SecurePair()
    pair.deliver(
      Datagram(
        bytes: check(nil, isControlling: false), isFromClient: true, source: pair.clientAddress,
        destination: SecurePair.relayAddress))
    pair.drain()
    let answer = try #require(pair.sent.first { !$0.isFromClient })
    let message = try STUNMessage(parsing: answer.bytes.span.bytes)
    #expect(message.errorCode == 487)
  }

  /// livekit#4549: refused checks leave nothing behind.
  @Test func refusedChecksCostNoMemory() throws {
    let pair = try SecurePair()
    var bytes = check(.otherLocalFragment)
    for number in 0..<20_000 {
      bytes.withUnsafeMutableBytes { buffer in
        let source = SocketAddress(ipv4: UInt32(number), port: 1)
        _ = pair.relay.receive(buffer, from: source, at: pair.now)
      }
    }
    pair.drain()
    #expect(pair.sent.filter { !$0.isFromClient }.isEmpty)
    #expect(pair.relayEvents.isEmpty)
    #expect(pair.relay.counters.refusedSTUN == 20_000)
  }

  /// A nominating check as the client sends it, less `flaw`.
  private func check(_ flaw: Flaw?, isControlling: Bool = true) -> [UInt8] {
    var storage = [UInt8](repeating: 0, count: 256)
    let local = flaw == .otherLocalFragment ? "someoneX" : SecurePair.relayCredentials.ufrag
    let remote = flaw == .otherRemoteFragment ? "someoneY" : SecurePair.clientCredentials.ufrag
    let password =
      flaw == .otherPassword
      ? "anotherPassword123456789" : SecurePair.relayCredentials.password
    let length = storage.withUnsafeMutableBytes { buffer -> Int? in
      var bytes = buffer.mutableBytes
      let id = STUNTransactionID(high: 1, low: 2)
      var writer = STUNWriter(.request, transactionID: id, into: &bytes)
      if flaw != .noUsername { writer.add(username: "\(local):\(remote)", to: &bytes) }
      writer.add(priority: 1, to: &bytes)
      if isControlling {
        writer.add(iceControlling: 5, to: &bytes)
      } else {
        writer.add(iceControlled: 5, to: &bytes)
      }
      writer.addUseCandidate(to: &bytes)
      if flaw == .unknownRequiredAttribute {
        writer.add(STUNAttribute(rawValue: 0x7777), value: [1, 2, 3, 4].span.bytes, to: &bytes)
      }
      if flaw != .noIntegrity {
        writer.addIntegrity(key: HMACSHA1(password: password), to: &bytes)
      }
      if flaw == .flippedIntegrity {
        let end = writer.finish(in: &bytes) ?? 24
        bytes.storeUInt8(bytes.bytes.loadUInt8(at: end - 1) ^ 1, at: end - 1)
      }
      if flaw != .noFingerprint { writer.addFingerprint(to: &bytes) }
      return writer.finish(in: &bytes)
    }
    var result = Array(storage.prefix(length ?? 0))
    if flaw == .flippedFingerprint { result[result.count - 1] ^= 1 }
    return result
  }
}
