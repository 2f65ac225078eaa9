import Testing
import Wire

@testable import Relay

@Suite("What the supervisor does about a worker")
struct WorkerStateTests {
  private static let session = SessionReference(session: "s", room: "r", participant: "p")
  private static let listing = SessionListing(reference: session, slots: [])

  private func seconds(_ value: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: Int64(value * 1e9))
  }

  private func hello(_ sessions: [SessionListing] = []) -> WorkerHello {
    WorkerHello(version: WorkerHello.currentVersion, worker: 0, sessions: sessions)
  }

  /// A worker that was started at 0 s and serves since then.
  private func serving() -> WorkerState {
    var state = WorkerState(now: .zero)
    #expect(state.advance(to: .zero) == [.connect])
    #expect(state.connectFailed(now: .zero) == [.spawn])
    #expect(state.advance(to: seconds(0.02)) == [.connect])
    #expect(state.connected(now: seconds(0.02)) == [])
    #expect(state.greeted(hello(), now: seconds(0.02)) == [.adopted([])])
    #expect(state.isServing)
    return state
  }

  @Test("a worker that is there already is taken over with its sessions, not started")
  func takeover() {
    var state = WorkerState(now: .zero)
    #expect(state.advance(to: .zero) == [.connect])
    #expect(state.connected(now: .zero) == [])
    #expect(state.greeted(hello([Self.listing]), now: .zero) == [.adopted([Self.listing])])
    #expect(state.sessions == ["s": Self.session])
    #expect(state.restarts == 0)
  }

  @Test("a worker is accounted for once it has told what waited, or is not there")
  func accountedFor() {
    var kept = WorkerState(now: .zero)
    _ = kept.advance(to: .zero)
    _ = kept.connected(now: .zero)
    _ = kept.greeted(hello([Self.listing]), now: .zero)
    // Events of the time without a control process may still be on their way.
    #expect(!kept.isAccountedFor)
    kept.ponged(now: .zero)
    #expect(kept.isAccountedFor)

    var gone = WorkerState(now: .zero)
    _ = gone.advance(to: .zero)
    #expect(!gone.isAccountedFor)
    _ = gone.connectFailed(now: .zero)
    #expect(gone.isAccountedFor)

    // One that dies before it has told everything.
    var dying = WorkerState(now: .zero)
    _ = dying.advance(to: .zero)
    _ = dying.connected(now: .zero)
    _ = dying.greeted(hello([Self.listing]), now: .zero)
    _ = dying.disconnected(now: .zero)
    #expect(!dying.isAccountedFor)
    #expect(dying.connectFailed(now: .zero).contains(.lost([Self.session])))
    #expect(dying.isAccountedFor)
  }

  @Test("a worker that is not there is started, and its socket tried until it opens")
  func start() {
    var state = WorkerState(now: .zero)
    _ = state.advance(to: .zero)
    #expect(state.connectFailed(now: .zero) == [.spawn])
    #expect(state.advance(to: seconds(0.005)) == [])
    #expect(state.advance(to: seconds(0.010)) == [.connect])
    #expect(state.connectFailed(now: seconds(0.010)) == [])
    #expect(state.advance(to: seconds(0.020)) == [.connect])
  }

  @Test("a worker is asked for a sign of life every second, and told what was taken over")
  func pings() {
    var state = serving()
    #expect(state.advance(to: seconds(0.02)) == [.ping(id: 1, acknowledged: 0)])
    state.ponged(now: seconds(0.03))
    #expect(
      state.received(sequence: 4, event: .speaking(room: "r", participants: [])) == true)
    #expect(state.advance(to: seconds(1.0)) == [])
    #expect(state.advance(to: seconds(1.02)) == [.ping(id: 2, acknowledged: 4)])
  }

  @Test("a worker that does not answer for three seconds is killed and replaced at once")
  func wedged() {
    var state = serving()
    state.joined(Self.session)
    for step in 0..<3 { _ = state.advance(to: seconds(0.02 + Double(step))) }
    #expect(state.advance(to: seconds(3.01)) == [])
    #expect(state.advance(to: seconds(3.02)) == [.kill, .lost([Self.session]), .spawn])
    #expect(state.restarts == 1)
    #expect(state.sessions.isEmpty)
  }

  @Test("a worker that answers every ping is left alone")
  func healthy() {
    var state = serving()
    var now = 0.02
    for _ in 0..<100 {
      for action in state.advance(to: seconds(now)) {
        guard case .ping = action else {
          Issue.record("\(action)")
          return
        }
        state.ponged(now: seconds(now))
      }
      now += 0.5
    }
    #expect(state.isServing)
  }

  @Test("a worker whose pong is behind many events is not ended, and one that falls silent is")
  func late() {
    var state = serving()
    for half in 1...20 {
      let now = seconds(Double(half) / 2)
      state.spoke(now: now)
      #expect(!state.advance(to: now).contains(.kill))
    }
    #expect(state.isServing)
    let silence = stride(from: 10.5, through: 13, by: 0.5).flatMap {
      state.advance(to: seconds($0))
    }
    #expect(silence.contains(.kill))
  }

  @Test("a dead worker is replaced at once and its sessions are told")
  func killed() {
    var state = serving()
    state.joined(Self.session)
    #expect(state.disconnected(now: seconds(10)) == [.connect])
    #expect(state.connectFailed(now: seconds(10)) == [.lost([Self.session]), .spawn])
    #expect(state.restarts == 1)
  }

  @Test("a broken stream to a living worker loses nobody")
  func reconnected() {
    var state = serving()
    state.joined(Self.session)
    let isFirst = state.received(sequence: 9, event: .speaking(room: "r", participants: []))
    #expect(isFirst)
    #expect(state.disconnected(now: seconds(10)) == [.connect])
    #expect(state.connected(now: seconds(10)) == [])
    #expect(
      state.greeted(hello([Self.listing]), now: seconds(10)) == [.adopted([Self.listing])])
    let isNew = state.received(sequence: 9, event: .speaking(room: "r", participants: []))
    #expect(!isNew)
    #expect(state.sessions.count == 1)
    #expect(state.restarts == 0)
  }

  @Test("a worker that keeps falling is started ever more slowly, up to a limit")
  func backoff() {
    var state = WorkerState(now: .zero)
    var now = 0.0
    var pauses: [Double] = []
    for _ in 0..<10 {
      guard let wake = state.nextWake else { break }
      pauses.append(max(0, (wake - seconds(now)).seconds))
      now = max(now, (wake - .zero).seconds)
      #expect(state.advance(to: seconds(now)) == [.connect])
      #expect(state.connectFailed(now: seconds(now)) == [.spawn])
      #expect(state.exited(now: seconds(now)) == [])
    }
    #expect(pauses.prefix(5).map { ($0 * 10).rounded() / 10 } == [0, 0.1, 0.2, 0.4, 0.8])
    #expect(pauses.last == 5)
  }

  @Test("a worker that serves but falls at once is not started in a tight loop")
  func crashLoop() {
    var state = serving()
    #expect(state.disconnected(now: seconds(0.5)) == [.connect])
    #expect(state.connectFailed(now: seconds(0.5)) == [])
    #expect(state.phase == .resting(until: seconds(0.6)))
  }

  @Test("a worker of another release is replaced")
  func otherVersion() {
    var state = WorkerState(now: .zero)
    _ = state.advance(to: .zero)
    _ = state.connected(now: .zero)
    let old = WorkerHello(version: 0, worker: 0, sessions: [])
    #expect(state.greeted(old, now: .zero).contains(.kill))
    #expect(!state.isServing)
  }

  @Test("a stopped worker is given time to say goodbye, then killed, and not started again")
  func stopped() {
    var state = serving()
    #expect(state.stop(now: seconds(5)) == [.stop])
    #expect(state.advance(to: seconds(6)) == [])
    #expect(state.advance(to: seconds(7)) == [.kill])
    #expect(state.phase == .ended)
    #expect(state.nextWake == nil)

    var polite = serving()
    _ = polite.stop(now: seconds(5))
    #expect(polite.disconnected(now: seconds(5.1)) == [])
    #expect(polite.phase == .ended)
  }

  @Test("a closed session is forgotten")
  func closed() {
    var state = serving()
    state.joined(Self.session)
    let isNew = state.received(
      sequence: 1, event: .closed(Self.session, cause: "left", milliseconds: 0))
    #expect(isNew)
    #expect(state.sessions.isEmpty)
    #expect(state.disconnected(now: seconds(10)) == [.connect])
    #expect(state.connectFailed(now: seconds(10)) == [.spawn])
  }

  @Test("a worker that is not wanted is looked for and not started, until it is wanted")
  func unwanted() {
    var state = WorkerState(now: .zero, wanted: false)
    #expect(!state.isFound)
    #expect(state.advance(to: .zero) == [.connect])
    #expect(state.connectFailed(now: .zero) == [])
    #expect(state.phase == .absent)
    #expect(state.isFound && state.isAccountedFor)
    #expect(state.nextWake == nil)
    #expect(state.want(now: seconds(5)) == [.spawn])
    #expect(state.restarts == 0)
  }

  @Test("a worker that is no longer needed ends, and can be wanted again")
  func released() {
    var state = serving()
    #expect(state.release(now: seconds(5)) == [.stop])
    #expect(state.disconnected(now: seconds(5.1)) == [])
    #expect(state.phase == .absent)
    #expect(state.want(now: seconds(6)) == [.spawn])
  }

  @Test("a worker that does not end in time is killed, and comes back if it is wanted by then")
  func releasedAndWanted() {
    var state = serving()
    #expect(state.release(now: seconds(5)) == [.stop])
    #expect(state.want(now: seconds(5.5)) == [])
    #expect(state.advance(to: seconds(6)) == [])
    #expect(state.advance(to: seconds(7)) == [.kill, .spawn])
  }

  @Test("one that is retired and dies is told of, and not started again")
  func retired() {
    var state = serving()
    state.joined(Self.session)
    state.retire()
    #expect(state.disconnected(now: seconds(10)) == [.connect])
    #expect(state.connectFailed(now: seconds(10)) == [.lost([Self.session])])
    #expect(state.phase == .absent)
  }

  @Test("what it runs with and that it was told to end, a worker says when it is found")
  func introduction() {
    var state = WorkerState(now: .zero)
    _ = state.advance(to: .zero)
    _ = state.connected(now: .zero)
    var hello = hello()
    hello.digest = 7
    hello.isLeaving = true
    _ = state.greeted(hello, now: .zero)
    #expect(state.digest == 7)
    #expect(state.wantsToLeave)
    _ = state.disconnected(now: seconds(9))
    _ = state.connectFailed(now: seconds(9))
    #expect(state.digest == nil && !state.wantsToLeave)
  }

  @Test("a control process that stood still takes no worker for dead because of that")
  func ownStall() {
    var state = serving()
    _ = state.advance(to: seconds(0.02))
    // Four seconds later it goes on: the pong may lie unread in the socket.
    state.stoodStill(now: seconds(4))
    #expect(state.advance(to: seconds(4)) == [.ping(id: 2, acknowledged: 0)])
    #expect(state.advance(to: seconds(5)) == [.ping(id: 3, acknowledged: 0)])
    #expect(state.advance(to: seconds(6)) == [.ping(id: 4, acknowledged: 0)])
    // From then on silence counts again.
    #expect(state.advance(to: seconds(7)) == [.kill, .spawn])
  }
}
