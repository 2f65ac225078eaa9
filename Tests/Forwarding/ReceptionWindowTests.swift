import Testing

@testable import Forwarding

@Suite struct ReceptionWindowTests {
  @Test func numbersRunOnAcrossTheWrap() {
    var window = ReceptionWindow()
    var extended: [UInt64] = []
    for sequence: UInt16 in [65534, 65535, 0, 1] {
      guard case .new(let number) = window.accept(sequence) else {
        Issue.record("\(sequence) was refused")
        return
      }
      extended.append(number)
    }
    #expect(extended.map { $0 - extended[0] } == [0, 1, 2, 3])
    #expect(window.cumulativeLost == 0)
  }

  @Test func aDuplicateIsSeenAcrossTheWholeWindow() {
    var window = ReceptionWindow()
    for sequence: UInt16 in 0..<2000 { _ = window.accept(sequence) }
    #expect(window.accept(1999) == .duplicate)
    #expect(window.accept(1999 - 1023) == .duplicate)
    #expect(window.received == 2000)
  }

  @Test func aLatePacketFillsItsGap() {
    var window = ReceptionWindow()
    _ = window.accept(10)
    _ = window.accept(13)
    #expect(window.cumulativeLost == 2)
    guard case .new(let late) = window.accept(11) else {
      Issue.record("late packet refused")
      return
    }
    #expect(window.highest - late == 2)
    #expect(window.cumulativeLost == 1)
    #expect(!window.hasReceived(window.highest - 1))
    #expect(window.hasReceived(late))
  }

  @Test func aPacketFromBeforeTheFirstOneIsNew() {
    var window = ReceptionWindow()
    _ = window.accept(100)
    guard case .new = window.accept(99) else {
      Issue.record("refused")
      return
    }
    #expect(window.cumulativeLost == 0)
  }

  @Test func oneStrayPacketDoesNotMoveTheStreamAndTwoInARowRestartIt() {
    var window = ReceptionWindow()
    _ = window.accept(1000)
    #expect(window.accept(30000) == .outside)
    guard case .new = window.accept(1001) else {
      Issue.record("the stream lost its place")
      return
    }
    #expect(window.accept(30000) == .outside)
    guard case .restarted = window.accept(30001) else {
      Issue.record("restart not noticed")
      return
    }
    guard case .new = window.accept(30002) else {
      Issue.record("restarted stream refused")
      return
    }
  }

  @Test func theWindowIsClearedWhereItMovesOn() {
    var window = ReceptionWindow()
    _ = window.accept(0)
    // 1024 later uses the same bit as 0.
    _ = window.accept(1023)
    guard case .new = window.accept(1024) else {
      Issue.record("a stale bit made a new packet a duplicate")
      return
    }
    _ = window.accept(4000)
    guard case .new = window.accept(3500) else {
      Issue.record("a stale bit survived a long jump")
      return
    }
  }

  @Test func fractionLostIsThatOfTheIntervalAlone() {
    var window = ReceptionWindow()
    for sequence: UInt16 in 0..<100 where sequence % 4 != 1 { _ = window.accept(sequence) }
    #expect(window.takeFractionLost() == 64)
    for sequence: UInt16 in 100..<200 { _ = window.accept(sequence) }
    #expect(window.takeFractionLost() == 0)
    #expect(window.takeFractionLost() == 0)
  }

  @Test func jitterIsZeroForAnEvenStreamAndGrowsWithAnUnevenOne() {
    var even = ReceptionWindow()
    var uneven = ReceptionWindow()
    for index: UInt32 in 0..<200 {
      even.measureJitter(timestamp: index * 960, arrival: index * 960 + 5000)
      uneven.measureJitter(
        timestamp: index * 960, arrival: index * 960 + 5000 + (index % 2) * 480)
    }
    #expect(even.scaledJitter == 0)
    // Every transit differs by 480 from the one before: the average tends to 480.
    #expect((470...490).contains(uneven.scaledJitter >> 4))
  }
}
