import Testing
import Wire

@testable import Transport

@Suite struct HandshakeTests {
  @Test func clientAndRelayConnectAndExchangeMedia() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    #expect(pair.clientEvents.contains(.iceConnected))
    #expect(pair.relayEvents.contains(.addressAdded(pair.clientAddress)))
    #expect(pair.relayEvents.last == .secured(.aeadAES128GCM))
    #expect(pair.relay.remoteAddress == pair.clientAddress)
    #expect(pair.client.remoteAddress == SecurePair.relayAddress)
    let packet = rtpPacket(1)
    let sealed = try #require(pair.protectAtClient(packet))
    #expect(sealed != packet)
    var bytes = sealed
    let opened = bytes.withUnsafeMutableBytes {
      pair.relay.receive($0, from: pair.clientAddress, at: pair.now)
    }
    #expect(opened == .rtp(length: packet.count))
    #expect(Array(bytes[0..<packet.count]) == packet)
  }

  /// One round trip for ICE, two for DTLS: nothing waits for a timer.
  @Test func connectingTakesThreeRoundTrips() throws {
    let pair = try SecurePair()
    let start = pair.now
    #expect(pair.connect())
    #expect(pair.now - start <= .milliseconds(62))
  }

  @Test func roundTripIsMeasured() throws {
    let pair = try SecurePair()
    pair.delay = .milliseconds(35)
    #expect(pair.connect())
    #expect(pair.relay.roundTrip == .milliseconds(70))
    #expect(pair.client.roundTrip == .milliseconds(70))
  }

  @Test func relayPicksAES128GCMWhateverTheClientWantsFirst() throws {
    var options = SecurePair.Options()
    options.clientProfiles = [.aes128CMSHA1_80, .aeadAES256GCM, .aeadAES128GCM]
    let pair = try SecurePair(options)
    #expect(pair.connect())
    #expect(pair.relay.profile == .aeadAES128GCM)
    #expect(pair.client.profile == .aeadAES128GCM)
  }

  @Test(arguments: [SRTPProfile.aes128CMSHA1_80, .aeadAES256GCM, .aeadAES128GCM])
  func relayTakesTheOneProfileThatTheClientOffers(_ profile: SRTPProfile) throws {
    var options = SecurePair.Options()
    options.clientProfiles = [profile]
    let pair = try SecurePair(options)
    #expect(pair.connect())
    #expect(pair.relayEvents.contains(.secured(profile)))
    let sealed = try #require(pair.protectAtRelay(rtpPacket(9)))
    var bytes = sealed
    let opened = bytes.withUnsafeMutableBytes {
      pair.client.receive($0, from: SecurePair.relayAddress, at: pair.now)
    }
    #expect(opened == .rtp(length: rtpPacket(9).count))
  }

  @Test func noProfileInCommonFails() throws {
    var options = SecurePair.Options()
    options.clientProfiles = [.aes128CMSHA1_80]
    options.relayProfiles = [.aeadAES128GCM]
    let pair = try SecurePair(options)
    #expect(!pair.connect())
    #expect(pair.relayEvents.contains(.failed(.handshake)))
    #expect(!pair.isClientSecured)
  }

  /// The handshake has some five datagrams each way; each is lost once, in turn.
  @Test(arguments: 0..<6, [true, false])
  func losingAnyHandshakeDatagramOnlyDelays(_ index: Int, fromClient: Bool) throws {
    var options = SecurePair.Options()
    options.datagramLimit = 500  // So that a flight has several datagrams.
    let pair = try SecurePair(options)
    var seen = 0
    pair.link = { datagram in
      guard datagram.kind == .dtls, datagram.isFromClient == fromClient else {
        return [(datagram, .zero)]
      }
      seen += 1
      return seen - 1 == index ? [] : [(datagram, .zero)]
    }
    let start = pair.now
    #expect(pair.connect())
    #expect(pair.now - start < .milliseconds(600))
    try expectMediaBothWays(pair)
  }

  @Test(arguments: 1...25)
  func handshakeGetsThroughThirtyPercentLoss(_ seed: UInt64) throws {
    var options = SecurePair.Options()
    options.seed = seed
    options.datagramLimit = 500
    let pair = try SecurePair(options)
    var random = SeededGenerator(seed: seed)
    pair.link = { datagram in
      Int.random(in: 0..<10, using: &random) < 3
        ? [] : [(datagram, .milliseconds(.random(in: 0...15, using: &random)))]
    }
    #expect(pair.connect(within: .seconds(19)))
    pair.link = { [($0, .zero)] }
    try expectMediaBothWays(pair)
  }

  @Test(arguments: 1...15)
  func duplicatesAndReorderingDoNoHarm(_ seed: UInt64) throws {
    var options = SecurePair.Options()
    options.datagramLimit = 400
    options.seed = seed
    let pair = try SecurePair(options)
    var random = SeededGenerator(seed: seed)
    pair.link = { datagram in
      (0..<2).map { _ in (datagram, .milliseconds(.random(in: 0...30, using: &random))) }
    }
    #expect(pair.connect())
    try expectMediaBothWays(pair)
  }

  /// Chromium's ClientHello carries a post-quantum key share and comes in several DTLS fragments.
  @Test(arguments: [16, 60, 100])
  func clientHelloInFragmentsIsAnswered(_ size: Int) throws {
    let pair = try SecurePair()
    var fragments = 0
    pair.link = { datagram in
      guard datagram.isFromClient, datagram.kind == .dtls else { return [(datagram, .zero)] }
      let pieces = refragmented(datagram.bytes, size: size)
      fragments = max(fragments, pieces.count)
      return pieces.map { piece in
        var copy = datagram
        copy.bytes = piece
        return (copy, .zero)
      }
    }
    #expect(pair.connect())
    #expect(fragments > 1)
    try expectMediaBothWays(pair)
  }

  @Test(arguments: 1...8)
  func clientHelloFragmentsMayArriveInAnyOrder(_ seed: UInt64) throws {
    let pair = try SecurePair()
    var random = SeededGenerator(seed: seed)
    pair.link = { datagram in
      guard datagram.isFromClient, datagram.kind == .dtls else { return [(datagram, .zero)] }
      return refragmented(datagram.bytes, size: 70).map { piece in
        var copy = datagram
        copy.bytes = piece
        let isClientHello = piece[0] == 22 && piece[13] == 1
        let extra = isClientHello ? Int64.random(in: 0...20, using: &random) : 0
        return (copy, .milliseconds(extra))
      }
    }
    #expect(pair.connect())
    try expectMediaBothWays(pair)
  }

  @Test(arguments: [300, 500, 1_200])
  func noDTLSDatagramIsLongerThanTheLimit(_ limit: Int) throws {
    var options = SecurePair.Options()
    options.datagramLimit = limit
    let pair = try SecurePair(options)
    #expect(pair.connect())
    let lengths = pair.sent.filter { $0.kind == .dtls }.map(\.bytes.count)
    #expect(lengths.max().map { $0 <= limit } == true)
  }

  @Test func clientRefusesARelayWithAnotherCertificate() throws {
    var options = SecurePair.Options()
    options.clientExpects = [UInt8](repeating: 1, count: 32)
    let pair = try SecurePair(options)
    #expect(!pair.connect())
    #expect(pair.clientEvents.contains(.failed(.fingerprintMismatch)))
    #expect(pair.relayEvents.contains(.failed(.handshake)))
    #expect(pair.protectAtClient(rtpPacket(1)) == nil)
    #expect(pair.protectAtRelay(rtpPacket(1)) == nil)
  }

  @Test func relayRefusesAClientWithAnotherCertificate() throws {
    var options = SecurePair.Options()
    options.relayExpects = [UInt8](repeating: 1, count: 32)
    let pair = try SecurePair(options)
    #expect(!pair.connect())
    #expect(pair.relayEvents.contains(.failed(.fingerprintMismatch)))
    #expect(pair.clientEvents.contains(.failed(.handshake)))
    #expect(!pair.relayEvents.contains { if case .secured = $0 { true } else { false } })
  }

  @Test(arguments: [0, 20, 31, 33])
  func aFingerprintOfTheWrongLengthMatchesNothing(_ length: Int) throws {
    let identities = try #require(SecurePair.identities)
    var options = SecurePair.Options()
    options.relayExpects = Array((identities.client.fingerprint + [0]).prefix(length))
    let pair = try SecurePair(options)
    #expect(!pair.connect())
    #expect(pair.relayEvents.contains(.failed(.fingerprintMismatch)))
  }

  @Test func closingTellsThePeer() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    pair.client.close()
    #expect(pair.run(for: .seconds(1)) { pair.relayEvents.contains(.closed) })
    #expect(pair.client.nextWake == nil)
    #expect(pair.relay.nextWake == nil)
    #expect(pair.client.remoteAddress == nil)
    #expect(pair.relay.remoteAddress == nil)
    #expect(pair.protectAtClient(rtpPacket(1)) == nil)
  }

  @Test func halfOpenHandshakeEnds() throws {
    let pair = try SecurePair()
    // Only the first client flight gets through.
    var isFirst = true
    pair.link = { datagram in
      guard datagram.kind == .dtls, datagram.isFromClient else { return [(datagram, .zero)] }
      defer { isFirst = false }
      return isFirst ? [(datagram, .zero)] : []
    }
    pair.run(for: .seconds(30))
    #expect(pair.relayEvents.contains(.failed(.handshakeLimit)))
    #expect(pair.clientEvents.contains(.failed(.handshakeLimit)))
  }

  @Test func handshakeBytesAreCapped() throws {
    let pair = try SecurePair()
    pair.link = { $0.kind == .dtls ? [] : [($0, .zero)] }
    #expect(pair.run(for: .seconds(1)) { pair.relay.remoteAddress != nil })
    // First fragments of ever new handshake messages, as someone would fill memory.
    for number in 0..<200 {
      var bytes: [UInt8] = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, UInt8(number), 4, 12]
      bytes += [1, 0x3F, 0xFF, 0xFF, 0, UInt8(number), 0, 0, 0, 0, 4, 0]
      bytes += [UInt8](repeating: 0, count: 1_024)
      pair.deliver(
        Datagram(
          bytes: bytes, isFromClient: true, source: pair.clientAddress,
          destination: SecurePair.relayAddress))
    }
    pair.drain()
    #expect(pair.relayEvents.contains { if case .failed = $0 { true } else { false } })
  }

  private func expectMediaBothWays(_ pair: SecurePair) throws {
    let packet = rtpPacket(77)
    var up = try #require(pair.protectAtClient(packet))
    var down = try #require(pair.protectAtRelay(packet))
    let source = pair.clientAddress
    let upward = up.withUnsafeMutableBytes { pair.relay.receive($0, from: source, at: pair.now) }
    let downward = down.withUnsafeMutableBytes {
      pair.client.receive($0, from: SecurePair.relayAddress, at: pair.now)
    }
    #expect(upward == .rtp(length: packet.count))
    #expect(downward == .rtp(length: packet.count))
    #expect(Array(up[0..<packet.count]) == packet)
    #expect(Array(down[0..<packet.count]) == packet)
  }
}

