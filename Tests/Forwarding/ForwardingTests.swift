import Testing
import Wire

@testable import Forwarding

@Suite struct ForwardingTests {
  @Test func soundReachesTheOthersInTheirOwnSlotAndNotItsSender() throws {
    let driver = RoomDriver()
    for number in 0..<3 { try driver.join(number) }
    driver.settle()
    let sent = driver.rtp(TestPacket.audio(1, sequence: 500, level: 33), from: 1)
    #expect(sent.map(\.receiver) == [0, 2])
    for packet in sent {
      let header = try #require(packet.header)
      let slot = try #require(
        (0..<3).first { driver.room.occupant(ofSlot: $0, of: packet.receiver) == 1 })
      #expect(header.ssrc == TestMedia.slotSSRC(packet.receiver, slot, .audio))
      #expect(header.payloadType == PayloadType(UInt8(109 + packet.receiver)))
      #expect(header.sequenceNumber.rawValue < 0x8000)
      let level = header.audioLevel(id: TestMedia.levelID, in: packet.bytes.span.bytes)
      #expect(level == AudioLevel(isVoice: true, negativeDecibels: 33))
      let mid = header.extensions.find(id: TestMedia.midID, in: packet.bytes.span.bytes)
      #expect(mid == nil)
      #expect(packet.payload == [UInt8](repeating: 0x7A, count: 80))
    }
  }

  @Test func noExtensionIsSentThatTheReceiverDidNotAgreeTo() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1) { media in
      for slot in media.slots.indices { media.slots[slot].audio?.extensions = HeaderExtensionIDs() }
    }
    let sent = driver.rtp(TestPacket.audio(0, sequence: 1), from: 0)
    let header = try #require(sent.first?.header)
    #expect(!header.hasExtension)
    #expect(header.headerLength == 12)
  }

  @Test func pictureKeepsItsDescriptorButForItsNumbers() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    let first = TestPacket.video(0, sequence: 9, picture: 500, temporal: 77, keyframe: true)
    let second = TestPacket.video(0, sequence: 10, picture: 501, temporal: 78)
    let out = (driver.rtp(first, from: 0) + driver.rtp(second, from: 0)).rtp(to: 1)
    try #require(out.count == 2)
    let descriptors = try out.map { try VP8PayloadDescriptor(parsing: $0.payload.span.bytes) }
    #expect(descriptors[1].pictureID == descriptors[0].pictureID.map { ($0 + 1) & 0x7FFF })
    #expect(
      descriptors[1].temporalBaseIndex == descriptors[0].temporalBaseIndex.map { $0 &+ 1 })
    let startsKeyframe = descriptors[0].startsKeyframe(in: out[0].payload.span.bytes)
    #expect(startsKeyframe)
    let length = descriptors[0].length
    #expect(out[0].payload[length...] == first[(12 + length)...])
    #expect(out[1].header?.marker == true)
  }

  @Test func firstSequenceNumbersAreBelowHalfTheSpaceAndUnlike() throws {
    var seen: Set<UInt16> = []
    for seed: UInt64 in 0..<100 {
      let driver = RoomDriver(seed: seed)
      try driver.join(0)
      try driver.join(1)
      let sent = driver.rtp(TestPacket.audio(0, sequence: 65_000), from: 0)
      let sequence = try #require(sent.first?.header?.sequenceNumber.rawValue)
      #expect(sequence < 0x8000)
      seen.insert(sequence)
    }
    #expect(seen.count > 90)
  }

  @Test func anotherSourceInTheSlotContinuesTheStream() throws {
    let driver = RoomDriver()
    for number in 0..<3 { try driver.join(number, slots: 1) }
    driver.settle()
    #expect(driver.room.occupant(ofSlot: 0, of: 2) == 0)
    var out: [RoomDriver.Sent] = []
    for index: UInt16 in 0..<10 {
      out += driver.rtp(
        TestPacket.video(
          0, sequence: 65_530 &+ index, timestamp: UInt32(index) * 3000, picture: 40 + index,
          keyframe: index == 0), from: 0)
      driver.wait(33)
    }
    driver.room.leave(0, at: driver.now)
    #expect(driver.room.occupant(ofSlot: 0, of: 2) == 1)
    for index: UInt16 in 0..<10 {
      out += driver.rtp(
        TestPacket.video(
          1, sequence: 200 + index, timestamp: 4_000_000_000 &+ UInt32(index) * 3000,
          picture: 9000 + index, keyframe: index == 0), from: 1)
      driver.wait(33)
    }
    let stream = out.rtp(to: 2)
    try #require(stream.count == 20)
    let headers = stream.compactMap(\.header)
    let pictures = stream.compactMap {
      (try? VP8PayloadDescriptor(parsing: $0.payload.span.bytes))?.pictureID
    }
    for index in 1..<20 {
      #expect(headers[index].sequenceNumber == headers[index - 1].sequenceNumber.next)
      #expect(headers[index].ssrc == headers[0].ssrc)
      #expect(pictures[index] == (pictures[index - 1] + 1) & 0x7FFF)
      let step = headers[index].timestamp.rawValue &- headers[index - 1].timestamp.rawValue
      #expect((2900...3100).contains(step))
    }
  }

  @Test func duplicatesAreNotForwarded() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    let packet = TestPacket.audio(0, sequence: 5)
    #expect(driver.rtp(packet, from: 0).count == 1)
    #expect(driver.rtp(packet, from: 0).isEmpty)
  }

  @Test func nobodyWithoutAConnectionIsSentAnything() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1, connected: false)
    #expect(driver.rtp(TestPacket.audio(0, sequence: 5), from: 0).isEmpty)
    #expect(driver.wait(5000).allSatisfy { $0.receiver == 0 })
    driver.room.setConnected(1, true, at: driver.now)
    #expect(driver.rtp(TestPacket.audio(0, sequence: 6), from: 0).count == 1)
    driver.room.setConnected(1, false, at: driver.now)
    #expect(driver.rtp(TestPacket.audio(0, sequence: 7), from: 0).isEmpty)
  }

  @Test func anOutageLeavesNoGapAndStartsThePictureAfresh() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    var out: [RoomDriver.Sent] = []
    for sequence: UInt16 in 0..<500 {
      if sequence == 100 { driver.room.setConnected(1, false, at: driver.now) }
      if sequence == 400 { driver.room.setConnected(1, true, at: driver.now) }
      out += driver.rtp(TestPacket.audio(0, sequence: sequence), from: 0).rtp(to: 1)
      out += driver.rtp(
        TestPacket.video(0, sequence: sequence, keyframe: sequence == 0 || sequence == 420),
        from: 0
      ).rtp(to: 1)
      driver.wait(20)
    }
    for kind in [TrackKind.audio, .video] {
      let headers = out.compactMap(\.header).filter { $0.ssrc == TestMedia.slotSSRC(1, 0, kind) }
      #expect(headers.count == (kind == .audio ? 200 : 180))
      for (earlier, later) in zip(headers, headers.dropFirst()) {
        #expect(later.sequenceNumber == earlier.sequenceNumber.next)
      }
    }
    #expect(driver.room.statistics(of: 0).inboundVideo.keyframeRequests >= 1)
  }

  @Test func aLaterOfferChangesWhatItSaysAndNothingElse() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    let before = driver.rtp(TestPacket.audio(0, sequence: 1), from: 0).rtp(to: 1)
    var media = TestMedia.session(1, slots: 3, audioSlots: 3)
    media.slots[0].audio?.payloadType = PayloadType(77)
    driver.room.update(1, with: media, at: driver.now)
    let after = driver.rtp(TestPacket.audio(0, sequence: 2), from: 0).rtp(to: 1)
    let first = try #require(before.first?.header)
    let second = try #require(after.first?.header)
    #expect(second.payloadType == PayloadType(77))
    #expect(second.ssrc == first.ssrc && second.sequenceNumber == first.sequenceNumber.next)
    // It stops sending picture: it is still heard, and still in the others' slots.
    media.video = nil
    driver.room.update(1, with: media, at: driver.now)
    #expect(driver.room.occupant(ofSlot: 0, of: 0) == 1)
    #expect(driver.rtp(TestPacket.video(1, sequence: 1, keyframe: true), from: 1).isEmpty)
    // It stops sending altogether: it gives up its places.
    media.audio = nil
    driver.room.update(1, with: media, at: driver.now)
    #expect(driver.room.occupant(ofSlot: 0, of: 0) == nil)
  }

  @Test func aFullSinkDropsAndCounts() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    driver.sink = ForwardSink(capacity: 1)
    let packets = [TestPacket.audio(0, sequence: 5), TestPacket.audio(0, sequence: 6)]
    for packet in packets {
      packet.withUnsafeBytes {
        driver.room.receiveRTP(from: 0, packet: $0, at: driver.now, into: &driver.sink)
      }
    }
    #expect(driver.sink.count == 1)
    #expect(driver.sink.dropped == 1)
  }

  @Test func twentyParticipantsSeeAndHearEachOther() throws {
    let driver = RoomDriver(capacity: 20)
    for number in 0..<20 { try driver.join(number, slots: 19) }
    driver.settle()
    #expect(driver.room.count == 20)
    for number in 0..<20 {
      let occupants = (0..<19).compactMap { driver.room.occupant(ofSlot: $0, of: number) }
      #expect(Set(occupants).count == 19 && !occupants.contains(number))
      let sound = driver.rtp(TestPacket.audio(number, sequence: 1, level: 40), from: number)
      #expect(Set(sound.map(\.receiver)).count == 19)
      let picture = driver.rtp(
        TestPacket.video(number, sequence: 1, keyframe: true), from: number)
      #expect(picture.rtp(to: (number + 1) % 20).count == 1)
      #expect(picture.filter { $0.kind == .rtp }.count == 19)
    }
    let reports = driver.wait(1500)
    #expect(reports.rtcp(.receiverReport, to: 7).count >= 1)
    #expect(throws: RoomError.full) { try driver.join(20) }
  }

  @Test func garbageOfEveryLengthIsRefusedWithoutHarm() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    var generator = SeededGenerator(seed: 42)
    for length in 0...2000 {
      var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      driver.rtp(bytes, from: 0)
      driver.rtcp(bytes, from: 0)
      if length > 1 {
        // Once more with the version right, so that parsing goes further.
        bytes[0] = bytes[0] & 0x3F | 0x80
        driver.rtp(bytes, from: 0)
        bytes[1] = UInt8(200 + length % 8)
        driver.rtcp(bytes, from: 0)
      }
    }
    driver.rtp(TestPacket.audio(0, sequence: 1), from: 7)
    driver.rtp(TestPacket.audio(0, sequence: 1), from: -1)
    #expect(driver.rtp(TestPacket.audio(0, sequence: 1), from: 0).rtp(to: 1).count == 1)
    #expect(driver.room.statistics(of: 0).discarded > 1000)
  }

  @Test func figuresCountWhatWentThrough() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    for index: UInt16 in 0..<10 where index != 4 {
      driver.rtp(TestPacket.audio(0, sequence: index), from: 0)
    }
    let before = driver.room.statistics(of: 0)
    #expect(before.inboundAudio.packets == 9)
    #expect(before.inboundAudio.lost == 1)
    #expect(before.inboundAudio.bytes == 9 * (12 + 8 + 80))
    #expect(driver.room.statistics(of: 1).outboundAudio.packets == 9)
    driver.rtp(TestPacket.audio(0, sequence: 10), from: 0)
    #expect(driver.room.statistics(of: 0).since(before).inboundAudio.packets == 1)
    #expect(driver.room.statistics(of: 0).since(before).inboundAudio.lost == 0)
  }
}
