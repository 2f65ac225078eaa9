import Testing
import Wire

@testable import MediaEngine

@Suite struct ArrivalDelaysTests {
  @Test func evenArrivalsNeedTheLeastDelay() {
    var delays = ArrivalDelays()
    for packet in 0..<500 as Range<Int64> {
      delays.note(
        mediaTime: .milliseconds(packet * 20), at: .zero + .milliseconds(packet * 20 + 37))
    }
    #expect(delays.target(at: .zero + .seconds(10)) == ArrivalDelays.least)
    #expect(delays.fastestOffset == .milliseconds(37))
  }

  @Test func theTargetCoversNearlyAllLateness() {
    var delays = ArrivalDelays()
    var generator = SplitMix64(seed: 1)
    for packet in 0..<1000 as Range<Int64> {
      let late = Int64.random(in: 0...100, using: &generator)
      delays.note(
        mediaTime: .milliseconds(packet * 20), at: .zero + .milliseconds(packet * 20 + late))
    }
    let target = delays.target(at: .zero + .seconds(20))
    #expect((95...105).contains(target.milliseconds))
  }

  @Test func aTooLatePacketRaisesTheTargetForAWhile() {
    var delays = ArrivalDelays()
    for packet in 0..<500 as Range<Int64> {
      delays.note(mediaTime: .milliseconds(packet * 20), at: .zero + .milliseconds(packet * 20))
    }
    delays.noteTooLate(.milliseconds(90), at: .zero + .seconds(10))
    #expect(delays.target(at: .zero + .seconds(10)).milliseconds == 100)
    #expect(delays.target(at: .zero + .seconds(12)).milliseconds == 80)
    #expect(delays.target(at: .zero + .seconds(60)) == ArrivalDelays.least)
  }

  @Test func aSlowerRouteBecomesTheNewNormal() {
    var delays = ArrivalDelays()
    for packet in 0..<1500 as Range<Int64> {
      let trip: Int64 = packet < 500 ? 20 : 140
      delays.note(
        mediaTime: .milliseconds(packet * 20), at: .zero + .milliseconds(packet * 20 + trip))
    }
    #expect(delays.fastestOffset == .milliseconds(140))
    #expect(delays.target(at: .zero + .seconds(31)).milliseconds <= 130)
  }
}

@Suite struct AudioPlayoutTests {
  /// Encodes `count` frames of the tone sequence.
  private func packets(_ count: Int) throws -> [[UInt8]] {
    let encoder = try OpusEncoder(bitrate: 32_000)
    encoder.expectLoss(0.2)
    let tones = ToneSequence()
    var samples = [Int16](repeating: 0, count: 960)
    var bytes = [UInt8](repeating: 0, count: 1275)
    return try (0..<count).map { frame in
      // The first 200 ms of each burst only: no silence, no DTX.
      samples.withUnsafeMutableBufferPointer { buffer in
        tones.write(buffer.baseAddress!, count: 960, from: Int64(frame % 9 * 960))
      }
      let length = try encoder.encode(samples, into: &bytes, capacity: bytes.count)
      return Array(bytes[..<length])
    }
  }

  private func insert(_ playout: inout AudioPlayout, _ packet: [UInt8], _ number: Int, atMs ms: Int)
  {
    packet.withUnsafeBytes {
      playout.insert(
        sequence: Int64(number), timestamp: Int64(number) * 960, payload: $0,
        at: .zero + .milliseconds(Int64(ms)))
    }
  }

  @Test func packetsOutOfOrderArePlayedInOrderWithoutConcealment() throws {
    let packets = try packets(100)
    var playout = AudioPlayout(decoder: try OpusDecoder())
    for pair in 0..<50 {
      // Each pair comes swapped, 20 ms apart.
      insert(&playout, packets[2 * pair + 1], 2 * pair + 1, atMs: pair * 40 + 20)
      insert(&playout, packets[2 * pair], 2 * pair, atMs: pair * 40 + 25)
      playout.play(at: .zero + .milliseconds(Int64(pair * 40 + 35))) { _, _ in }
    }
    #expect(playout.counters.concealed <= 1920)
    #expect(playout.counters.decodedPackets >= 94)
  }

