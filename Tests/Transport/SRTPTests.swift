import Testing
import Wire

@testable import Transport

/// A sender and a receiver that share keys.
final class SRTPPair {
  var client: SRTPSession
  var relay: SRTPSession

  init(_ profile: SRTPProfile) throws {
    let keys = try Self.keys(profile)
    client = try Self.session(keys, .client)
    relay = try Self.session(keys, .relay)
  }

  static func keys(_ profile: SRTPProfile) throws -> SRTPKeys {
    let exported = (0..<SRTPKeys.exportedLength(profile)).map { UInt8(truncatingIfNeeded: $0 * 7) }
    return try #require(SRTPKeys(exported: exported, profile: profile))
  }

  private static func session(_ keys: SRTPKeys, _ role: TransportRole) throws -> SRTPSession {
    guard let session = SRTPSession(keys, role: role) else { throw Unavailable() }
    return session
  }

  struct Unavailable: Error {}

  func seal(_ packet: [UInt8]) -> [UInt8]? {
    protect(packet) { bytes, length in
      if case .done(let length) = client.sealRTP(bytes, length: length) { length } else { nil }
    }
  }

  func sealRTCP(_ packet: [UInt8]) -> [UInt8]? {
    protect(packet) { bytes, length in
      if case .done(let length) = client.sealRTCP(bytes, length: length) { length } else { nil }
    }
  }

  func open(_ packet: [UInt8]) -> SRTPOutcome {
    outcome(packet) { relay.openRTP($0, length: $1) }
  }

  func openRTCP(_ packet: [UInt8]) -> SRTPOutcome {
    outcome(packet) { relay.openRTCP($0, length: $1) }
  }
}

/// An `SRTPResult` with the bytes.
enum SRTPOutcome: Equatable {
  case opened([UInt8])
  case malformed
  case unauthenticated
  case replayed
  case tooManyStreams
}

/// Runs `open` on a copy of `packet`.
func outcome(
  _ packet: [UInt8], _ open: (UnsafeMutableRawPointer, Int) -> SRTPResult
) -> SRTPOutcome {
  var bytes = packet + [0]  // So that there is an address even for no bytes.
  let result = bytes.withUnsafeMutableBytes { buffer in
    buffer.baseAddress.map { open($0, packet.count) } ?? .malformed
  }
  switch result {
  case .done(let length): return .opened(Array(bytes[0..<length]))
  case .malformed: return .malformed
  case .unauthenticated: return .unauthenticated
  case .replayed: return .replayed
  case .tooManyStreams: return .tooManyStreams
  }
}

@Suite struct SRTPTests {
  @Test(arguments: SRTPProfile.allCases)
  func whatIsSealedOpensToTheSame(_ profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    for length in [0, 1, 15, 16, 17, 160, 1_200] {
      let packet = rtpPacket(UInt16(length), payload: length)
      let sealed = try #require(pair.seal(packet))
      #expect(sealed.count == packet.count + profile.tagLength)
      #expect(pair.open(sealed) == .opened(packet))
      let report = rtcpPacket(extra: length & ~3)
      let sealedReport = try #require(pair.sealRTCP(report))
      #expect(sealedReport.count == report.count + profile.tagLength + 4)
      #expect(pair.openRTCP(sealedReport) == .opened(report))
    }
  }

  /// RTP with CSRCs and an extension: the whole header is authenticated in the clear.
  @Test(arguments: SRTPProfile.allCases)
  func headerStaysInTheClear(_ profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    var packet = rtpPacket(5)
    packet[0] = 0x80 | 0x10 | 2
    let header = packet[0..<12] + [1, 1, 1, 1, 2, 2, 2, 2, 0xBE, 0xDE, 0, 1, 0x10, 0xFF, 0, 0]
    packet = Array(header) + [UInt8](repeating: 3, count: 50)
    let sealed = try #require(pair.seal(packet))
    #expect(sealed.prefix(header.count) == packet.prefix(header.count))
    #expect(sealed[header.count..<header.count + 16] != packet[header.count..<header.count + 16])
    var forged = sealed
    forged[26] ^= 1
    #expect(pair.open(forged) == .unauthenticated)
    #expect(pair.open(sealed) == .opened(packet))
  }

  @Test(arguments: SRTPProfile.allCases)
  func everyFlippedBitIsNoticed(_ profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    let sealed = try #require(pair.seal(rtpPacket(1, payload: 8)))
    let report = try #require(pair.sealRTCP(rtcpPacket(extra: 4)))
    for bit in 0..<sealed.count * 8 {
      var forged = sealed
      forged[bit / 8] ^= 1 << (bit % 8)
      if case .opened = pair.open(forged) { Issue.record("bit \(bit) of RTP") }
    }
    for bit in 0..<report.count * 8 {
      var forged = report
      forged[bit / 8] ^= 1 << (bit % 8)
      if case .opened = pair.openRTCP(forged) { Issue.record("bit \(bit) of RTCP") }
    }
    #expect(pair.open(sealed) == .opened(rtpPacket(1, payload: 8)))
  }

