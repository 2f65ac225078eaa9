import Foundation
import Testing
import Visits

@Suite struct MeetingFloorTests {
  static let now = Example.start
  static func person(_ id: String) -> PersonID { PersonID(rawValue: id) }
  static func after(_ seconds: Int64) -> UTCMilliseconds {
    now.adding(milliseconds: seconds * 1000)
  }
  static let three = ["a", "b", "c"].map(person)

  /// a speaks for 180 s, b for 60 s of them, c not at all.
  static func spoken() -> MeetingFloor {
    var floor = MeetingFloor()
    floor.speaking([person("a")], at: now)
    floor.speaking([person("a"), person("b")], at: after(60))
    floor.speaking([person("a")], at: after(120))
    floor.speaking([], at: after(180))
    return floor
  }

  /// D2: "fylde uforholdsmæssigt meget"; "lige vilkår".
  @Test func whoSpokeIsAddedUpLeastFirst() {
    let shares = Self.spoken().shares(of: Self.three, at: Self.after(500))
    #expect(shares.map(\.person.rawValue) == ["c", "b", "a"])
    #expect(shares.map(\.seconds) == [0, 60, 180])
    #expect(shares.map(\.percent) == [0, 25, 75])
  }

  @Test func aSpeakerNobodyHearsOfAnyMoreDoesNotSpeakAllNight() {
    var floor = MeetingFloor()
    floor.speaking([Self.person("a")], at: Self.now)
    let shares = floor.shares(of: [], at: Self.after(36_000))
    #expect(shares.map(\.seconds) == [600])
    floor.speaking([], at: Self.now.adding(minutes: -5))
    #expect(floor.shares(of: [], at: Self.after(1)).map(\.seconds) == [0])
  }

  @Test func handsAreCalledByWhoHasSpokenLeast() {
    var floor = Self.spoken()
    for id in ["a", "b", "c", "b"] { floor.raise(true, by: Self.person(id)) }
    #expect(floor.handsInOrder(at: Self.after(200)).map(\.rawValue) == ["c", "b", "a"])
    floor.raise(false, by: Self.person("c"))
    floor.raise(false, by: Self.person("x"))
    #expect(floor.handsInOrder(at: Self.after(200)).map(\.rawValue) == ["b", "a"])
    var fresh = MeetingFloor()
    for id in ["b", "a"] { fresh.raise(true, by: Self.person(id)) }
    #expect(fresh.handsInOrder(at: Self.now).map(\.rawValue) == ["b", "a"])
  }

  /// D9: "retten til at tale skiftevis på runde".
  @Test func inARoundEverybodyHasATurn() throws {
    var floor = Self.spoken()
    #expect(throws: Refusal.nobodyForARound) { try floor.beginRound(nil, among: [], at: Self.now) }
    try floor.beginRound(" Hvordan har ugen været? ", among: Self.three, at: Self.after(200))
    #expect(floor.round?.question == "Hvordan har ugen været?")
    #expect(floor.round?.current == Self.person("c"))
    try floor.nextTurn(asksAgain: true)
    #expect(floor.round?.left.map(\.rawValue) == ["b", "a", "c"])
    floor.raise(true, by: Self.person("b"))
    try floor.nextTurn()
    #expect(floor.hands.isEmpty && floor.round?.done == [Self.person("b")])
    floor.left(Self.person("a"))
    #expect(floor.round?.current == Self.person("c"))
    try floor.nextTurn(asksAgain: true)
    #expect(floor.round == nil)
    #expect(throws: Refusal.noRound) { try floor.nextTurn() }
    floor.endRound()
  }

  /// D2: "gentle prompts".
  @Test func whoHasSaidLeastIsPointedOutWhenAnotherHasHadFarMore() throws {
    var floor = MeetingFloor()
    floor.speaking([Self.person("a")], at: Self.now)
    floor.speaking([Self.person("b")], at: Self.after(250))
    floor.speaking([], at: Self.after(330))
    func quiet(_ people: [PersonID]) -> String? {
      floor.quiet(among: people, at: Self.after(400))?.rawValue
    }
    #expect(quiet(Self.three) == "c", "a had 250 of 330 seconds")
    #expect(quiet(Array(Self.three.prefix(2))) == nil, "two talk with each other")
    #expect(quiet(["b", "c", "d"].map(Self.person)) == nil, "too little has been said by them")
    #expect(Self.spoken().quiet(among: Self.three, at: Self.after(200)) == nil, "it is early")
    try floor.beginRound(nil, among: Self.three, at: Self.after(400))
    #expect(quiet(Self.three) == nil, "in a round everybody has a turn")
  }

  @Test func aFloorIsKeptWithAllThatWasSaidUntilThen() throws {
    var floor = Self.spoken()
    floor.speaking([Self.person("c")], at: Self.after(200))
    floor.raise(true, by: Self.person("b"))
    try floor.beginRound("Ugen?", among: Self.three, at: Self.after(200))
    let kept = floor.settled(at: Self.after(290))
    let text = try JSONEncoder().encode(kept)
    let read = try JSONDecoder().decode(MeetingFloor.self, from: text)
    #expect(read.round == floor.round && read.hands == floor.hands)
    // Nobody is taken to have spoken through the time in which nobody listened.
    let shares = read.shares(of: Self.three, at: Self.after(900))
    #expect(shares.map(\.seconds) == [60, 90, 180])
  }
}
