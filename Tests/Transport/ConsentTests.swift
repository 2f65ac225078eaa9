import Testing
import Wire

@testable import Transport

@Suite struct ConsentTests {
  @Test func aQuietPathKeepsConsentForAnHour() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    pair.run(for: .seconds(3_600))
    #expect(pair.isClientSecured && pair.isRelaySecured)
    #expect(!pair.clientEvents.contains(.consentLost))
    #expect(!pair.relayEvents.contains(.consentLost))
    #expect(pair.relay.remoteAddress == pair.clientAddress)
  }

  @Test func silenceIsReportedAfterTwoSecondsAndTheReturnAtOnce() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    pair.run(for: .seconds(10))
    pair.link = { _ in [] }
    let start = pair.now
    #expect(pair.run(for: .seconds(5)) { pair.relayEvents.contains(.consentLost) })
    // Two seconds after the last thing heard, which was at most one check before the cut.
    #expect(pair.now - start <= .seconds(2))
    #expect(pair.now - start >= .milliseconds(1_400))
    #expect(pair.run(for: .seconds(1)) { pair.clientEvents.contains(.consentLost) })
    pair.link = { [($0, .zero)] }
    let back = pair.now
    #expect(
      pair.run(for: .seconds(5)) {
        pair.relayEvents.contains(.consentRegained) && pair.clientEvents.contains(.consentRegained)
      })
    #expect(pair.now - back < .milliseconds(250))
  }

  @Test(arguments: [3, 10, 30, 40] as [Int64])
  func aCallSurvivesAnOutage(_ seconds: Int64) throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    pair.run(for: .seconds(10))
    pair.link = { _ in [] }
    pair.run(for: .seconds(seconds))
    pair.link = { [($0, .zero)] }
    let back = pair.now
    #expect(
      pair.run(for: .seconds(5)) {
        pair.relay.remoteAddress == pair.clientAddress
          && pair.client.remoteAddress == SecurePair.relayAddress
          && pair.relayEvents.last == .consentRegained
      })
    #expect(pair.now - back <= .milliseconds(1_100))
    var sealed = try #require(pair.protectAtClient(rtpPacket(1)))
    let received = sealed.withUnsafeMutableBytes {
      pair.relay.receive($0, from: pair.clientAddress, at: pair.now)
    }
    #expect(received != .none)
  }

  /// RFC 7675 §5.1: no media without consent, whatever else the peer sends.
  @Test func nothingIsSentAfterThirtySecondsWithoutAnAnswer() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    // Media still comes up, but no check of the relay's is answered.
    pair.link = { $0.kind == .media ? [($0, .zero)] : [] }
    for number in 0..<1_520 {
      pair.sendMediaFromClient(UInt16(number))
      pair.run(for: .milliseconds(20))
      if number == 1_400 { #expect(pair.relay.remoteAddress != nil) }
    }
    #expect(pair.relay.remoteAddress == nil)
    #expect(!pair.relayEvents.contains(.consentLost))
  }

  @Test func aPathThatStaysSilentFails() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    pair.link = { _ in [] }
    pair.run(for: .seconds(60))
    #expect(pair.relayEvents.last == .failed(.consentExpired))
    #expect(pair.clientEvents.last == .failed(.consentExpired))
    #expect(pair.relay.nextWake == nil)
    #expect(pair.client.nextWake == nil)
  }

  @Test func aPathThatNeverConnectsFails() throws {
    let pair = try SecurePair()
    pair.link = { _ in [] }
    pair.run(for: .seconds(60))
    #expect(pair.relayEvents == [.failed(.noPath)])
    #expect(pair.clientEvents.last == .failed(.noPath))
  }

  @Test func mediaAloneKeepsTheSilenceAway() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    pair.link = { $0.kind == .media ? [($0, .zero)] : [] }
    for number in 0..<250 {
      pair.sendMediaFromClient(UInt16(number))
      pair.run(for: .milliseconds(20))
    }
    #expect(!pair.relayEvents.contains(.consentLost))
    #expect(pair.clientEvents.contains(.consentLost))
  }

  /// Whoever forges media does not keep a dead path alive.
  @Test func forgedMediaDoesNotBreakTheSilence() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    pair.link = { _ in [] }
    for number in 0..<200 {
      pair.deliver(
        Datagram(
          bytes: rtpPacket(UInt16(number)), isFromClient: true, source: pair.clientAddress,
          destination: SecurePair.relayAddress))
      pair.run(for: .milliseconds(20))
    }
    #expect(pair.relayEvents.contains(.consentLost))
    #expect(pair.relay.counters.unauthenticated == 200)
  }

  @Test func iceRestartChangesCredentialsWithoutInterruptingMedia() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    pair.run(for: .seconds(5))
    let client = ICECredentials(ufrag: "clientTwo", password: "clientPasswordNumber2222")
    let relay = ICECredentials(ufrag: "relayTwoo", password: "relayPasswordNumber22222")
    // The relay learns of it first; the client 200 ms later, with the answer.
    pair.relay.restartICE(local: relay, remote: client, now: pair.now)
    pair.run(for: .milliseconds(200))
    #expect(pair.relay.remoteAddress == pair.clientAddress)
    pair.client.restartICE(local: client, remote: relay, now: pair.now)
    let sent = pair.sent.count
    pair.run(for: .seconds(60))
    #expect(pair.relay.remoteAddress == pair.clientAddress)
    #expect(!pair.relayEvents.contains(.consentLost))
    #expect(!pair.clientEvents.contains(.consentLost))
    #expect(pair.isClientSecured && pair.isRelaySecured)
    // From now on only the new credentials are used.
    let names = try pair.sent[sent...].filter { $0.isFromClient && $0.kind == .stun }.compactMap {
      datagram -> String? in
      let bytes = datagram.bytes.span.bytes
      return try STUNMessage(parsing: bytes).username.map { bytes.string($0) }
    }
    #expect(!names.isEmpty)
    #expect(names.allSatisfy { $0 == "relayTwoo:clientTwo" })
  }
}
