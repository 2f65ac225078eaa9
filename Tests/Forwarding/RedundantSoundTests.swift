import Testing
import Wire

@testable import Forwarding

@Suite struct RedundantSoundTests {
  let slot = TestMedia.slotSSRC(1, 0, .audio)

  /// A room of two in which both take RED.
  func room() throws -> RoomDriver {
    let driver = RoomDriver()
    for number in 0..<2 {
      try driver.join(number) { media in
        media.audio?.redundantPayloadType = PayloadType(63)
        for slot in media.slots.indices {
          media.slots[slot].audio?.redundantPayloadType = PayloadType(UInt8(64 + number))
        }
      }
    }
    driver.settle()
    return driver
  }

  func sound(_ sequence: UInt16, bytes: Int? = nil, timestamp: UInt32? = nil) -> [UInt8] {
    TestPacket.audio(
      0, sequence: sequence, timestamp: timestamp,
      payload: [UInt8](
        repeating: UInt8(truncatingIfNeeded: sequence), count: bytes ?? 60 + Int(sequence % 7)))
  }

  /// The blocks of a packet, oldest first, the primary last: timestamp offset and bytes.
  private func blocks(_ packet: RoomDriver.Sent?) throws -> [(offset: Int, bytes: [UInt8])] {
    let payload = try #require(packet?.payload)
    let audio = try RedundantAudio(parsing: payload.span.bytes)
    var blocks: [(Int, [UInt8])] = []
    audio.forEachRedundant(in: payload.span.bytes) {
      blocks.append(($0.timestampOffset, Array(payload[$0.range])))
      #expect($0.payloadType == PayloadType(110))
    }
    #expect(audio.primary.payloadType == PayloadType(110))
    return blocks + [(0, Array(payload[audio.primary.range]))]
  }

  // MARK: Packing

  @Test(arguments: 1...4)
  func aPacketCarriesAsManyBeforeItAsAreAsked(depth: Int) throws {
    let driver = try room()
    driver.room.setRedundancy(receiver: 1, depth: depth)
    var out: [RoomDriver.Sent] = []
    for sequence: UInt16 in 65_530..<65_535 {
      out += driver.rtp(sound(sequence), from: 0).rtp(to: 1)
    }
    // The first has nothing before it and goes plain.
    #expect(out[0].header?.payloadType == PayloadType(110))
    #expect(out[0].payload == Array(sound(65_530).suffix(out[0].payload.count)))
    let last = try #require(out.last)
    #expect(last.header?.payloadType == PayloadType(65))
    let found = try blocks(last)
    #expect(found.map(\.offset) == (0...depth).reversed().map { $0 * 960 })
    for (block, sequence) in zip(found, UInt16(65_534 - depth)...) {
      #expect(Set(block.bytes) == [UInt8(truncatingIfNeeded: sequence)])
      #expect(block.bytes.count == 60 + Int(sequence % 7))
    }
    // Numbers, marker and level are those of the packet itself.
    #expect(last.header?.sequenceNumber == out[3].header?.sequenceNumber.next)
    let level = last.header?.audioLevel(id: TestMedia.levelID, in: last.bytes.span.bytes)
    #expect(level?.negativeDecibels == 60)
  }

  @Test func whatWasLostBeforeUsIsLeftOut() throws {
    let driver = try room()
    driver.room.setRedundancy(receiver: 1, depth: 4)
    var out: [RoomDriver.Sent] = []
    for sequence: UInt16 in [10, 11, 13, 14] {
      out += driver.rtp(sound(sequence), from: 0).rtp(to: 1)
    }
    #expect(try blocks(out.last).map(\.offset) == [4 * 960, 3 * 960, 960, 0])
  }

  @Test func nothingOlderThanItsFieldSaysGoesAlong() throws {
    let driver = try room()
    driver.room.setRedundancy(receiver: 1, depth: 4)
    driver.rtp(sound(10, timestamp: 0), from: 0)
    driver.rtp(sound(11, timestamp: 960), from: 0)
    // Discontinuous transmission: 400 ms of silence, more than 14 bits hold.
    let later = driver.rtp(sound(12, timestamp: 960 + 19_200), from: 0).rtp(to: 1)
    #expect(later.first?.header?.payloadType == PayloadType(110))
    let next = driver.rtp(sound(13, timestamp: 960 + 19_200 + 16_383), from: 0).rtp(to: 1)
    #expect(try blocks(next.first).map(\.offset) == [16_383, 0])
  }

