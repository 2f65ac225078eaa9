import Testing
import Wire

@testable import Forwarding

@Suite struct SlotTests {
  private func occupants(_ driver: RoomDriver, of index: Int) -> [Int?] {
    (0..<driver.room.slotCount(of: index)).map { driver.room.occupant(ofSlot: $0, of: index) }
  }

  /// Lets a participant speak (or be silent) for a while in 20 ms packets.
  private func speak(
    _ driver: RoomDriver, _ levels: [Int: UInt8], from sequence: UInt16, packets: UInt16
  ) -> [RoomDriver.Sent] {
    var sent: [RoomDriver.Sent] = []
    for offset in 0..<packets {
      for (number, level) in levels.sorted(by: { $0.key < $1.key }) {
        sent += driver.rtp(
          TestPacket.audio(number, sequence: sequence + offset, level: level), from: number)
      }
      sent += driver.wait(20)
    }
    return sent
  }

  @Test func slotsStayAsParticipantsComeAndGo() throws {
    let driver = RoomDriver(capacity: 5)
    for number in 0..<4 { try driver.join(number, slots: 4) }
    #expect(occupants(driver, of: 0) == [1, 2, 3, nil])
    driver.room.leave(2, at: driver.now)
    #expect(occupants(driver, of: 0) == [1, nil, 3, nil])
    #expect(occupants(driver, of: 3) == [0, 1, nil, nil])
    let again = try driver.join(2, slots: 4)
    #expect(again == 2)
    #expect(occupants(driver, of: 0) == [1, 2, 3, nil])
    #expect(occupants(driver, of: 3) == [0, 1, 2, nil])
    try driver.join(4, slots: 4)
    #expect(occupants(driver, of: 0) == [1, 2, 3, 4])
  }

