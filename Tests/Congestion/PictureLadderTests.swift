import Congestion
import Testing
import Wire

@Suite("The picture's ladder") struct PictureLadderTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime { .zero + .milliseconds(milliseconds) }

  /// The steps taken when `room` (bit/s, by milliseconds) is told every 200 ms.
  private func steps(
    _ seconds: Int64, from level: PictureLevel = .full, room: (Int64) -> Int
  ) -> [(milliseconds: Int64, level: PictureLevel)] {
    var ladder = PictureLadder(level: level, now: at(0))
    var steps: [(milliseconds: Int64, level: PictureLevel)] = []
    for milliseconds in stride(from: Int64(0), to: seconds * 1000, by: 200) {
      if let level = ladder.note(room: room(milliseconds), at: at(milliseconds)) {
        steps.append((milliseconds, level))
      }
    }
    return steps
  }

  @Test(
    "each level has its floor",
    arguments: [
      (250_000, PictureLevel.full), (249_999, .fewerFrames), (130_000, .fewerFrames),
      (129_999, .smaller), (70_000, .smaller), (69_999, .held), (30_000, .held),
      (29_999, .soundOnly), (0, .soundOnly),
    ])
  func floors(_ room: Int, _ level: PictureLevel) {
    #expect(PictureLevel.affordable(at: room) == level)
    #expect(level.isMoving == (room >= 70_000))
  }

  @Test("down goes at once, as far as it must")
  func down() {
    let taken = steps(10) { $0 < 2000 ? 400_000 : 50_000 }
    #expect(taken.map(\.level) == [.held])
    #expect(taken.first?.milliseconds == 2000)
  }

  @Test("up goes after three seconds of room with some to spare")
  func up() {
    // Just above the floor is not enough.
    #expect(steps(20, from: .smaller) { _ in 140_000 }.isEmpty)
    let taken = steps(20, from: .smaller) { _ in 150_000 }
    #expect(taken.map(\.level) == [.fewerFrames])
    #expect(taken.first?.milliseconds == 3000)
  }

  @Test("room that breaks off does not count")
  func broken() {
    #expect(steps(30, from: .smaller) { $0 % 2600 == 2400 ? 100_000 : 400_000 }.isEmpty)
  }

  @Test("room that grows is taken as each level has had its three seconds")
  func growing() {
    let taken = steps(10, from: .held) { $0 < 1000 ? 150_000 : 400_000 }
    #expect(taken.map(\.level) == [.fewerFrames, .full])
    #expect(taken.map(\.milliseconds) == [3000, 4000])
  }

  @Test("a path that comes and goes is tried ever more seldom, and never flaps")
  func flapping() {
    // Four seconds of room, one without, for two minutes.
    let taken = steps(120, from: .held) { $0 % 5000 < 4000 ? 400_000 : 50_000 }
    #expect(taken.count <= 4)
    // Every second of wavering would be sixty steps.
    let wavering = steps(60) { $0 % 2000 < 1000 ? 400_000 : 200_000 }
    #expect(wavering.map(\.level) == [.fewerFrames])
  }

  @Test("mistakes are forgiven once a level has held")
  func forgiven() {
    let taken = steps(120) { milliseconds in
      // Room for four seconds at 10 s: a rise that was a mistake. Steady room from 80 s on.
      switch milliseconds {
      case ..<5_000: 400_000
      case ..<10_000: 100_000
      case ..<14_000: 400_000
      case ..<80_000: 100_000
      default: 400_000
      }
    }
    #expect(taken.map(\.level) == [.smaller, .full, .smaller, .full])
    #expect(taken.last?.milliseconds == 83_000)
  }

  @Test("mistakes are forgiven where there is clearly more room than they had")
  func forgivenByRoom() {
    // Two rises to the full picture that the line cannot keep; from 60 s on it is a wide one, or not.
    let waits = [300_000, 3_000_000].map { room in
      let taken = steps(90, from: .fewerFrames) { milliseconds in
        switch milliseconds {
        case ..<4_000, 20_000..<28_000: 300_000
        case ..<60_000: 140_000
        default: room
        }
      }
      return (taken.last?.milliseconds ?? 0) - 60_000
    }
    #expect(waits == [12_000, 3_000])
  }
}
