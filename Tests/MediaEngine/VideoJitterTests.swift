import Testing
import Wire

@testable import MediaEngine

@Suite struct FrameAssemblerTests {
  /// A packet of frame `picture`; `payload` is its content.
  private func insert(
    _ assembler: inout FrameAssembler, _ sequence: Int64, picture: Int32, first: Bool = false,
    last: Bool = false, key: Bool = false, payload: [UInt8] = [1]
  ) {
    var entry = VideoPacketBuffer.Entry()
    entry.sequence = sequence
    entry.timestamp = UInt32(picture) * 6000
    entry.pictureID = payload.isEmpty ? -1 : picture
    entry.isFirst = first
    entry.isLast = last
    entry.startsKeyFrame = key
    payload.withUnsafeBytes { _ = assembler.insert(entry, payload: $0) }
  }

  @Test func nothingIsShownBeforeAKeyFrame() {
    var assembler = FrameAssembler()
    insert(&assembler, 10, picture: 1, first: true, last: true)
    #expect(assembler.nextFrame() == nil)
    insert(&assembler, 11, picture: 2, first: true, last: true, key: true)
    let frame = assembler.nextFrame()
    #expect(frame?.first == 11)
    #expect(frame?.isKeyFrame == true)
    #expect(frame?.skipped == 0)
  }

  @Test func aFrameIsPutTogetherInWhateverOrderItsPacketsCome() {
    var assembler = FrameAssembler()
    insert(&assembler, 12, picture: 1, last: true, payload: [7, 8])
    insert(&assembler, 10, picture: 1, first: true, key: true, payload: [1, 2, 3])
    #expect(assembler.nextFrame() == nil)
    insert(&assembler, 11, picture: 1, payload: [4, 5, 6])
    guard let frame = assembler.nextFrame() else {
      Issue.record("no frame")
      return
    }
    var buffer = FrameBuffer()
    #expect(Array(buffer.fill(from: assembler, frame)) == [1, 2, 3, 4, 5, 6, 7, 8])
  }

  @Test func aFrameWaitsForTheOneBefore() {
    var assembler = FrameAssembler()
    insert(&assembler, 1, picture: 1, first: true, last: true, key: true)
    #expect(assembler.nextFrame() != nil)
    insert(&assembler, 3, picture: 3, first: true, last: true)
    #expect(assembler.nextFrame() == nil)
    insert(&assembler, 2, picture: 2, first: true, last: true)
    #expect(assembler.nextFrame()?.first == 2)
    #expect(assembler.nextFrame()?.first == 3)
    #expect(assembler.nextFrame() == nil)
  }

  @Test func lostPaddingDoesNotStopThePicture() {
    var assembler = FrameAssembler()
    insert(&assembler, 1, picture: 1, first: true, last: true, key: true)
    #expect(assembler.nextFrame() != nil)
    // Packets 2 and 3 were padding; 2 came, 3 did not.
    insert(&assembler, 2, picture: 1, payload: [])
    insert(&assembler, 4, picture: 2, first: true, last: true)
    #expect(assembler.nextFrame()?.first == 4)
  }

  @Test func aKeyFrameEndsTheWaitForWhatNeverComes() {
    var assembler = FrameAssembler()
    insert(&assembler, 1, picture: 1, first: true, last: true, key: true)
    #expect(assembler.nextFrame() != nil)
    insert(&assembler, 3, picture: 3, first: true, last: true)
    insert(&assembler, 4, picture: 4, first: true, last: true)
    #expect(assembler.nextFrame() == nil)
    insert(&assembler, 5, picture: 5, first: true, last: true, key: true)
    let frame = assembler.nextFrame()
    #expect(frame?.first == 5)
    #expect((frame?.skipped ?? 0) >= 2)
    // The late packet is of no use any more.
    insert(&assembler, 2, picture: 2, first: true, last: true)
    #expect(assembler.nextFrame() == nil)
  }

  @Test func thePictureIdWrapsWithoutANotice() {
    var assembler = FrameAssembler()
    insert(&assembler, 1, picture: 0x7FFF, first: true, last: true, key: true)
    #expect(assembler.nextFrame() != nil)
    insert(&assembler, 3, picture: 0, first: true, last: true)
    #expect(assembler.nextFrame()?.first == 3)
  }