  @Test func theOthersAreToldOnceAndTheNewcomerReadsItsOwn() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    _ = driver.events()
    let newcomer = try driver.join(2)
    #expect(occupants(driver, of: newcomer) == [0, 1, nil])
    #expect(
      driver.events() == [.slotsChanged(participant: 0), .slotsChanged(participant: 1)])
    driver.room.leave(2, at: driver.now)
    #expect(
      driver.events() == [.slotsChanged(participant: 0), .slotsChanged(participant: 1)])
  }

  @Test func whoJoinsAgainKeepsItsPlaceEverywhere() throws {
    let driver = RoomDriver()
    for number in 0..<3 { try driver.join(number) }
    driver.room.leave(0, at: driver.now)
    try driver.join(0)
    let before = (0..<3).map { occupants(driver, of: $0) }
    _ = driver.events()
    driver.room.replace(1, with: TestMedia.session(1, slots: 3, audioSlots: 3), at: driver.now)
    #expect((0..<3).map { occupants(driver, of: $0) } == before)
    #expect(driver.events().isEmpty)
    #expect(driver.room.count == 3)
    // Its stream goes on in the others' slots under new numbers of its own.
    driver.room.setConnected(1, true, at: driver.now)
    let out = driver.rtp(TestPacket.audio(1, sequence: 9), from: 1)
    #expect(Set(out.filter { $0.kind == .rtp }.map(\.receiver)) == [0, 2])
  }

  @Test func aViewerTakesNoSlotAndLosesNobodyElse() throws {
    let driver = RoomDriver()
    try driver.join(0)
    let viewer = try driver.join(1) { media in
      media.audio = nil
      media.video = nil
    }
    #expect(occupants(driver, of: 0) == [nil, nil, nil])
    #expect(occupants(driver, of: viewer) == [0, nil, nil])
    #expect(driver.rtp(TestPacket.audio(1, sequence: 1), from: viewer).isEmpty)
  }

  @Test func fewerAudioSlotsThanVoicesCarryTheLoudest() throws {
    let driver = RoomDriver(capacity: 6)
    for number in 0..<5 { try driver.join(number, slots: 5, audioSlots: 2) }
    driver.settle()
    // Everybody is seen; the first two are heard.
    #expect(occupants(driver, of: 0) == [1, 2, 3, 4, nil])
    #expect(driver.room.voice(inSlot: 0, of: 0) == 1)
    #expect(driver.room.voice(inSlot: 1, of: 0) == 2)
    let before = speak(driver, [1: 30, 2: 110, 3: 110, 4: 110], from: 0, packets: 10).rtp(to: 0)
    #expect(Set(before.compactMap { $0.header?.ssrc }).count == 2)
    // 4 begins to speak: it takes the place of 2, who has been silent; nobody's picture moves.
    let sent = speak(driver, [1: 30, 2: 110, 3: 110, 4: 35], from: 10, packets: 20).rtp(to: 0)
    #expect(driver.room.voice(inSlot: 0, of: 0) == 1)
    #expect(driver.room.voice(inSlot: 1, of: 0) == 4)
    #expect(occupants(driver, of: 0) == [1, 2, 3, 4, nil])
    // The stream of the audio slot went on without a gap.
    let slot = (before + sent).compactMap(\.header).filter {
      $0.ssrc == TestMedia.slotSSRC(0, 1, .audio)
    }
    for (earlier, later) in zip(slot, slot.dropFirst()) {
      #expect(later.sequenceNumber == earlier.sequenceNumber.next)
    }
    // A third voice, clearly louder than 4, takes its place; 1 keeps its own.
    _ = speak(driver, [1: 30, 2: 110, 3: 15, 4: 45], from: 40, packets: 40)
    #expect(driver.room.voice(inSlot: 0, of: 0) == 1)
    #expect(driver.room.voice(inSlot: 1, of: 0) == 3)
  }

  @Test func whoSpeaksWithoutASlotGetsTheOneOfWhoWasSilentLongest() throws {
    let driver = RoomDriver(capacity: 5)
    for number in 0..<4 { try driver.join(number, slots: 2) }
    driver.settle()
    #expect(occupants(driver, of: 0) == [1, 2])
    let sent = speak(driver, [1: 30, 2: 110, 3: 110], from: 0, packets: 20)
    #expect(!sent.rtp(to: 0).isEmpty)
    _ = speak(driver, [1: 110, 2: 110, 3: 30], from: 20, packets: 20)
    #expect(occupants(driver, of: 0) == [1, 3])
    #expect(driver.room.voice(inSlot: 1, of: 0) == 3)
    #expect(driver.events().contains(.slotsChanged(participant: 0)))
    // When somebody leaves, who waits moves in.
    driver.room.leave(1, at: driver.now)
    #expect(occupants(driver, of: 0) == [2, 3])
  }

  @Test func speakersAreToldLoudestFirst() throws {
    let driver = RoomDriver()
    for number in 0..<3 { try driver.join(number) }
    driver.settle()
    #expect(driver.room.speakers().isEmpty)
    _ = speak(driver, [0: 110, 1: 40, 2: 20], from: 0, packets: 50)
    #expect(driver.room.speakers() == [2, 1])
    #expect(driver.events().contains(.speaking))
    _ = speak(driver, [0: 110, 1: 110, 2: 110], from: 50, packets: 100)
    #expect(driver.room.speakers().isEmpty)
    #expect(driver.events().contains(.speaking))
  }

  @Test func speechWithoutLevelsIsToldByItsSize() throws {
    let driver = RoomDriver()
    try driver.join(0) { $0.audio?.extensions = HeaderExtensionIDs() }
    try driver.join(1)
    for sequence: UInt16 in 0..<20 {
      driver.rtp(TestPacket.audio(0, sequence: sequence, level: nil, payload: [1]), from: 0)
      driver.wait(20)
    }
    #expect(driver.room.speakers().isEmpty)
    for sequence: UInt16 in 20..<40 {
      driver.rtp(TestPacket.audio(0, sequence: sequence, level: nil), from: 0)
      driver.wait(20)
    }
    #expect(driver.room.speakers() == [0])
  }
}

@Suite struct PresenceTests {
  @Test func theFirstSoundAndPictureAreTold() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    _ = driver.events()
    for sequence: UInt16 in 0..<3 {
      driver.rtp(TestPacket.audio(0, sequence: sequence, level: 110), from: 0)
    }
    #expect(driver.events() == [.firstMedia(participant: 0, .audio)])
    driver.rtp(TestPacket.video(0, sequence: 1), from: 0)
    #expect(driver.events() == [.firstMedia(participant: 0, .video)])
  }

  @Test func silenceOfTwoSecondsIsAnInterruptionOnceAndThenResumes() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.rtp(TestPacket.audio(0, sequence: 0, level: 110), from: 0)
    _ = driver.events()
    driver.wait(1990)
    #expect(driver.events().isEmpty)
    driver.wait(30)
    #expect(driver.events() == [.interrupted(participant: 0)])
    driver.wait(10_000)
    #expect(driver.events().isEmpty)
    driver.rtp(TestPacket.audio(0, sequence: 1, level: 110), from: 0)
    #expect(driver.events() == [.resumed(participant: 0)])
    driver.wait(2100)
    #expect(driver.events() == [.interrupted(participant: 0)])
  }

  @Test func discontinuousTransmissionIsNoInterruption() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    for sequence: UInt16 in 0..<50 {
      driver.rtp(
        TestPacket.audio(0, sequence: sequence, level: 127, payload: [0xF8]), from: 0)
      driver.wait(400)
    }
    #expect(!driver.events().contains(.interrupted(participant: 0)))
  }

  @Test func whoNeverSentAnythingIsNotInterrupted() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.wait(10_000)
    #expect(!driver.events().contains(.interrupted(participant: 0)))
  }
}
