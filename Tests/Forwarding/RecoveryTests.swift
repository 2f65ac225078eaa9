import Testing
import Wire

@testable import Forwarding

@Suite struct MissingPacketsTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime { .zero + .milliseconds(milliseconds) }

  private func due(
    _ missing: inout MissingPackets, at milliseconds: Int64, roundTrip: Int64 = 40,
    isLossy: Bool = false
  ) -> [UInt16] {
    var batch = LostSequences()
    _ = missing.takeDue(
      now: at(milliseconds), roundTrip: .milliseconds(roundTrip), isLossy: isLossy, into: &batch)
    return (0..<batch.count).map { batch[$0].rawValue }
  }

  @Test func aGapIsAskedForOnceItIsNotMereDisorder() {
    var missing = MissingPackets()
    #expect(missing.noteGap(after: 0x1_0000 - 1, before: 0x1_0002, now: at(0)) == true)
    #expect(due(&missing, at: 4).isEmpty)
    missing.arrived(0x1_0000, isRetransmission: false, now: at(4))
    #expect(due(&missing, at: 5) == [1])
  }

  @Test func aPacketIsAskedForAgainAfterARoundTripAndAQuarter() {
    var missing = MissingPackets()
    _ = missing.noteGap(after: 9, before: 11, now: at(0))
    #expect(due(&missing, at: 5) == [10])
    #expect(due(&missing, at: 54).isEmpty)
    #expect(due(&missing, at: 55) == [10])
    #expect(missing.nextDue == at(105))
  }

  @Test func whereMuchIsLostTheFirstRequestIsMadeTwice() {
    var missing = MissingPackets()
    _ = missing.noteGap(after: 9, before: 11, now: at(0))
    #expect(due(&missing, at: 5, roundTrip: 100, isLossy: true) == [10])
    #expect(due(&missing, at: 34, roundTrip: 100, isLossy: true).isEmpty)
    #expect(due(&missing, at: 35, roundTrip: 100, isLossy: true) == [10])
    // The third one waits for the answer to either, as without loss.
    #expect(missing.nextDue == at(160))
    #expect(due(&missing, at: 160, roundTrip: 100, isLossy: true) == [10])
    #expect(missing.nextDue == at(285))
  }

  @Test func aPathThatKeepsNoOrderIsGivenTimeToCatchUp() {
    var missing = MissingPackets()
    _ = missing.noteGap(after: 9, before: 11, now: at(0))
    missing.arrived(10, isRetransmission: false, now: at(16))
    _ = missing.noteGap(after: 19, before: 21, now: at(100))
    #expect(due(&missing, at: 118).isEmpty)
    #expect(due(&missing, at: 120) == [20])
    // A retransmission comes when it does, and says nothing about disorder.
    missing.arrived(20, isRetransmission: true, now: at(190))
    _ = missing.noteGap(after: 29, before: 31, now: at(200))
    #expect(due(&missing, at: 220) == [30])
    missing.removeAll()
    // The path mended its ways.
    for number: UInt64 in 0..<200 {
      _ = missing.noteGap(after: 100 + 2 * number, before: 102 + 2 * number, now: at(1000))
      missing.removeAll()
    }
    _ = missing.noteGap(after: 999, before: 1001, now: at(2000))
    #expect(due(&missing, at: 2005) == [UInt16(1000)])
  }

  @Test func whatIsGivenUpIsSaid() {
    var missing = MissingPackets()
    _ = missing.noteGap(after: 9, before: 11, now: at(0))
    var ended: Int64?
    for milliseconds: Int64 in 0..<3000 {
      var batch = LostSequences()
      let hasGivenUp = missing.takeDue(
        now: at(milliseconds), roundTrip: .milliseconds(200), into: &batch)
      if hasGivenUp { ended = milliseconds }
    }
    // A second and a round trip, and the last request's own round trip.
    #expect(ended.map { (1200...1460).contains($0) } == true)
  }

  @Test func askingEnds() {
    var missing = MissingPackets()
    _ = missing.noteGap(after: 9, before: 11, now: at(0))
    var asked = 0
    for milliseconds: Int64 in 0..<5000 {
      asked += due(&missing, at: milliseconds, roundTrip: 10).count
    }
    #expect(asked == Int(MissingPackets.maximumTries))
    #expect(missing.count == 0)
    #expect(missing.nextDue == nil)
  }

  @Test func aBurstTooLongToRepairIsGivenUpAtOnce() {
    var missing = MissingPackets()
    _ = missing.noteGap(after: 0, before: 61, now: at(0))
    #expect(missing.noteGap(after: 70, before: 140, now: at(1)) == false)
    #expect(missing.count == 0)
    #expect(missing.noteGap(after: 50, before: 1 << 40, now: at(1)) == false)
  }
}

