import Testing
import Wire

@testable import MediaEngine

@Suite("Lip sync") struct LipSyncTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime { .zero + .milliseconds(milliseconds) }

  /// Compares ten times a second for two seconds.
  private func settle(
    _ sync: inout LipSync, sound: Int64?, picture: Int64?, from start: Int64 = 0
  ) {
    for turn in 0..<20 {
      _ = sync.compare(
        sound: sound.map { .milliseconds($0) }, picture: picture.map { .milliseconds($0) },
        at: at(start + Int64(turn) * 100))
    }
  }

  @Test func aPictureLongBeforeItsSoundWaitsForIt() {
    var sync = LipSync()
    settle(&sync, sound: 200, picture: 60)
    #expect((70...80).contains(sync.pictureHold.milliseconds))
    // And no longer than it has to.
    settle(&sync, sound: 80, picture: 60, from: 2_000)
    #expect(sync.pictureHold.milliseconds <= 10)
  }

  @Test func aPictureIsMovedALittleAtATime() {
    var sync = LipSync()
    var before = TimeSpan.zero
    for turn in 0..<10 {
      _ = sync.compare(sound: .milliseconds(300), picture: .zero, at: at(Int64(turn) * 100))
      #expect((sync.pictureHold - before) <= LipSync.step)
      before = sync.pictureHold
    }
    #expect(before.milliseconds == 200)
    // More often than that it is not even looked at.
    let isLookedAt = sync.compare(sound: .zero, picture: .zero, at: at(950))
    #expect(!isLookedAt)
  }

  @Test func aPictureBehindItsSoundIsNotHeldBack() {
    var sync = LipSync()
    settle(&sync, sound: 60, picture: 200)
    #expect(sync.pictureHold == .zero)
  }

  @Test func delaysOfDifferentMomentsAreNotCompared() {
    var sync = LipSync()
    settle(&sync, sound: 300, picture: 100)
    #expect(sync.pictureHold > .zero)
    settle(&sync, sound: 300, picture: 3_600_000, from: 2_000)
    #expect(sync.pictureHold == .zero)
  }

  @Test func withoutReportsOrWithoutPicturesNothingIsMoved() {
    var sync = LipSync()
    settle(&sync, sound: 100, picture: nil)
    #expect(sync.pictureHold == .zero)
    settle(&sync, sound: nil, picture: 100, from: 2_000)
    #expect(sync.pictureHold == .zero)
  }

  /// RFC 3550 §6.4.1: a report's RTP timestamp and NTP time are the same instant.
  @Test func reportsTieTimestampsOfDifferentClocksToOneMoment() {
    let sent = NTPTime(millisecondsSince1970: 1_790_000_000_000)
    var sound = SenderReportMemory()
    var picture = SenderReportMemory()
    #expect(sound.delay(of: RTPTimestamp(rawValue: 0), clockRate: 48_000, at: at(0)) == nil)
    sound.note(
      SenderReport(
        ssrc: SSRC(1), ntpTime: sent, rtpTimestamp: RTPTimestamp(rawValue: 0xFFFF_FF00),
        packetCount: 0, octetCount: 0), at: at(0))
    // The picture's report was made 40 ms later.
    picture.note(
      SenderReport(
        ssrc: SSRC(2), ntpTime: sent.advanced(by: .milliseconds(40)),
        rtpTimestamp: RTPTimestamp(rawValue: 5_000), packetCount: 0, octetCount: 0), at: at(3))
    // Both captured 100 ms after the first report; the timestamp of the sound has wrapped.
    let heard = sound.delay(
      of: RTPTimestamp(rawValue: 0xFFFF_FF00 &+ 4_800), clockRate: 48_000, at: at(500))
    let shown = picture.delay(
      of: RTPTimestamp(rawValue: 5_000 + 5_400), clockRate: 90_000, at: at(470))
    let apart = (heard ?? .zero) - (shown ?? .zero)
    #expect(abs(apart.milliseconds - 30) < 0.001)
  }
}
