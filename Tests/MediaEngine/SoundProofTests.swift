import Glibc
import Testing

@testable import MediaEngine

@Suite struct SoundProofTests {
  /// Plays `seconds` of a sequence from wall-clock `startMs`, heard `delayMs` later, through `change`.
  private func listen(
    seconds: Int, delayMs: Int64, falling: Bool = false, startMs: Int64 = 1_790_000_000_250,
    change: (UnsafeMutablePointer<Int16>, Int) -> Void = { _, _ in }
  ) -> SoundProof {
    var proof = SoundProof()
    let tones = ToneSequence(falling: falling)
    let samples = UnsafeMutablePointer<Int16>.allocate(capacity: 480)
    defer { samples.deallocate() }
    for block in 0..<seconds * 100 {
      let time = startMs + Int64(block) * 10
      tones.write(samples, count: 480, from: time * 48)
      change(samples, block)
      proof.take(samples, heardAt: time + delayMs)
    }
    return proof
  }

  @Test(arguments: [0, 75, 400, 3000] as [Int64])
  func mouthToEarDelayIsMeasured(_ delayMs: Int64) throws {
    let proof = listen(seconds: 12, delayMs: delayMs)
    #expect(proof.tonesHeard == 24)
    #expect(proof.tonesExpected == 24)
    let measured = try #require(proof.delays.percentile(50))
    #expect(abs(Int64(measured) - delayMs) <= 12)
  }

  @Test func theLongestSilenceIsMeasuredBetweenAudibleBlocks() {
    // Bursts of 200 ms every 500 ms; in the second run two of them are missing.
    #expect((290...320).contains(listen(seconds: 6, delayMs: 0).longestSilenceMs))
    let gap = listen(seconds: 6, delayMs: 0, startMs: 1_790_000_000_000) { samples, block in
      if (200..<300).contains(block) { samples.update(repeating: 0, count: 480) }
    }
    #expect((1_290...1_320).contains(gap.longestSilenceMs))
    var nothing = SoundProof()
    let silence = [Int16](repeating: 0, count: 480)
    for block in 0..<200 { nothing.take(silence, heardAt: Int64(block) * 10) }
    #expect(nothing.longestSilenceMs == 0)
  }

  @Test func aFilesSequenceIsHeardButGivesNoDelay() {
    let proof = listen(seconds: 12, delayMs: 75, falling: true)
    #expect(proof.tonesHeard == 24)
    #expect(proof.delays.count == 0)
  }

  @Test func tonesAreHeardThroughNoiseAndLowVolume() {
    var generator = SplitMix64(seed: 17)
    let proof = listen(seconds: 12, delayMs: 50) { samples, _ in
      for i in 0..<480 {
        // A tenth of the volume, with noise 16 dB below the tones.
        let noise = Int16.random(in: -150...150, using: &generator)
        samples[i] = samples[i] / 10 + noise
      }
    }
    #expect(proof.tonesHeard == 24)
  }

  @Test func missingTonesAreMissed() {
    let proof = listen(seconds: 12, delayMs: 50) { samples, block in
      // Three seconds of nothing: six bursts.
      if (300..<600).contains(block) { memset(samples, 0, 960) }
    }
    #expect(proof.tonesExpected == 24)
    #expect(proof.tonesHeard == 18)
  }

  @Test func noiseSpeechLikeBuzzAndSilenceAreNoTones() {
    var generator = SplitMix64(seed: 19)
    let noise = listen(seconds: 10, delayMs: 0) { samples, _ in
      for i in 0..<480 { samples[i] = Int16.random(in: -8000...8000, using: &generator) }
    }
    #expect(noise.tonesHeard == 0)
    let buzz = listen(seconds: 10, delayMs: 0) { samples, block in
      // A sawtooth of 140 Hz: many harmonics, none of which holds half of the energy.
      for i in 0..<480 { samples[i] = Int16((block * 480 + i) % 343 * 40 - 6860) }
    }
    #expect(buzz.tonesHeard == 0)
    #expect(buzz.audibleBlocks == 1000)
    let silence = listen(seconds: 2, delayMs: 0) { samples, _ in memset(samples, 0, 960) }
    #expect(silence.tonesHeard == 0)
    #expect(silence.energyDbfs == nil)
    #expect(silence.firstAudibleAt == nil)
  }

  @Test func energyIsThatOfTheSignal() throws {
    let proof = listen(seconds: 4, delayMs: 0)
    // -12 dBFS of amplitude is -15 dB of power, two fifths of the time: -19 dB.
    #expect(abs(try #require(proof.energyDbfs) + 19.1) < 0.5)
    #expect(abs(proof.audibleBlocks - 160) < 10)
  }

  @Test func percentilesAreNearestRank() {
    var delays = DelayHistogram()
    #expect(delays.percentile(50) == nil)
    for delay in 1...100 { delays.add(milliseconds: delay) }
    #expect(delays.percentile(50) == 50)
    #expect(delays.percentile(95) == 95)
    delays.add(milliseconds: 1_000_000)
    #expect(delays.percentile(100) == DelayHistogram.longest)
  }
}
