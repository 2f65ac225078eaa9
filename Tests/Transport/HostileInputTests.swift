import Testing
import Wire

@testable import Transport

@Suite struct HostileInputTests {
  /// How the bytes after the ones that say which class it is look.
  enum Filling: CaseIterable {
    case zeros
    case ones
    case random
  }

  /// The first two bytes of every class of datagram, and of none.
  static let starts: [[UInt8]] = [
    [0x00, 0x01], [0x01, 0x01], [0x00, 0x11], [0x01, 0x11],  // STUN request, answers, indication
    [20, 254], [21, 254], [22, 254], [23, 254], [63, 0],  // DTLS
    [16, 0], [64, 0], [79, 255], [200, 0], [255, 255], [4, 4],  // ZRTP, TURN, nothing
    [0x80, 111], [0x8F, 111], [0x90, 96], [0x9F, 127], [0xBF, 0xFF], [0xB0, 0x60],  // RTP
    [0x80, 200], [0x81, 201], [0x8F, 205], [0xBF, 206], [0x9F, 223], [0xA0, 192],  // RTCP
  ]

  @Test(arguments: Filling.allCases, [true, false])
  func everyLengthOfEveryClassIsSurvived(_ filling: Filling, isSecured: Bool) throws {
    let pair = try SecurePair()
    if isSecured { #expect(pair.connect()) }
    var random = SeededGenerator(seed: 11)
    let stranger = SocketAddress(ipv4: 0x0808_0808, port: 1)
    let longest = 2_000
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: longest, alignment: 16)
    defer { scratch.deallocate() }
    for start in Self.starts {
      let rest = (0..<longest - start.count).map { _ -> UInt8 in
        switch filling {
        case .zeros: 0
        case .ones: 0xFF
        case .random: UInt8(truncatingIfNeeded: random.next())
        }
      }
      let template = start + rest
      for length in 0...longest {
        for source in [pair.clientAddress, stranger] {
          // Opening writes in place, so each starts from the template.
          scratch.copyBytes(from: template)
          let datagram = UnsafeMutableRawBufferPointer(rebasing: scratch[0..<length])
          // Not `#expect`: it is slow, and this happens half a million times.
          if pair.relay.receive(datagram, from: source, at: pair.now) != .none {
            Issue.record("\(start) of \(length) bytes")
          }
        }
      }
    }
    pair.drain()
    #expect(pair.isRelaySecured == isSecured)
    #expect(!pair.relayEvents.contains { if case .failed = $0 { true } else { false } })
    let counters = pair.relay.counters
    #expect(counters.unrecognised > 0)
    #expect(counters.refusedSTUN > 0)
    #expect(counters.refusedDTLS > 0)
    #expect(counters.unauthenticated > 0)
  }