  @Test func aSingleLostPacketIsRestoredFromTheNext() throws {
    let packets = try packets(50)
    var playout = AudioPlayout(decoder: try OpusDecoder())
    for number in 0..<50 {
      if number != 25 { insert(&playout, packets[number], number, atMs: number * 20) }
      playout.play(at: .zero + .milliseconds(Int64(number * 20))) { _, _ in }
    }
    #expect(playout.counters.corrected == 960)
    #expect(playout.counters.concealed == 0)
  }

  @Test func aBurstOfLostPacketsIsConcealedAndCounted() throws {
    let packets = try packets(60)
    var playout = AudioPlayout(decoder: try OpusDecoder())
    for number in 0..<60 {
      if !(25..<30).contains(number) {
        insert(&playout, packets[number], number, atMs: number * 20)
      }
      playout.play(at: .zero + .milliseconds(Int64(number * 20))) { _, _ in }
    }
    // Five frames are missing, the last of them restored. The delay has come down since the start,
    // so a part of the gap may be skipped instead of filled.
    #expect(playout.counters.corrected == 960)
    #expect((2400...3840).contains(playout.counters.concealed))
  }

  @Test func whatComesAfterTheEndOfAStreamIsNotConcealment() throws {
    let packets = try packets(20)
    var playout = AudioPlayout(decoder: try OpusDecoder())
    for number in 0..<20 {
      insert(&playout, packets[number], number, atMs: number * 20)
      playout.play(at: .zero + .milliseconds(Int64(number * 20))) { _, _ in }
    }
    for ms in stride(from: 400, to: 8000, by: 20) {
      playout.play(at: .zero + .milliseconds(Int64(ms))) { _, _ in }
    }
    #expect(playout.counters.concealed == 0)
    // Playing stops by itself some time after the last packet.
    #expect(playout.nextWake == nil)
    #expect(playout.counters.total < 48_000 * 4)
  }

  @Test func aDelaySpikeIsPlayedLateAndCaughtUpAgain() throws {
    let packets = try packets(400)
    var playout = AudioPlayout(decoder: try OpusDecoder())
    var waiting: [Int] = []
    for tick in 0..<800 {
      let ms = tick * 10
      if tick % 2 == 0 { waiting.append(tick / 2) }
      // For 150 ms nothing comes; then everything at once.
      if !(1000..<1150).contains(ms) {
        for number in waiting { insert(&playout, packets[number], number, atMs: ms) }
        waiting.removeAll()
      }
      playout.play(at: .zero + .milliseconds(Int64(ms))) { _, _ in }
    }
    // Nothing was thrown away, and the spike's delay was worked off by shortening.
    #expect(playout.counters.decodedPackets >= 390)
    #expect(playout.counters.removed > 960)
    #expect(playout.counters.concealed < 48 * 200)
  }

  @Test func aSendersFastClockNeitherPilesUpDelayNorLeavesGaps() throws {
    let packets = try packets(50)
    var playout = AudioPlayout(decoder: try OpusDecoder())
    var most = TimeSpan.zero
    for number in 0..<3000 {
      // The sender's crystal is 1000 ppm fast: a frame every 19.98 ms, 60 ms in a minute.
      let arrival = MonotonicTime.zero + .microseconds(Int64(number) * 19_980)
      packets[number % 50].withUnsafeBytes {
        playout.insert(
          sequence: Int64(number), timestamp: Int64(number) * 960, payload: $0, at: arrival)
      }
      playout.play(at: arrival) { _, _ in }
      // What came in and was not yet played, in time.
      let held = Int64(number + 1) * 960 - playout.counters.total - playout.counters.removed
      if number > 100 { most = max(most, AudioPlayout.span(samples: held)) }
    }
    #expect(playout.counters.concealed == 0)
    #expect(playout.counters.removed > 1000)
    #expect(most < .milliseconds(100))
  }

