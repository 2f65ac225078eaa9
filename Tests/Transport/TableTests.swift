import Testing
import Wire

@testable import Transport

@Suite struct StreamTableTests {
  @Test func aReceivingTableForgetsTheLeastRecentlyUsed() {
    var table = StreamTable(capacity: 3, whenFull: .evictOldest)
    for ssrc in 1...3 as ClosedRange<UInt32> { table.commitRTP(1, at: table.insert(ssrc).place) }
    if let place = table.find(1) { table.touch(place) }
    #expect(table.insert(4).evicted == 2)
    #expect(table.count == 3)
    #expect(table.find(2) == nil)
    for ssrc in [1, 3, 4] as [UInt32] { #expect(table.find(ssrc) != nil) }
  }

  @Test func aSendingTableHasNoRoomOnceItIsFull() {
    var table = StreamTable(capacity: 2, whenFull: .refuse)
    #expect(table.hasRoom)
    _ = table.insert(1)
    _ = table.insert(2)
    #expect(!table.hasRoom)
    #expect(table.find(1) != nil && table.find(2) != nil)
  }

  @Test func aNewcomerStartsAfresh() {
    var table = StreamTable(capacity: 1, whenFull: .evictOldest)
    table.commitRTP(500, at: table.insert(1).place)
    let place = table.insert(2).place
    #expect(table.states[place].rtp.allows(500))
    #expect(!table.states[place].rtp.isStarted)
  }
}

@Suite struct PathTableTests {
  @Test func theSelectedPathIsNeverGivenUp() {
    var table = PathTable()
    for port in 1...3 as ClosedRange<UInt16> { _ = table.append(path(port, heardAt: Int64(port))) }
    table.select(0)
    #expect(table.leastWorth == 1)
    table.remove(1)
    #expect(table.selected == 0)
    #expect(table.leastWorth == 1)
    table.remove(1)
    #expect(table.leastWorth == nil)
  }

  @Test func pathsThatDoNotAnswerAreGivenUpBeforeThoseThatDo() {
    var table = PathTable()
    for port in 1...3 as ClosedRange<UInt16> { _ = table.append(path(port, heardAt: Int64(port))) }
    table.update(0) { $0.validatedGeneration = 0 }
    table.update(1) { $0.validatedGeneration = 0 }
    #expect(table.leastWorth == 2)
    table.remove(2)
    #expect(table.leastWorth == 0)
  }

  @Test func removingAPathKeepsTheSelectionOnItsPath() {
    var table = PathTable()
    for port in 1...3 as ClosedRange<UInt16> { _ = table.append(path(port, heardAt: 0)) }
    table.select(2)
    table.remove(0)
    #expect(table.selected.map { table.paths[$0].key.remote.port } == 3)
    table.remove(1)
    #expect(table.selected == nil)
  }

  private func path(_ port: UInt16, heardAt: Int64) -> CandidatePath {
    CandidatePath(
      key: PathKey(local: .only, remote: SocketAddress(ipv4: 1, port: port)), cost: 0,
      isConfigured: false, firstCheck: .zero, interval: .zero,
      now: MonotonicTime(nanoseconds: heardAt))
  }
}

@Suite struct PathChoiceTests {
  @Test func theFirstPathThatAnswersIsTaken() {
    let paths = [path(1, answers: nil), path(2, answers: [50]), path(3, answers: [20])]
    #expect(PathChoice.better(than: nil, among: paths, generation: 0) == 2)
    #expect(PathChoice.better(than: nil, among: [paths[0]], generation: 0) == nil)
  }

  @Test func aChallengerNeedsToBeMuchBetterAndWellKnown() {
    let selected = path(1, answers: [100, 100, 100])
    for (answers, wins) in [
      ([50, 50, 50], true), ([50], false), ([85, 85, 85], false), ([79, 79, 79], true),
    ] as [([Int64], Bool)] {
      let paths = [selected, path(2, answers: answers)]
      let choice = PathChoice.better(than: selected, among: paths, generation: 0)
      #expect(choice == (wins ? 1 : nil))
    }
    let near = path(1, answers: [20, 20, 20])
    #expect(
      PathChoice.better(
        than: near, among: [near, path(2, answers: [11, 11, 11])], generation: 0) == nil)
  }

  @Test func theCostOfASocketCounts() {
    let selected = path(1, answers: [50, 50, 50])
    let costly = path(2, answers: [20, 20, 20], cost: 40)
    #expect(PathChoice.better(than: selected, among: [selected, costly], generation: 0) == nil)
  }

  @Test func aQueueThatDrainsMakesNoPathBetterThanAnother() {
    // One path's answers are from before, the other's from now.
    let selected = path(1, answers: [3_600, 3_600, 3_600, 1_200])
    let later = path(2, answers: [1_000, 1_000, 1_000])
    #expect(PathChoice.better(than: selected, among: [selected, later], generation: 0) == nil)
  }

  @Test func aStreamHasToBeMuchBetter() {
    let selected = path(1, answers: [1_000, 1_000, 1_000])
    for (answer, wins) in [(700, false), (450, false), (300, true)] as [(Int64, Bool)] {
      let stream = path(2, answers: [answer, answer, answer], isStream: true)
      let choice = PathChoice.better(than: selected, among: [selected, stream], generation: 0)
      #expect(choice == (wins ? 1 : nil))
    }
  }

  private func path(
    _ port: UInt16, answers: [Int64]?, cost: UInt8 = 0, isStream: Bool = false
  ) -> CandidatePath {
    var path = CandidatePath(
      key: PathKey(
        local: isStream ? .firstStream : .only, remote: SocketAddress(ipv4: 1, port: port)),
      cost: cost, isConfigured: true, firstCheck: .zero, interval: .zero, now: .zero)
    guard let answers else { return path }
    for answer in answers { path.roundTrip.add(.milliseconds(answer)) }
    path.validatedGeneration = 0
    return path
  }
}
