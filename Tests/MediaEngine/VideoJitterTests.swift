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
    #expect(!missing.due(at: time(140), roundTrip: trip).gaveUp)
    #expect(missing.due(at: time(170), roundTrip: trip).gaveUp)
    #expect(missing.isEmpty)
  }

  @Test func aHugeGapNeedsAKeyFrame() {
    var missing = MissingPackets()
    _ = missing.note(1, at: time(0))
    #expect(missing.note(10_000, at: time(0)) == false)
    #expect(missing.isEmpty)
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

  @Test func thePictureStepsDownAndComesBack() {
    var rate = RateController(
      configuration: MediaConfiguration(audio: .silence, video: .counter(source: 0)))
    var now = MonotonicTime.zero
    #expect(rate.bitrate == 400_000)
    #expect(rate.framesPerSecond == 20)
    var hasChanged = rate.chooseSize(at: now)
    #expect(!hasChanged)
    for _ in 0..<20 {
      now = now + .seconds(1)
      rate.note(loss: 0.3, at: now)
    }
    #expect(rate.bitrate == 80_000)
    #expect(rate.framesPerSecond == 10)
    hasChanged = rate.chooseSize(at: now)
    #expect(hasChanged && rate.isHalfSize)
    for _ in 0..<40 {
      now = now + .seconds(1)
      rate.note(loss: 0, at: now)
    }
    #expect(rate.bitrate == 400_000)
    #expect(rate.framesPerSecond == 20)
    hasChanged = rate.chooseSize(at: now)
    #expect(hasChanged && !rate.isHalfSize)
  }

  @Test func theSizeDoesNotFlap() {
    var rate = RateController(
      configuration: MediaConfiguration(audio: .silence, video: .counter(source: 0)))
    var changes = 0
    for second in 0..<60 as Range<Int64> {
      // An estimate that swings around the threshold every second.
      rate.note(estimate: second % 2 == 0 ? 190_000 : 230_000, audio: 60_000)
      if rate.chooseSize(at: .zero + .seconds(second)) { changes += 1 }
    }
    #expect(changes == 1)
  }

  @Test func anEstimateBelowAnyUseHoldsThePictureUntilThereIsRoom() {
    var rate = RateController(
      configuration: MediaConfiguration(audio: .silence, video: .counter(source: 0)))
    rate.note(estimate: 90_000, audio: 60_000)
    #expect(rate.framesPerSecond == 0)
    rate.note(estimate: 120_000, audio: 60_000)
    #expect(rate.framesPerSecond == 0)
    rate.note(estimate: 200_000, audio: 60_000)
    #expect(rate.framesPerSecond > 0)
    #expect(rate.bitrate == 140_000)
  }
}