  @Test func aStreamThatBeginsAnewWithLowerNumbersIsPlayedAgain() throws {
    let packets = try packets(200)
    var playout = AudioPlayout(decoder: try OpusDecoder())
    for number in 0..<200 {
      let sequence = number < 100 ? number + 5000 : number
      packets[number].withUnsafeBytes {
        playout.insert(
          sequence: Int64(sequence), timestamp: Int64(number) * 960, payload: $0,
          at: .zero + .milliseconds(Int64(number * 20)))
      }
      playout.play(at: .zero + .milliseconds(Int64(number * 20))) { _, _ in }
    }
    #expect(playout.counters.latePackets == 25)
    #expect(playout.counters.decodedPackets >= 170)
  }

  @Test func garbageInsteadOfOpusIsConcealed() throws {
    let packets = try packets(30)
    var playout = AudioPlayout(decoder: try OpusDecoder())
    for number in 0..<30 {
      // Code 3 with a frame count of 63: not Opus (RFC 6716 §3.2.5).
      let packet = number == 15 ? [0xFF, 0x3F, 0, 0] : packets[number]
      insert(&playout, packet, number, atMs: number * 20)
      playout.play(at: .zero + .milliseconds(Int64(number * 20))) { _, _ in }
    }
    #expect(playout.counters.decodedPackets >= 27)
    #expect((480...1440).contains(playout.counters.concealed))
  }
}

@Suite struct TimeStretchTests {
  private func queue(frequency: Double) -> SampleQueue {
    var queue = SampleQueue()
    let tail = queue.prepareTail()
    // Five whole periods of 200 Hz in 1200 samples; no sine function needed for a triangle.
    let period = Int(48_000 / frequency)
    for i in 0..<1440 {
      let phase = i % period
      let rise = phase < period / 2 ? phase : period - phase
      tail[i] = Int16(rise * 40_000 / period - 10_000)
    }
    queue.commit(1440)
    return queue
  }

  @Test func shorteningTakesWholePeriodsOutWithoutAClick() {
    var queue = queue(frequency: 200)
    let removed = TimeStretch.shorten(&queue, force: false)
    #expect(removed > 0 && removed % 240 == 0)
    #expect(queue.count == 1440 - removed)
    #expect(largestStep(queue) <= 200)
  }

  @Test func lengtheningRepeatsWholePeriodsWithoutAClick() {
    var queue = queue(frequency: 200)
    let inserted = TimeStretch.lengthen(&queue, force: false)
    #expect(inserted > 0 && inserted % 240 == 0)
    #expect(queue.count == 1440 + inserted)
    #expect(largestStep(queue) <= 200)
  }

  @Test func noiseIsLeftAloneUnlessForced() {
    var queue = SampleQueue()
    let tail = queue.prepareTail()
    var generator = SplitMix64(seed: 2)
    for i in 0..<1440 { tail[i] = Int16.random(in: -9000...9000, using: &generator) }
    queue.commit(1440)
    #expect(TimeStretch.shorten(&queue, force: false) == 0)
    #expect(TimeStretch.shorten(&queue, force: true) > 0)
  }

  @Test func silenceIsCutAtOnce() {
    var queue = SampleQueue()
    queue.prepareTail().update(repeating: 0, count: 1440)
    queue.commit(1440)
    #expect(TimeStretch.shorten(&queue, force: false) == 240)
  }

  private func largestStep(_ queue: borrowing SampleQueue) -> Int {
    var largest = 0
    for i in 1..<queue.count {
      largest = max(largest, abs(Int(queue.samples[i]) - Int(queue.samples[i - 1])))
    }
    return largest
  }
}