  @Test(arguments: SRTPProfile.allCases)
  func replaysAreRejected(_ profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    var sealed: [[UInt8]] = []
    for sequence in 100..<300 {
      sealed.append(try #require(pair.seal(rtpPacket(UInt16(sequence)))))
    }
    for packet in sealed.shuffled() {
      if case .opened = pair.open(packet) { continue }
      Issue.record("a packet that came once was refused")
    }
    for packet in sealed { #expect(pair.open(packet) == .replayed) }
    let report = try #require(pair.sealRTCP(rtcpPacket()))
    #expect(pair.openRTCP(report) == .opened(rtcpPacket()))
    #expect(pair.openRTCP(report) == .replayed)
  }

  @Test(arguments: SRTPProfile.allCases)
  func packetsBehindTheWindowAreRejected(_ profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    let early = try #require(pair.seal(rtpPacket(1)))
    let late = try #require(pair.seal(rtpPacket(3_000)))
    #expect(pair.open(late) == .opened(rtpPacket(3_000)))
    #expect(pair.open(early) == .replayed)
  }

  /// CVE-2026-26014: a source that comes back must not start its nonces over.
  @Test(arguments: SRTPProfile.allCases)
  func comingBackToAnSSRCReusesNoNonce(_ profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    for sequence in 1...20 { _ = try #require(pair.seal(rtpPacket(UInt16(sequence), ssrc: 0xA))) }
    for sequence in 1...20 { _ = try #require(pair.seal(rtpPacket(UInt16(sequence), ssrc: 0xB))) }
    for sequence in 1...20 { #expect(pair.seal(rtpPacket(UInt16(sequence), ssrc: 0xA)) == nil) }
    let next = try #require(pair.seal(rtpPacket(21, ssrc: 0xA)))
    #expect(pair.open(next) == .opened(rtpPacket(21, ssrc: 0xA)))
  }

  @Test(arguments: SRTPProfile.allCases)
  func sendingRefusesOneSSRCTooManyRatherThanForgetOne(_ profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    for ssrc in 1...SRTPLimits.sentStreams {
      _ = try #require(pair.seal(rtpPacket(1, ssrc: UInt32(ssrc))))
    }
    #expect(pair.seal(rtpPacket(1, ssrc: 0xFFFF)) == nil)
    #expect(pair.seal(rtpPacket(1, ssrc: 1)) == nil)
    #expect(pair.seal(rtpPacket(2, ssrc: 1)) != nil)
  }

  /// A peer that renumbers without end keeps being heard and costs no more memory.
  @Test(arguments: SRTPProfile.allCases)
  func receivingFollowsAnyNumberOfSSRCs(_ profile: SRTPProfile) throws {
    let keys = try SRTPPair.keys(profile)
    let receiver = try SRTPPair(profile)
    for round in 0..<4 {
      // A new sender each time, since one sender will not have so many.
      guard var sender = SRTPSession(keys, role: .client) else { return }
      for number in 0..<100 {
        let packet = rtpPacket(1, ssrc: UInt32(round * 100 + number))
        let sealed = try #require(
          protect(packet) { bytes, length in
            if case .done(let length) = sender.sealRTP(bytes, length: length) {
              length
            } else {
              nil
            }
          })
        #expect(receiver.open(sealed) == .opened(packet))
      }
    }
  }

  /// What was evicted is really gone, in libsrtp too: its memory, and with it its replay window.
  @Test(arguments: SRTPProfile.allCases)
  func theStreamUnusedForLongestIsForgotten(_ profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    let first = try #require(pair.seal(rtpPacket(1, ssrc: 1)))
    let second = try #require(pair.seal(rtpPacket(1, ssrc: 2)))
    #expect(pair.open(first) == .opened(rtpPacket(1, ssrc: 1)))
    #expect(pair.open(second) == .opened(rtpPacket(1, ssrc: 2)))
    for ssrc in 3...UInt32(SRTPLimits.receivedStreams) + 1 {
      let sealed = try #require(pair.seal(rtpPacket(1, ssrc: ssrc)))
      #expect(pair.open(sealed) == .opened(rtpPacket(1, ssrc: ssrc)))
    }
    #expect(pair.open(second) == .replayed)
    #expect(pair.open(first) == .opened(rtpPacket(1, ssrc: 1)))
  }

  @Test(arguments: SRTPProfile.allCases)
  func rolloverCounterSurvivesTheWrap(_ profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    // Three times around, every packet; losses across each wrap.
    for number in 0..<200_000 where number % 41 == 0 || number % 65_536 < 40 {
      let packet = rtpPacket(UInt16(truncatingIfNeeded: number), payload: 20)
      let sealed = try #require(pair.seal(packet))
      if (65_500...65_540).contains(number) { continue }
      guard pair.open(sealed) == .opened(packet) else {
        Issue.record("lost at \(number)")
        return
      }
    }
  }

  @Test(arguments: SRTPProfile.allCases)
  func reorderingAcrossTheWrapIsUnderstood(_ profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    let numbers = (65_400..<65_700).map { UInt16(truncatingIfNeeded: $0) }
    _ = pair.seal(rtpPacket(30_000))
    var sealed: [[UInt8]] = []
    for number in numbers { sealed.append(try #require(pair.seal(rtpPacket(number)))) }
    // In sevens, back to front.
    for start in stride(from: 0, to: sealed.count, by: 7) {
      for index in (start..<min(start + 7, sealed.count)).reversed() {
        #expect(pair.open(sealed[index]) == .opened(rtpPacket(numbers[index])))
      }
    }
  }

  /// Nothing goes over the SSRC for as long as a wrap takes; the sequence goes on where it was.
  @Test(arguments: SRTPProfile.allCases)
  func aLongMuteKeepsTheCounter(_ profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    for number in stride(from: 1, to: 70_000, by: 100) {
      let sealed = try #require(pair.seal(rtpPacket(UInt16(truncatingIfNeeded: number))))
      _ = pair.open(sealed)
    }
    for number in 1...3_000 { _ = pair.seal(rtpPacket(UInt16(number), ssrc: 99)) }
    let sealed = try #require(pair.seal(rtpPacket(UInt16(truncatingIfNeeded: 70_001))))
    #expect(pair.open(sealed) == .opened(rtpPacket(UInt16(truncatingIfNeeded: 70_001))))
  }

  /// Forgeries with new SSRCs leave nothing behind: the true stream keeps its replay protection.
  @Test func forgeriesLeaveNoState() throws {
    let pair = try SRTPPair(.aeadAES128GCM)
    let sealed = try #require(pair.seal(rtpPacket(1)))
    #expect(pair.open(sealed) == .opened(rtpPacket(1)))
    for ssrc in 1_000..<1_200 {
      #expect(pair.open(rtpPacket(1, ssrc: UInt32(ssrc))) == .unauthenticated)
    }
    #expect(pair.open(sealed) == .replayed)
  }

  @Test func eachRoleSendsUnderItsOwnKey() throws {
    let keys = try SRTPPair.keys(.aeadAES128GCM)
    #expect(keys.client != keys.server)
    let pair = try SRTPPair(.aeadAES128GCM)
    let sealed = try #require(pair.seal(rtpPacket(1)))
    guard var other = SRTPSession(keys, role: .client) else { return }
    #expect(outcome(sealed) { other.openRTP($0, length: $1) } == .unauthenticated)
  }

  /// RTCP that is only authenticated is refused, not passed on.
  @Test func unencryptedRTCPIsRefused() throws {
    let pair = try SRTPPair(.aeadAES128GCM)
    var report = try #require(pair.sealRTCP(rtcpPacket()))
    report[report.count - 4] &= 0x7F
    #expect(pair.openRTCP(report) == .malformed)
  }
}

/// AES-GCM over EVP against libsrtp, which is the reference.
@Suite struct GCMAgainstLibraryTests {
  @Test(arguments: [SRTPProfile.aeadAES128GCM, .aeadAES256GCM])
  func packetsAreTheSame(_ profile: SRTPProfile) throws {
    let keys = try SRTPPair.keys(profile)
    guard var ours = GCMSender(keys.client), var opener = GCMReceiver(keys.client),
      var library = LibrarySRTP(profile: profile, sending: keys.client, receiving: keys.client)
    else { throw SRTPPair.Unavailable() }
    var random = SeededGenerator(seed: 4)
    var sequence = 60_000
    for _ in 0..<2_000 {
      sequence += Int.random(in: 1...40, using: &random)
      let ssrc = UInt32.random(in: 1...3, using: &random)
      var packet = rtpPacket(
        UInt16(truncatingIfNeeded: sequence), ssrc: ssrc,
        payload: .random(in: 8...1_200, using: &random))
      if Bool.random(using: &random) {  // An extension of one word.
        packet[0] |= 0x10
        packet[12...15] = [0xBE, 0xDE, 0, 1]
      }
      let a = protect(packet) { length(ours.sealRTP($0, length: $1)) }
      let b = protect(packet) { length(library.sealRTP($0, length: $1)) }
      let sealed = try #require(a)
      #expect(sealed == b)
      #expect(outcome(sealed) { library.openRTP($0, length: $1) } == .opened(packet))
      #expect(outcome(sealed) { opener.openRTP($0, length: $1) } == .opened(packet))

      let report = rtcpPacket(ssrc: ssrc, extra: 4 * .random(in: 0...100, using: &random))
      let c = protect(report) { length(ours.sealRTCP($0, length: $1)) }
      let d = protect(report) { length(library.sealRTCP($0, length: $1)) }
      let sealedReport = try #require(c)
      #expect(sealedReport == d)
      #expect(outcome(sealedReport) { library.openRTCP($0, length: $1) } == .opened(report))
      #expect(outcome(sealedReport) { opener.openRTCP($0, length: $1) } == .opened(report))
    }
  }

  private func length(_ result: SRTPResult) -> Int? {
    if case .done(let length) = result { length } else { nil }
  }
}
