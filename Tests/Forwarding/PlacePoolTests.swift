import Testing
import Wire

@testable import Forwarding

@Suite struct PlacePoolTests {
  /// A detector in which exactly these speak, loudest first, after everybody in `past` has.
  private func speakers(_ speaking: [Int], past: [Int] = []) -> SpeakerDetector {
    var detector = SpeakerDetector()
    var clock: Int64 = 0
    for participant in past {
      for _ in 0..<20 {
        clock += 20
        _ = detector.note(30, of: participant, now: .zero + .milliseconds(clock))
      }
      clock += 3000
      _ = detector.advance(to: .zero + .milliseconds(clock))
    }
    for _ in 0..<30 {
      clock += 20
      for (rank, participant) in speaking.enumerated() {
        _ = detector.note(
          20 + UInt8(rank) * 10, of: participant, now: .zero + .milliseconds(clock))
      }
    }
    return detector
  }

  @Test func placesStayAsOthersComeAndGo() {
    var pool = PlacePool(places: 0b1111)
    for participant in [1, 2, 3] { _ = pool.seat(participant, preferred: nil) }
    #expect(pool.remove(2) == true)
    #expect(pool.place(of: 1) == 0)
    #expect(pool.place(of: 3) == 2)
    #expect(pool.seat(4, preferred: nil) == true)
    #expect(pool.place(of: 4) == 1)
    #expect(pool.seat(4, preferred: 3) == false)
    #expect(pool.place(of: 4) == 1)
  }

  @Test func onlyThePlacesThereAreAreUsed() {
    var pool = PlacePool(places: 0b101)
    #expect(pool.seat(7, preferred: 1) == true)
    #expect(pool.seat(8, preferred: 2) == true)
    #expect(pool.seat(9, preferred: nil) == false)
    #expect(pool.place(of: 7) == 0)
    #expect(pool.place(of: 8) == 2)
  }

  @Test func aSpeakerTakesThePlaceOfWhoHasBeenSilentLongest() {
    var pool = PlacePool(places: 0b111)
    for participant in [1, 2, 3] { _ = pool.seat(participant, preferred: nil) }
    let detector = speakers([9], past: [2, 1, 3])
    #expect(pool.contend(9, preferred: nil, speakers: detector) == true)
    #expect(pool.place(of: 9) == 1)
    #expect(pool.place(of: 2) == nil)
  }

  @Test func theSilentDoNotDisplaceAnybody() {
    var pool = PlacePool(places: 0b1)
    _ = pool.seat(1, preferred: nil)
    #expect(pool.contend(2, preferred: nil, speakers: speakers([])) == false)
    #expect(pool.contend(2, preferred: nil, speakers: speakers([1])) == false)
  }

  @Test func amongSpeakersTheClearlyLouderWins() {
    var pool = PlacePool(places: 0b11)
    _ = pool.seat(1, preferred: nil)
    _ = pool.seat(2, preferred: nil)
    let detector = speakers([5, 1, 2])
    #expect(pool.contend(5, preferred: nil, speakers: detector) == true)
    #expect(pool.place(of: 2) == nil)
    #expect(pool.place(of: 1) == 0)
  }
}