  @Test func aPayloadStaysWithinThePath() throws {
    let driver = try room()
    driver.room.setRedundancy(receiver: 1, depth: 4)
    var out: [RoomDriver.Sent] = []
    for sequence: UInt16 in 0..<6 {
      out += driver.rtp(sound(sequence, bytes: 400), from: 0).rtp(to: 1)
    }
    #expect(try blocks(out.last).count == 2)
    #expect(out.allSatisfy { $0.payload.count <= SlotStream.longestRedundantPayload })
    // A block of more than ten bits of length cannot go along at all.
    for sequence: UInt16 in 6..<9 {
      out += driver.rtp(sound(sequence, bytes: 1200), from: 0).rtp(to: 1)
    }
    #expect(out.last?.header?.payloadType == PayloadType(110))
    #expect(out.last?.payload.count == 1200)
  }

  @Test func anotherVoiceInTheSlotBeginsWithoutTheEarlierOnes() throws {
    let driver = RoomDriver()
    for number in 0..<3 {
      try driver.join(number, slots: 1) { media in
        media.slots[0].audio?.redundantPayloadType = PayloadType(65)
      }
    }
    driver.room.setRedundancy(receiver: 2, depth: 2)
    for sequence: UInt16 in 0..<5 {
      driver.rtp(TestPacket.audio(0, sequence: sequence), from: 0)
      driver.rtp(TestPacket.audio(1, sequence: sequence), from: 1)
    }
    driver.room.leave(0, at: driver.now)
    let first = driver.rtp(TestPacket.audio(1, sequence: 5), from: 1).rtp(to: 2)
    #expect(first.first?.payload.count == 80)
    #expect(first.first?.header?.marker == true)
    let second = driver.rtp(TestPacket.audio(1, sequence: 6), from: 1).rtp(to: 2)
    let payload = try #require(second.first?.payload)
    let audio = try RedundantAudio(parsing: payload.span.bytes)
    #expect(audio.redundantCount == 1)
  }