  /// STUN with a true header and cookie, so that its attributes are looked at.
  @Test func wellFramedSTUNWithArbitraryAttributesIsRefused() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    var random = SeededGenerator(seed: 5)
    let known: [UInt8] = [0x06, 0x08, 0x20, 0x24, 0x25, 0x28, 0x29, 0x2A]
    for round in 0..<20_000 {
      let words = Int.random(in: 0...40, using: &random)
      var bytes: [UInt8] = [UInt8(round & 1), [0x01, 0x11][round >> 1 & 1]]
      bytes += [0, UInt8(words * 4), 0x21, 0x12, 0xA4, 0x42]
      bytes += (0..<12 + words * 4).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      var offset = 20
      while offset + 4 <= bytes.count {
        bytes[offset] = Bool.random(using: &random) ? 0 : 0x80
        bytes[offset + 1] = known.randomElement(using: &random) ?? 0
        bytes[offset + 2] = 0
        bytes[offset + 3] = UInt8.random(in: 0...24, using: &random)
        offset += 4 + (Int(bytes[offset + 3]) + 3) & ~3
      }
      let before = pair.relay.counters.refusedSTUN
      bytes.withUnsafeMutableBytes {
        _ = pair.relay.receive($0, from: pair.clientAddress, at: pair.now)
      }
      if pair.relay.counters.refusedSTUN != before + 1 { Issue.record("round \(round)") }
    }
    #expect(pair.isRelaySecured)
  }

  /// A true packet, cut at every length and then too long by some.
  @Test(arguments: SRTPProfile.allCases)
  func everyPrefixOfAProtectedPacketIsRefused(_ profile: SRTPProfile) throws {
    var options = SecurePair.Options()
    options.clientProfiles = [profile]
    let pair = try SecurePair(options)
    #expect(pair.connect())
    let rtp = try #require(pair.protectAtClient(rtpPacket(1, payload: 300)))
    let rtcp = try #require(
      protect(rtcpPacket(extra: 300)) { pair.client.protectRTCP($0, length: $1) })
    for sealed in [rtp, rtcp] {
      for length in 0...sealed.count + 200 where length != sealed.count {
        var bytes = Array(sealed.prefix(length))
        bytes += [UInt8](repeating: 7, count: length - bytes.count)
        let received = bytes.withUnsafeMutableBytes {
          pair.relay.receive($0, from: pair.clientAddress, at: pair.now)
        }
        #expect(received == .none, "length \(length)")
      }
      var whole = sealed
      let received = whole.withUnsafeMutableBytes {
        pair.relay.receive($0, from: pair.clientAddress, at: pair.now)
      }
      #expect(received != .none)
    }
  }

  @Test func aDatagramThatIsTooLongIsDropped() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    for start in Self.starts {
      for length in [2_049, 9_000, 65_507] {
        var bytes = start + [UInt8](repeating: 0, count: length - start.count)
        let before = pair.relay.counters.unrecognised
        let received = bytes.withUnsafeMutableBytes {
          pair.relay.receive($0, from: pair.clientAddress, at: pair.now)
        }
        #expect(received == .none)
        #expect(pair.relay.counters.unrecognised == before + 1)
      }
    }
  }

  @Test func protectingShortOrMalformedPacketsIsRefused() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    for length in 0..<12 {
      #expect(
        protect([UInt8](repeating: 0x80, count: length)) { pair.relay.protectRTP($0, length: $1) }
          == nil)
    }
    for length in 0..<8 {
      #expect(
        protect([UInt8](repeating: 0x80, count: length)) { pair.relay.protectRTCP($0, length: $1) }
          == nil)
    }
    // More CSRCs, or a longer extension, than there are bytes.
    var packet = rtpPacket(1, payload: 4)
    packet[0] = 0x8F
    #expect(pair.protectAtRelay(packet) == nil)
    packet[0] = 0x90
    packet[14...15] = [0xFF, 0xFF]
    #expect(pair.protectAtRelay(packet) == nil)
  }

  /// Every byte of a handshake flipped in turn: it may fail or be made good, but nothing traps and
  /// nobody is secured with half a handshake.
  @Test(arguments: 0..<40)
  func corruptedHandshakesEndInOrder(_ seed: UInt64) throws {
    let pair = try SecurePair()
    var random = SeededGenerator(seed: seed)
    pair.link = { datagram in
      guard datagram.kind == .dtls, Int.random(in: 0..<3, using: &random) == 0 else {
        return [(datagram, .zero)]
      }
      var bad = datagram
      let position = Int.random(in: 1..<bad.bytes.count, using: &random)
      bad.bytes[position] ^= UInt8.random(in: 1...255, using: &random)
      return [(bad, .zero)]
    }
    pair.run(for: .seconds(40)) { pair.client.isSecured && pair.relay.isSecured }
    for events in [pair.clientEvents, pair.relayEvents] {
      let isSettled = events.contains {
        switch $0 {
        case .secured, .failed, .closed: true
        default: false
        }
      }
      #expect(isSettled)
    }
    guard pair.isClientSecured, pair.isRelaySecured else { return }
    var sealed = try #require(pair.protectAtClient(rtpPacket(1)))
    let received = sealed.withUnsafeMutableBytes {
      pair.relay.receive($0, from: pair.clientAddress, at: pair.now)
    }
    #expect(received != .none)
  }

  /// Forged alerts and handshake records on the right path, plain or too short to carry a tag, end no
  /// established call.
  @Test func forgedRecordsAfterTheHandshakeEndNothing() throws {
    let pair = try SecurePair()
    #expect(pair.connect())
    let short: [[UInt8]] = (0...24).map {
      [21, 254, 253, 0, 1, 0, 0, 0, 0, 0, 9, 0, UInt8($0)] + [UInt8](repeating: 1, count: $0)
    }
    let plain: [[UInt8]] = [
      [21, 254, 253, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 2, 40],  // fatal handshake_failure
      [21, 254, 253, 0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 1, 0],  // close_notify
      [20, 254, 253, 0, 0, 0, 0, 0, 0, 1, 2, 0, 1, 1],
      [22, 254, 253, 0, 0, 0, 0, 0, 0, 1, 3, 0, 12, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0],
    ]
    // A short one also behind another in the same datagram.
    for record in plain + short + [plain[2] + short[20]] {
      pair.deliver(
        Datagram(
          bytes: record, isFromClient: true, source: pair.clientAddress,
          destination: SecurePair.relayAddress))
      pair.drain()
    }
    #expect(pair.isRelaySecured)
    #expect(!pair.relayEvents.contains(.closed))
  }
}
