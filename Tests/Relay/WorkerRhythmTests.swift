import Testing
import Wire

@testable import Relay

@Suite("When a worker waits for more, and when it gives memory back")
struct WorkerRhythmTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: milliseconds * 1_000_000)
  }

  @Test("datagrams are let come together only where more than one comes in that time")
  func density() {
    var density = TurnDensity(turn: .microseconds(400))
    // Twenty people's sound: a thousand a second.
    for turn in 1...1_000 {
      density.add(Int64(turn), at: at(Int64(turn)))
      #expect(!density.isDense)
    }
    // A picture at once among them makes no crowd.
    density.add(1_007, at: at(1_001))
    for turn in 1_002...1_050 { density.add(Int64(turn) + 6, at: at(Int64(turn))) }
    #expect(!density.isDense)
    // A hundred visits' sound: ten thousand a second.
    for turn in 1_051...1_100 {
      density.add(1_056 + Int64(turn - 1_050) * 10, at: at(Int64(turn)))
    }
    #expect(density.isDense)
    // And quiet again.
    density.add(1_557, at: at(2_000))
    #expect(!density.isDense)
  }

  @Test("what takes long is done at once, or once in ten milliseconds while more media waits")
  func longWork() {
    var work = LongWork()
    #expect(work.isAllowed(mediaWaits: true, at: at(5)))
    work.note(at: at(5))
    #expect(work.isAllowed(mediaWaits: false, at: at(5)))
    #expect(!work.isAllowed(mediaWaits: true, at: at(14)))
    #expect(work.isAllowed(mediaWaits: true, at: at(15)))
    work.note(at: at(15))
    #expect(!work.isAllowed(mediaWaits: true, at: at(16)))
  }

  @Test("a worker is behind where calls' media waits, not where a flood does")
  func backlog() {
    var backlog = Backlog()
    var datagrams: Int64 = 0
    var media: Int64 = 0
    func turn(_ came: Int64, media ours: Int64, isLeft: Bool) -> Bool {
      datagrams += came
      media += ours
      return backlog.isMedia(isLeft: isLeft, datagrams: datagrams, media: media)
    }
    #expect(!turn(100, media: 90, isLeft: false))
    #expect(turn(256, media: 200, isLeft: true))
    #expect(!turn(256, media: 60, isLeft: true))
    #expect(!turn(0, media: 0, isLeft: true))
    #expect(turn(256, media: 250, isLeft: true))
  }

  @Test("memory is given back once when nobody has come or gone for a second")
  func trim() {
    var trim = HeapTrim()
    // At which millisecond, how many have connected and are there, how many of them are half open, and whether
    // memory is given back. Two come, one of them slowly; later one goes.
    let story: [(Int64, Int64, Int, Int, Bool)] = [
      (5_000, 0, 0, 0, false), (6_000, 1, 2, 1, false), (9_000, 1, 2, 1, false),
      (9_500, 2, 2, 0, false), (10_499, 2, 2, 0, false), (10_500, 2, 2, 0, true),
      (20_000, 2, 2, 0, false), (21_000, 2, 1, 0, false), (22_000, 2, 1, 0, true),
    ]
    for (when, connected, sessions, halfOpen, expected) in story {
      let isDue = trim.isDue(
        connected: connected, sessions: sessions, halfOpen: halfOpen, at: at(when))
      #expect(isDue == expected, "at \(when) ms")
    }
  }
}
