import Testing

@testable import Relay

@Suite("Which worker a room lives on")
struct PlacementTests {
  private func session(_ id: String, _ room: String) -> SessionReference {
    SessionReference(session: id, room: room, participant: id)
  }

  @Test("a new room goes to the worker with the fewest sessions")
  func leastLoaded() {
    var placement = Placement()
    #expect(placement.place("a", among: [(0, 4), (1, 2), (2, 3)]) == 1)
  }

  @Test("a room stays where it is however loaded its worker becomes")
  func sticky() {
    var placement = Placement()
    #expect(placement.place("a", among: [(0, 0), (1, 0)]) == 0)
    placement.add(session("s", "a"), on: 0)
    #expect(placement.place("a", among: [(0, 500), (1, 0)]) == 0)
  }

  @Test("a burst of first joins is spread although no session exists yet")
  func burst() {
    var placement = Placement()
    let workers = (0..<8).map { placement.place("room \($0)", among: [(0, 0), (1, 0)]) }
    #expect(workers.filter { $0 == 0 }.count == 4)
    #expect(workers.filter { $0 == 1 }.count == 4)
  }

  @Test("the last session to leave takes its room's place along, a repeated end nothing")
  func emptied() {
    var placement = Placement()
    placement.add(session("s1", "a"), on: 3)
    placement.add(session("s2", "a"), on: 3)
    placement.remove(session("s1", "a"))
    placement.remove(session("s1", "a"))
    #expect(placement.worker(of: "a") == 3)
    placement.remove(session("s2", "a"))
    #expect(placement.worker(of: "a") == nil)
  }

  @Test("a failed first join leaves no room behind, a failed later one leaves the room")
  func failedJoin() {
    var placement = Placement()
    _ = placement.place("a", among: [(0, 0)])
    placement.releaseIfEmpty("a")
    #expect(placement.worker(of: "a") == nil)
    placement.add(session("s", "b"), on: 0)
    placement.releaseIfEmpty("b")
    #expect(placement.worker(of: "b") == 0)
  }

  @Test("the rooms of a lost worker are placed anew")
  func lost() {
    var placement = Placement()
    placement.add(session("s1", "a"), on: 0)
    placement.add(session("s2", "b"), on: 1)
    placement.release(worker: 0)
    #expect(placement.worker(of: "a") == nil)
    #expect(placement.worker(of: "b") == 1)
    #expect(placement.place("a", among: [(1, 1)]) == 1)
  }

  @Test("without a worker there is no place")
  func nobody() {
    var placement = Placement()
    #expect(placement.place("a", among: []) == nil)
    #expect(placement.worker(of: "a") == nil)
  }
}