@Suite struct ResendBudgetTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime { .zero + .milliseconds(milliseconds) }

  @Test func onePacketIsAnsweredOncePerRoundTripAndAHandfulOfTimes() {
    var budget = ResendBudget()
    var answers = 0
    for milliseconds: Int64 in 0..<2000
    where budget.allows(
      7, byteCount: 100, now: at(milliseconds), roundTrip: .milliseconds(50))
    {
      answers += 1
      // Seven eighths of a round trip: the receiver's own may be a little shorter.
      if answers == 2 { #expect(milliseconds == 44) }
    }
    #expect(answers == Int(ResendBudget.maximumAnswers))
  }

  @Test func bytesAreBoundedInABurstAndForLong() {
    var budget = ResendBudget()
    var bytes: Int64 = 0
    for sequence: UInt16 in 0..<1000
    where budget.allows(sequence, byteCount: 1000, now: at(0), roundTrip: .zero) { bytes += 1000 }
    #expect(bytes == ResendBudget.burst)
    for milliseconds: Int64 in 1...1000 {
      for offset: UInt16 in 0..<5 {
        let sequence = UInt16(milliseconds) * 5 + offset
        if budget.allows(sequence, byteCount: 1000, now: at(milliseconds), roundTrip: .zero) {
          bytes += 1000
        }
      }
    }
    #expect(bytes <= ResendBudget.burst + 1000 * ResendBudget.bytesPerMillisecond)
    #expect(bytes >= ResendBudget.burst + 990 * ResendBudget.bytesPerMillisecond)
  }
}

@Suite struct KeyframeRequestsTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime {
    .zero + .milliseconds(10_000 + milliseconds)
  }

  @Test func aCrowdOfRequestsIsOneRequestEachHalfSecond() {
    var requests = KeyframeRequests()
    var sent: [Int64] = []
    for milliseconds: Int64 in 0..<1400 {
      requests.want()
      if requests.shouldSend(now: at(milliseconds)) { sent.append(milliseconds) }
    }
    #expect(sent == [0, 500, 1000])
  }

  @Test func itIsRepeatedUntilTheKeyframeComes() {
    var requests = KeyframeRequests()
    requests.want()
    var sent: [Int64] = []
    for milliseconds: Int64 in 0..<1200 where requests.shouldSend(now: at(milliseconds)) {
      sent.append(milliseconds)
    }
    requests.keyframeArrived()
    for milliseconds: Int64 in 1200..<5000 where requests.shouldSend(now: at(milliseconds)) {
      sent.append(milliseconds)
    }
    #expect(sent == [0, 500, 1000])
    #expect(requests.dueAt == nil)
  }

  @Test func aNewNeedRightAfterAKeyframeIsStillThrottled() {
    var requests = KeyframeRequests()
    requests.want()
    #expect(requests.shouldSend(now: at(0)) == true)
    requests.keyframeArrived()
    requests.want()
    #expect(requests.shouldSend(now: at(100)) == false)
    #expect(requests.dueAt == at(500))
  }

  @Test func aSourceThatNeverAnswersIsAskedMoreSeldom() {
    var requests = KeyframeRequests()
    requests.want()
    let sent = (0..<60_000).filter { requests.shouldSend(now: at(Int64($0))) }
    #expect(sent.count > 25 && sent.count < 45)
  }
}