  @Test func aStreamThatBeginsAnewWithLowerNumbersIsShownAgain() {
    var assembler = FrameAssembler()
    for sequence in 30_000..<30_010 as Range<Int64> {
      insert(
        &assembler, sequence, picture: Int32(sequence & 0x7FFF), first: true, last: true,
        key: sequence == 30_000)
      #expect(assembler.nextFrame() != nil)
    }
    var shown = 0
    for sequence in 10_000..<10_200 as Range<Int64> {
      insert(
        &assembler, sequence, picture: Int32(sequence - 10_000), first: true, last: true,
        key: sequence % 50 == 0)
      if assembler.nextFrame() != nil { shown += 1 }
    }
    #expect(shown == 100)
  }

  /// A one-packet picture of a stream with two temporal layers.
  private func insertLayered(
    _ assembler: inout FrameAssembler, _ sequence: Int64, base: Int16, upper: Bool,
    key: Bool = false
  ) {
    var entry = VideoPacketBuffer.Entry()
    entry.sequence = sequence
    entry.timestamp = UInt32(sequence) * 4500
    entry.pictureID = Int32(sequence)
    (entry.isFirst, entry.isLast, entry.startsKeyFrame) = (true, true, key)
    entry.baseIndex = base
    entry.temporalLayer = upper ? 1 : 0
    entry.refersToBaseOnly = upper
    [UInt8(1)].withUnsafeBytes { _ = assembler.insert(entry, payload: $0) }
  }

  @Test func aLostPictureThatNobodyRefersToIsPassedOver() {
    var assembler = FrameAssembler()
    insertLayered(&assembler, 1, base: 255, upper: false, key: true)
    #expect(assembler.nextFrame()?.first == 1)
    // 2, of the upper layer, is lost; the base picture after it wraps TL0PICIDX.
    insertLayered(&assembler, 3, base: 0, upper: false)
    let frame = assembler.nextFrame()
    #expect(frame?.first == 3)
    #expect(frame?.passesOver == true)
    #expect(frame?.skipped == 1)
    insertLayered(&assembler, 4, base: 0, upper: true)
    #expect(assembler.nextFrame()?.first == 4)
  }

  @Test func aLostBasePictureIsWaitedFor() {
    var assembler = FrameAssembler()
    insertLayered(&assembler, 1, base: 7, upper: false, key: true)
    #expect(assembler.nextFrame()?.first == 1)
    insertLayered(&assembler, 4, base: 8, upper: true)
    insertLayered(&assembler, 5, base: 9, upper: false)
    // 2 and 3 are missing, and 3 was the base picture 8.
    #expect(assembler.nextFrame() == nil)
    insertLayered(&assembler, 3, base: 8, upper: false)
    #expect(assembler.nextFrame()?.first == 3)
    #expect(assembler.nextFrame()?.first == 4)
    #expect(assembler.nextFrame()?.first == 5)
  }

  @Test func manyTimesTheBufferPassesThroughIt() {
    var assembler = FrameAssembler()
    for sequence in 0..<Int64(VideoPacketBuffer.capacity * 3) {
      insert(
        &assembler, sequence, picture: Int32(sequence & 0x7FFF), first: true, last: true,
        key: sequence == 0)
      #expect(assembler.nextFrame()?.first == sequence)
    }
  }
}

@Suite struct MissingPacketsTests {
  private let trip = TimeSpan.milliseconds(40)

  private func time(_ ms: Int64) -> MonotonicTime { .zero + .milliseconds(ms) }

  @Test func aGapIsAskedForOnceARoundTripUntilItIsFilled() {
    var missing = MissingPackets()
    _ = missing.note(1, at: time(0))
    _ = missing.note(4, at: time(0))
    // A packet may be overtaken by a little.
    #expect(missing.due(at: time(5), roundTrip: trip).sequences == [])
    #expect(missing.due(at: time(10), roundTrip: trip).sequences == [2, 3])
    #expect(missing.due(at: time(40), roundTrip: trip).sequences == [])
    _ = missing.note(2, at: time(50))
    #expect(missing.due(at: time(61), roundTrip: trip).sequences == [3])
    #expect(missing.askedFor == 3)
    _ = missing.note(3, at: time(70))
    #expect(missing.isEmpty)
  }