/// Cuts every plaintext handshake message of a DTLS datagram into fragments of `size` bytes (RFC 6347
/// §4.2.3), each in a datagram of its own; other records stay whole. Record sequence numbers of epoch 0
/// are spread out so that none is used twice.
func refragmented(_ datagram: [UInt8], size: Int) -> [[UInt8]] {
  var pieces: [[UInt8]] = []
  var offset = 0
  while offset + 13 <= datagram.count {
    let length = Int(datagram[offset + 11]) << 8 | Int(datagram[offset + 12])
    var header = Array(datagram[offset..<offset + 13])
    let body = Array(datagram[offset + 13..<offset + 13 + length])
    offset += 13 + length
    guard header[3] == 0, header[4] == 0 else {
      pieces.append(header + body)
      continue
    }
    let spread = (Int(header[9]) << 8 | Int(header[10])) * 64
    func numbered(_ index: Int, _ body: [UInt8]) -> [UInt8] {
      header[9] = UInt8(truncatingIfNeeded: (spread + index) >> 8)
      header[10] = UInt8(truncatingIfNeeded: spread + index)
      header[11] = UInt8(truncatingIfNeeded: body.count >> 8)
      header[12] = UInt8(truncatingIfNeeded: body.count)
      return header + body
    }
    guard header[0] == 22 else {
      pieces.append(numbered(0, body))
      continue
    }
    let start = Int(body[6]) << 16 | Int(body[7]) << 8 | Int(body[8])
    let message = body[12...]
    var index = 0
    for at in stride(from: 0, to: max(message.count, 1), by: size) {
      let part = message.dropFirst(at).prefix(size)
      let from = start + at
      let fragment =
        Array(body[0..<6]) + [16, 8, 0].map { UInt8(truncatingIfNeeded: from >> $0) }
        + [16, 8, 0].map { UInt8(truncatingIfNeeded: part.count >> $0) } + part
      pieces.append(numbered(index, fragment))
      index += 1
    }
  }
  return pieces
}