  @Test func whoDidNotAgreeToItGetsItsSoundPlain() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.room.setRedundancy(receiver: 1, depth: 4)
    for sequence: UInt16 in 0..<5 {
      let out = driver.rtp(TestPacket.audio(0, sequence: sequence), from: 0).rtp(to: 1)
      #expect(out.first?.payload.count == 80)
    }
  }

  @Test func aReceiverThatReportsLossGetsCopiesAndLosesThemAgain() throws {
    let driver = try room()
    var sequence: UInt16 = 0
    var highest: UInt32 = 0
    func second(lost: UInt8) {
      for _ in 0..<50 {
        let out = driver.rtp(sound(sequence), from: 0).rtp(to: 1)
        highest = UInt32(out.last?.header?.sequenceNumber.rawValue ?? 0)
        sequence &+= 1
        driver.wait(20)
      }
      var blocks = ReportBlocks()
      blocks.append(
        ReportBlock(
          ssrc: slot, fractionLost: lost, cumulativeLost: 0, highestSequence: highest, jitter: 0,
          lastSenderReport: 0, delaySinceLastSenderReport: 0))
      let report = ReceiverReport(ssrc: SSRC(5), blocks: blocks)
      driver.rtcp(TestPacket.write { report.write(into: &$0) }, from: 1)
    }
    for _ in 0..<5 { second(lost: 0) }
    #expect(driver.room.redundancy(of: 1) == 0)
    for _ in 0..<5 { second(lost: 38) }  // 15 %
    #expect(driver.room.redundancy(of: 1) == 4)
    #expect(driver.room.redundancy(of: 0) == 0)
    for _ in 0..<60 { second(lost: 0) }
    #expect(driver.room.redundancy(of: 1) == 0)
  }

  // MARK: Opening

  /// A packet with the sound of `sequence` and copies of those before it.
  func red(
    _ sequence: UInt16, copies: Int, step: Int = 960, blockType: UInt8 = 111
  ) -> [UInt8] {
    var source: [UInt8] = []
    func block(_ number: UInt16, _ offset: Int) -> RedundantAudio.Block {
      let start = source.count
      source += [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 70)
      return .init(
        payloadType: PayloadType(blockType), timestampOffset: offset, offset: start, length: 70)
    }
    let earlier = stride(from: copies, to: 0, by: -1).map {
      block(sequence &- UInt16($0), $0 * step)
    }
    let primary = block(sequence, 0)
    let payload = TestPacket.write {
      RedundantAudio.write(
        primary: primary, redundant: earlier.span, of: source.span.bytes, into: &$0)
    }
    return TestPacket.build(
      payloadType: 63, sequence: sequence,
      timestamp: UInt32(truncatingIfNeeded: Int(Int16(bitPattern: sequence)) * 960),
      ssrc: TestMedia.audioSSRC(0), marker: false, level: 40, transport: nil, mid: nil,
      payload: payload)
  }

  @Test func theOwnSoundOfAPacketGoesOnAsIfItHadComeAlone() throws {
    let driver = try room()
    let out = driver.rtp(red(10, copies: 2), from: 0).rtp(to: 1)
    try #require(out.count == 1)
    #expect(out[0].header?.payloadType == PayloadType(110))
    #expect(out[0].payload == [UInt8](repeating: 10, count: 70))
    #expect(driver.room.statistics(of: 0).inboundAudio.packets == 1)
  }

  @Test func whatWasLostIsTakenFromLaterPacketsOnceAndInOrder() throws {
    let driver = try room()
    var out = driver.rtp(red(65_533, copies: 2), from: 0)
    // 65534 and 65535 are lost.
    out += driver.rtp(red(0, copies: 3), from: 0)
    out += driver.rtp(red(1, copies: 3), from: 0)
    let sent = out.rtp(to: 1)
    let first = try #require(sent.first?.header?.sequenceNumber)
    #expect(
      sent.compactMap { $0.header.map { Int(first.distance(to: $0.sequenceNumber)) } }
        == [0, 1, 2, 3, 4])
    #expect(sent.map { $0.payload.first } == [253, 254, 255, 0, 1])
    let start = try #require(sent.first?.header?.timestamp.rawValue)
    // The sender's clock wraps with its numbers in this test; what is sent rises by packets of 20 ms.
    let rises = sent.compactMap { $0.header.map { $0.timestamp.rawValue &- start } }
    #expect(rises == [0, 960, 1920, 2880, 3840])
    // The lost ones come late after all: they are here already.
    #expect(driver.rtp(red(65_534, copies: 2), from: 0).isEmpty)
    let figures = driver.room.statistics(of: 0).inboundAudio
    #expect(figures.recovered == 2 && figures.lost == 0 && figures.packets == 5)
  }

  @Test func aBurstLongerThanTheCopiesIsMendedAtItsEnd() throws {
    let driver = try room()
    driver.rtp(red(10, copies: 2), from: 0)
    let out = driver.rtp(red(16, copies: 2), from: 0).rtp(to: 1)
    #expect(out.map { $0.payload.first } == [14, 15, 16])
    #expect(driver.room.statistics(of: 0).inboundAudio.lost == 3)
  }

  @Test func copiesWhoseTimesDoNotFitTheirPlaceAreNotTrusted() throws {
    let driver = try room()
    driver.rtp(red(10, copies: 0), from: 0)
    #expect(driver.rtp(red(12, copies: 1, step: 480), from: 0).rtp(to: 1).count == 1)
    // Of another codec: not ours to forward.
    driver.rtp(red(13, copies: 0), from: 0)
    #expect(driver.rtp(red(15, copies: 1, blockType: 9), from: 0).isEmpty)
    #expect(driver.room.statistics(of: 0).discarded == 1)
  }

  @Test func aBrokenPacketIsDiscardedWhole() throws {
    let driver = try room()
    var packet = red(10, copies: 2)
    packet.removeLast(packet.count - 20)
    #expect(driver.rtp(packet, from: 0).isEmpty)
    #expect(driver.room.statistics(of: 0).discarded == 1)
  }

  @Test func redWithoutAgreementIsNoStreamOfTheSenders() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    #expect(driver.rtp(red(10, copies: 0), from: 0).isEmpty)
  }
}