  @Test func aPacketThatNeverComesIsGivenUp() {
    var missing = MissingPackets()
    _ = missing.note(1, at: time(0))
    _ = missing.note(3, at: time(0))
    #expect(!missing.due(at: time(390), roundTrip: trip).gaveUp)
    #expect(missing.due(at: time(410), roundTrip: trip).gaveUp)
    #expect(missing.isEmpty)
  }

  @Test func aHugeGapNeedsAKeyFrame() {
    var missing = MissingPackets()
    _ = missing.note(1, at: time(0))
    #expect(missing.note(10_000, at: time(0)) == false)
    #expect(missing.isEmpty)
  }

  @Test func underLossTheFirstRequestIsMadeTwice() {
    var missing = MissingPackets()
    _ = missing.note(1, at: time(0))
    _ = missing.note(3, at: time(0))
    #expect(missing.due(at: time(10), roundTrip: trip, isLossy: true).sequences == [2])
    #expect(missing.due(at: time(30), roundTrip: trip, isLossy: true).sequences == [])
    #expect(missing.due(at: time(40), roundTrip: trip, isLossy: true).sequences == [2])
    #expect(missing.due(at: time(80), roundTrip: trip, isLossy: true).sequences == [])
    #expect(missing.due(at: time(91), roundTrip: trip, isLossy: true).sequences == [2])
  }

  @Test func packetsThatOvertakeEachOtherAreAskedForLater() {
    var missing = MissingPackets()
    _ = missing.note(0, at: time(0))
    // Each second packet comes 20 ms after the one that overtook it.
    for pair in 0..<40 as Range<Int64> {
      _ = missing.note(2 * pair + 2, at: time(pair * 40))
      _ = missing.note(2 * pair + 1, at: time(pair * 40 + 20))
    }
    _ = missing.note(90, at: time(2000))
    #expect(missing.due(at: time(2012), roundTrip: trip).sequences == [])
    #expect(!missing.due(at: time(2030), roundTrip: trip).sequences.isEmpty)
  }

  @Test func whatNoFrameNeedsIsForgotten() {
    var missing = MissingPackets()
    _ = missing.note(1, at: time(0))
    _ = missing.note(6, at: time(0))
    missing.forget(before: 5)
    #expect(missing.due(at: time(20), roundTrip: trip).sequences == [5])
  }
}

@Suite struct MeterTests {
  @Test func aFreezeIsAGapFarAboveTheAverage() {
    var meter = FreezeMeter()
    var now = MonotonicTime.zero
    func show(after ms: Int64) {
      now = now + .milliseconds(ms)
      meter.note(at: now)
    }
    for _ in 0..<40 { show(after: 67) }
    // Three averages are 201 ms, the average and 150 ms are 217 ms.
    show(after: 210)
    #expect(meter.count == 0)
    for _ in 0..<40 { show(after: 67) }
    show(after: 230)
    #expect(meter.count == 1)
    show(after: 900)
    #expect(meter.count == 2)
    #expect(meter.total == .milliseconds(1130))
    #expect(meter.longest == .milliseconds(900))
  }

  @Test func lossAndJitterAreThoseOfRfc3550() {
    var meter = ReceptionMeter(clockRate: 8000)
    #expect(!meter.hasReceived)
    for number in 0..<100 as Range<Int64> where number % 10 != 5 {
      // Every other packet is 10 ms late: transit alternates by 80 units.
      let late = number % 2 == 0 ? Int64(0) : 10
      meter.note(
        number + 65_536, timestamp: RTPTimestamp(rawValue: UInt32(number) * 160), length: 100,
        at: .zero + .milliseconds(number * 20 + late))
    }
    #expect(meter.lost == 10)
    #expect(meter.extendedHighest == 65_536 + 99)
    #expect(meter.takeFractionLost() == 25)
    #expect(meter.takeFractionLost() == 0)
    // The estimate settles near the difference of 80 units, a little under where packets are lost.
    #expect((55...82).contains(meter.jitter))
    #expect(meter.bytes == 9000)
  }
}
