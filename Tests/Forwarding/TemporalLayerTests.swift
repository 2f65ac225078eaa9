import Testing
import Wire

@testable import Forwarding

@Suite struct LeftOutTests {
  private func run(_ leftOut: LeftOut, _ sequence: UInt64) -> LeftOut.Run? {
    var leftOut = leftOut
    return leftOut.run(of: sequence)
  }

  private func out(_ leftOut: LeftOut, _ sequence: UInt64) -> UInt64? {
    run(leftOut, sequence).map { sequence &+ $0.sequenceDelta }
  }

  @Test func packetsAfterAPictureLeftOutMoveUp() {
    var leftOut = LeftOut()
    leftOut.begin(at: 10, sequenceDelta: 40, pictureDelta: 5)
    leftOut.leaveOut(12, timestamp: 1)
    leftOut.leaveOut(13, timestamp: 1)
    leftOut.keep()
    leftOut.leaveOut(15, timestamp: 2)
    #expect((9...16).map { out(leftOut, $0) } == [nil, 50, 51, nil, nil, 52, nil, 53])
    #expect([10, 14, 16].map { run(leftOut, $0)?.pictureDelta } == [5, 4, 3])
    for (outgoing, source) in zip(UInt64(50)..., [10, 11, 14, 16] as [UInt64]) {
      let traced = leftOut.run(ofOutgoing: outgoing).map { outgoing &- $0.sequenceDelta }
      #expect(traced == source)
    }
    let before = leftOut.run(ofOutgoing: 49)
    #expect(before == nil)
  }

  @Test func numbersMissingBeforeThePictureKeepTheirPlaces() {
    var leftOut = LeftOut()
    leftOut.begin(at: 10, sequenceDelta: 0, pictureDelta: 0)
    // 11 is missing when 12 is left out; it may still come.
    leftOut.leaveOut(12, timestamp: 1)
    leftOut.keep()
    #expect((10...14).map { out(leftOut, $0) } == [10, 11, nil, 12, 13])
  }

  @Test func numbersMissingWithinThePictureGoWithIt() {
    var leftOut = LeftOut()
    leftOut.begin(at: 10, sequenceDelta: 0, pictureDelta: 0)
    leftOut.leaveOut(11, timestamp: 1)
    leftOut.leaveOut(14, timestamp: 1)
    #expect((10...15).map { out(leftOut, $0) } == [10, nil, nil, nil, nil, 11])
    #expect(leftOut.present.pictureDelta == UInt16.max)
  }

  @Test func noTwoPacketsEverShareANumberWhateverTheSenderDoes() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      var leftOut = LeftOut()
      leftOut.begin(at: 1000, sequenceDelta: 7, pictureDelta: 0)
      var given: Set<UInt64> = []
      var sequence: UInt64 = 999
      for _ in 0..<300 {
        sequence += 1 + UInt64(generator.next(upperBound: UInt32(3)))
        if generator.next(upperBound: UInt32(2)) == 0 {
          leftOut.leaveOut(sequence, timestamp: generator.next(upperBound: UInt32(3)))
        } else {
          leftOut.keep()
          let number = out(leftOut, sequence)
          #expect(number.map { given.insert($0).inserted } == true)
        }
      }
    }
  }
}

@Suite struct TemporalLayerTests {
  /// Sends pictures of the layers in `pattern` and returns the layers forwarded to participant 1.
  private func forwarded(
    _ driver: RoomDriver, _ pattern: [(tid: UInt8, sync: Bool)], from first: UInt16,
    keyframe: Bool = false
  ) -> [UInt8] {
    var out: [RoomDriver.Sent] = []
    for (offset, picture) in pattern.enumerated() {
      let number = first + UInt16(offset)
      out += driver.rtp(
        TestPacket.video(
          0, sequence: number, picture: number, temporal: UInt8(truncatingIfNeeded: number / 4),
          tid: picture.tid, sync: picture.sync, keyframe: keyframe && offset == 0), from: 0)
    }
    return out.rtp(to: 1).compactMap {
      (try? VP8PayloadDescriptor(parsing: $0.payload.span.bytes))?.temporalLayer
    }
  }

