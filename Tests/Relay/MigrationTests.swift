import Testing
import Wire

@testable import Relay

@Suite("Calls that move to another worker")
struct MigrationTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime { .zero + .milliseconds(milliseconds) }

  private func session(_ name: String, _ room: String, _ person: String) -> SessionReference {
    SessionReference(session: name, room: room, participant: person)
  }

  private var pair: [SessionReference] { [session("a1", "r", "a"), session("b1", "r", "b")] }

  @Test("both are told at once, and the old room is closed a second after both have arrived")
  func aPair() {
    var migration = Migration(now: .zero)
    #expect(
      migration.advance(to: .zero, left: pair) == [.relocate(room: "r"), .tell(pair)])
    #expect(migration.hasTold("r"))
    migration.arrived(session("a2", "r", "a"))
    #expect(migration.advance(to: at(500), left: pair) == [])
    migration.arrived(session("b2", "r", "b"))
    #expect(migration.advance(to: at(600), left: pair) == [])
    #expect(migration.nextWake <= at(1600))
    #expect(migration.advance(to: at(1599), left: pair) == [])
    #expect(migration.advance(to: at(1600), left: pair) == [.close(room: "r", missing: [])])
    #expect(migration.advance(to: at(1700), left: []) == [])
  }

  @Test("whoever has left the old worker by itself is not waited for")
  func gone() {
    var migration = Migration(now: .zero)
    _ = migration.advance(to: .zero, left: pair)
    migration.arrived(session("a2", "r", "a"))
    let left = [pair[0]]
    _ = migration.advance(to: at(100), left: left)
    #expect(migration.advance(to: at(1100), left: left) == [.close(room: "r", missing: [])])
  }

  @Test("whoever does not come is asked again every three seconds, and in the end given up")
  func missing() {
    var migration = Migration(now: .zero)
    _ = migration.advance(to: .zero, left: pair)
    migration.arrived(session("a2", "r", "a"))
    let late = [pair[1]]
    #expect(migration.advance(to: at(2999), left: pair) == [])
    for second: Int64 in [3, 6, 9, 12, 15, 18] {
      #expect(migration.advance(to: at(second * 1000), left: pair) == [.tell(late)])
    }
    #expect(migration.advance(to: at(20_000), left: pair) == [.close(room: "r", missing: late)])
  }

  @Test("rooms are moved one after the other, so that joins do not come all at once")
  func pace() {
    var migration = Migration(now: .zero)
    let left = (0..<100).map { session("s\($0)", "room \($0)", "p") }
    var told: [Int] = []
    var now = MonotonicTime.zero
    var turns = 0
    while told.count < 100, turns < 10_000 {
      turns += 1
      let count = migration.advance(to: now, left: left).count {
        if case .tell = $0 { true } else { false }
      }
      #expect(count <= 1)
      if count == 1 { told.append(turns) }
      for reference in left where migration.hasTold(reference.room) {
        migration.arrived(reference)
      }
      now = max(migration.nextWake, now + .milliseconds(1))
    }
    #expect(told.count == 100)
    #expect((now - .zero) >= Migration.pace * 99)
    #expect((now - .zero) < .seconds(4))
  }

  @Test("a move that another control process began is gone on with")
  func takenOver() {
    var migration = Migration(now: .zero, arrived: [session("a2", "r", "a")])
    #expect(
      migration.advance(to: .zero, left: pair) == [.relocate(room: "r"), .tell([pair[1]])])
    migration.arrived(session("b2", "r", "b"))
    _ = migration.advance(to: at(100), left: pair)
    #expect(migration.advance(to: at(1100), left: pair) == [.close(room: "r", missing: [])])
  }
}

@Suite("A worker and its successor")
struct SuccessionTests {
  private func view(
    found: Bool = true, serving: Bool = true, outdated: Bool = false, sessions: Int = 0
  ) -> Succession.View {
    Succession.View(isFound: found, isServing: serving, isOutdated: outdated, sessions: sessions)
  }

  private var absent: Succession.View { view(serving: false, outdated: true) }

  @Test("where there is nobody, one is started")
  func first() {
    var pair = Succession()
    #expect(pair.advance(view(found: false, serving: false), absent) == [])
    #expect(pair.advance(absent, absent) == [.want(0)])
    #expect(pair.phase == .steady)
    #expect(pair.advance(view(), absent) == [])
  }

  @Test("one that is there and up to date is kept, whichever of the two it is")
  func kept() {
    var pair = Succession()
    #expect(pair.advance(absent, view(sessions: 3)) == [.want(1)])
    #expect(pair.active == 1)
  }

  @Test("another release's calls move to its successor as soon as that serves, and not before")
  func upgrade() {
    var pair = Succession()
    let old = view(outdated: true, sessions: 2)
    #expect(pair.advance(old, absent) == [.want(0)])
    #expect(pair.advance(old, absent) == [.want(1)])
    // The successor does not come up: the old one goes on for as long as it takes.
    for _ in 0..<100 { #expect(pair.advance(old, absent) == []) }
    #expect(pair.active == 0)
    #expect(pair.advance(old, view()) == [.move(from: 0, to: 1)])
    #expect(pair.active == 1)
    #expect(pair.advance(old, view(sessions: 2)) == [])
    #expect(pair.advance(view(outdated: true), view(sessions: 2)) == [.release(0)])
    #expect(pair.phase == .steady)
  }

  @Test("a move that was under way when the control process ended goes on")
  func takenOver() {
    var pair = Succession()
    let old = view(outdated: true, sessions: 5)
    #expect(
      pair.advance(old, view(sessions: 1)) == [.want(1), .move(from: 0, to: 1)])
    #expect(pair.active == 1)
  }

  @Test("one that dies while it is emptied is not waited for")
  func died() {
    var pair = Succession()
    _ = pair.advance(view(outdated: true, sessions: 2), absent)
    _ = pair.advance(view(outdated: true, sessions: 2), absent)
    _ = pair.advance(view(outdated: true, sessions: 2), view())
    #expect(pair.advance(absent, view()) == [.release(0)])
  }

  @Test("an upgrade can follow an upgrade, back to the first place")
  func again() {
    var pair = Succession()
    _ = pair.advance(view(outdated: true), absent)
    _ = pair.advance(view(outdated: true), absent)
    _ = pair.advance(view(outdated: true), view())
    #expect(pair.advance(view(outdated: true), view()) == [.release(0)])
    #expect(pair.advance(absent, view(outdated: true, sessions: 1)) == [.want(0)])
    #expect(
      pair.advance(view(), view(outdated: true, sessions: 1)) == [.move(from: 1, to: 0)])
  }
}
