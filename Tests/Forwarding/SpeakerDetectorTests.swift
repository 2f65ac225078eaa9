import Testing
import Wire

@testable import Forwarding

@Suite struct SpeakerDetectorTests {
  /// Plays 20 ms packets of the given levels and returns how often the speakers changed.
  private func play(
    _ detector: inout SpeakerDetector, _ levels: [Int: UInt8], from start: Int64, for span: Int64
  ) -> Int {
    var changes = 0
    for milliseconds in stride(from: start, to: start + span, by: 20) {
      let now = MonotonicTime.zero + .milliseconds(milliseconds)
      for (participant, level) in levels.sorted(by: { $0.key < $1.key })
      where detector.note(level, of: participant, now: now) { changes += 1 }
      if milliseconds % 100 == 0 && detector.advance(to: now) { changes += 1 }
    }
    return changes
  }

  @Test func aVoiceIsNoticedWithinATenthOfASecond() {
    var detector = SpeakerDetector()
    #expect(play(&detector, [3: 30], from: 0, for: 100) == 1)
    #expect(detector.isSpeaking(3))
    #expect(detector.dominant == 3)
  }

  @Test func roomNoiseIsNotSpeech() {
    var detector = SpeakerDetector()
    #expect(play(&detector, [0: 60, 1: 127], from: 0, for: 5000) == 0)
    #expect(detector.speaking == 0)
    #expect(detector.dominant == -1)
  }

  @Test func aPauseBetweenWordsDoesNotEndSpeech() {
    var detector = SpeakerDetector()
    var changes = 0
    for round: Int64 in 0..<10 {
      changes += play(&detector, [0: 30], from: round * 1000, for: 600)
      changes += play(&detector, [0: 127], from: round * 1000 + 600, for: 400)
    }
    #expect(changes == 1)
  }

  @Test func silenceEndsSpeechAfterTheHold() {
    var detector = SpeakerDetector()
    _ = play(&detector, [0: 30], from: 0, for: 1000)
    #expect(play(&detector, [0: 127], from: 1000, for: 900) == 0)
    #expect(play(&detector, [0: 127], from: 1900, for: 1000) == 1)
    #expect(!detector.isSpeaking(0))
    #expect(detector.dominant == -1)
  }

  @Test func aStreamThatStopsStopsSpeaking() {
    var detector = SpeakerDetector()
    _ = play(&detector, [0: 30], from: 0, for: 1000)
    #expect(play(&detector, [:], from: 1000, for: 3000) == 1)
    #expect(!detector.isSpeaking(0))
  }

  @Test func twoEqualVoicesDoNotTradeDominance() {
    var detector = SpeakerDetector()
    _ = play(&detector, [0: 30], from: 0, for: 500)
    var changes = 0
    for round: Int64 in 0..<40 {
      let levels: [Int: UInt8] = round % 2 == 0 ? [0: 28, 1: 31] : [0: 31, 1: 28]
      changes += play(&detector, levels, from: 500 + round * 100, for: 100)
    }
    #expect(changes == 1)  // 1 began to speak; 0 stayed dominant
    #expect(detector.dominant == 0)
  }

  @Test func aClearlyLouderVoiceTakesDominance() {
    var detector = SpeakerDetector()
    _ = play(&detector, [0: 45, 1: 46], from: 0, for: 1000)
    #expect(detector.dominant == 0)
    _ = play(&detector, [0: 45, 1: 25], from: 1000, for: 500)
    #expect(detector.dominant == 0)
    _ = play(&detector, [0: 45, 1: 25], from: 1500, for: 1000)
    #expect(detector.dominant == 1)
  }

  @Test func whoLeavesIsForgotten() {
    var detector = SpeakerDetector()
    _ = play(&detector, [0: 30], from: 0, for: 500)
    #expect(detector.remove(0, now: .zero + .milliseconds(500)) == true)
    #expect(detector.speaking == 0)
    #expect(detector.dominant == -1)
  }
}