  private func flowing() throws -> RoomDriver {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    return driver
  }

  private let plain: [(tid: UInt8, sync: Bool)] = [(0, false), (2, false), (1, false), (2, false)]

  @Test func layersGoAtOnceAndComeBackOneByOneWhereAPictureAllowsIt() throws {
    let driver = try flowing()
    #expect(forwarded(driver, plain, from: 0, keyframe: true) == [0, 2, 1, 2])
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 2, temporal: 1, at: driver.now)
    #expect(forwarded(driver, plain, from: 4) == [0, 1])
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 2, temporal: 0, at: driver.now)
    #expect(forwarded(driver, plain, from: 8) == [0])
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 2, temporal: 3, at: driver.now)
    // No picture that depends on the base layer alone: nothing comes back.
    #expect(forwarded(driver, plain, from: 12) == [0])
    // One of layer 2 must not bring back layer 1, whose earlier pictures were left out.
    #expect(
      forwarded(driver, [(0, false), (2, true), (1, false), (2, false)], from: 16) == [0])
    #expect(
      forwarded(driver, [(0, false), (2, false), (1, true), (2, true)], from: 20) == [0, 1, 2])
    #expect(forwarded(driver, plain, from: 24) == [0, 2, 1, 2])
  }

  @Test func aKeyframeBringsEverythingBack() throws {
    let driver = try flowing()
    _ = forwarded(driver, plain, from: 0, keyframe: true)
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 2, temporal: 0, at: driver.now)
    #expect(forwarded(driver, plain, from: 4) == [0])
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 2, temporal: 3, at: driver.now)
    #expect(forwarded(driver, plain, from: 8, keyframe: true) == [0, 2, 1, 2])
  }

  @Test func aPictureBegunIsSentToItsEnd() throws {
    let driver = try flowing()
    _ = forwarded(driver, plain, from: 0, keyframe: true)
    func part(_ sequence: UInt16, start: Bool) -> [UInt8] {
      TestPacket.video(
        0, sequence: sequence, timestamp: 99_000, picture: 50, temporal: 1, tid: 2, start: start,
        marker: !start)
    }
    #expect(driver.rtp(part(4, start: true), from: 0).rtp(to: 1).count == 1)
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 2, temporal: 0, at: driver.now)
    // Leaving out begins with the next picture.
    let rest = driver.rtp(part(5, start: false), from: 0).rtp(to: 1)
    #expect(rest.count <= 1)
    #expect(forwarded(driver, plain, from: 6) == [0])
  }

  @Test func aLatePacketOfAGapIsSentInItsPlace() throws {
    let driver = try flowing()
    _ = forwarded(driver, plain, from: 0, keyframe: true)
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 2, temporal: 1, at: driver.now)
    let base = TestPacket.video(0, sequence: 4, picture: 4, temporal: 1, tid: 0)
    // 5 (layer 2) is left out while 4 is still missing.
    #expect(forwarded(driver, [(2, false)], from: 5).isEmpty)
    let next = driver.rtp(
      TestPacket.video(0, sequence: 6, picture: 6, temporal: 1, tid: 1), from: 0
    ).rtp(to: 1)
    let late = driver.rtp(TestPacket.rtx(0, sequence: 1, of: base), from: 0).rtp(to: 1)
    let first = try #require(late.first?.header?.sequenceNumber)
    #expect(next.first?.header?.sequenceNumber == first.next)
    let pictures = try (late + next).map {
      try VP8PayloadDescriptor(parsing: $0.payload.span.bytes).pictureID
    }
    #expect(pictures[1] == pictures[0].map { ($0 + 1) & 0x7FFF })
  }

  @Test func aPictureWithoutTemporalLayersIsNeverThinned() throws {
    let driver = try flowing()
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 2, temporal: 0, at: driver.now)
    for sequence: UInt16 in 0..<10 {
      let packet = TestPacket.video(
        0, sequence: sequence, picture: sequence, keyframe: sequence == 0)
      #expect(driver.rtp(packet, from: 0).rtp(to: 1).count == 1)
    }
  }
}
