import Testing
import Wire

@testable import Relay

@Suite("The front, supervised")
struct FrontStateTests {
  private func time(_ milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: milliseconds * 1_000_000)
  }

  private func serving(at now: MonotonicTime) -> FrontState {
    var state = FrontState(wanted: 7, now: now)
    _ = state.advance(to: now)
    state.connected(now: now)
    _ = state.greeted(7, now: now)
    return state
  }

  @Test("looked for before it is started")
  func start() {
    var state = FrontState(wanted: 7, now: time(0))
    #expect(state.advance(to: time(0)) == [.connect])
    #expect(state.connectFailed(now: time(0)) == [.spawn])
    #expect(state.advance(to: time(10)) == [])
    #expect(state.advance(to: time(20)) == [.connect])
    #expect(state.connectFailed(now: time(20)) == [], "it may take its time to open its socket")
    #expect(state.advance(to: time(40)) == [.connect])
    state.connected(now: time(40))
    #expect(state.greeted(7, now: time(40)) == [])
    #expect(state.advance(to: time(40)) == [.ping])
  }

  @Test("found with the same settings, it is taken back as it is")
  func takenBack() {
    var state = FrontState(wanted: 7, now: time(0))
    _ = state.advance(to: time(0))
    state.connected(now: time(0))
    #expect(state.greeted(7, now: time(0)) == [])
    #expect(state.phase == .serving(lastPong: time(0), nextPing: time(0)))
  }

  @Test("found with other settings, it gives up the port first and is then replaced")
  func replaced() {
    var state = FrontState(wanted: 7, now: time(0))
    _ = state.advance(to: time(0))
    state.connected(now: time(0))
    #expect(state.greeted(8, now: time(0)) == [.retire])
    #expect(state.retired(now: time(5)) == [.spawn])
    #expect(state.retired(now: time(6)) == [])
  }

  @Test("one that does not give up the port is ended")
  func stubborn() {
    var state = FrontState(wanted: 7, now: time(0))
    _ = state.advance(to: time(0))
    state.connected(now: time(0))
    _ = state.greeted(8, now: time(0))
    #expect(state.advance(to: time(1_999)) == [])
    #expect(state.advance(to: time(2_000)) == [.kill, .spawn])
  }

  @Test("where none is wanted, one that is there is stopped, and none is started")
  func unwanted() {
    var found = FrontState(wanted: nil, now: time(0))
    #expect(found.advance(to: time(0)) == [.connect])
    found.connected(now: time(0))
    #expect(found.greeted(7, now: time(0)) == [.stop])
    #expect(found.disconnected(now: time(5)) == [])
    #expect(found.phase == .ended)
    var absent = FrontState(wanted: nil, now: time(0))
    _ = absent.advance(to: time(0))
    #expect(absent.connectFailed(now: time(0)) == [])
    #expect(absent.phase == .ended)
  }

  @Test("a front that dies is started again at once; one that dies again and again is not")
  func respawned() {
    var state = serving(at: time(0))
    #expect(state.disconnected(now: time(3_000)) == [.connect])
    #expect(state.connectFailed(now: time(3_000)) == [.spawn])
    state.connected(now: time(3_020))
    _ = state.greeted(7, now: time(3_020))
    #expect(state.disconnected(now: time(3_100)) == [.connect])
    #expect(state.connectFailed(now: time(3_100)) == [])
    #expect(state.phase == .resting(until: time(3_200)))
    #expect(state.advance(to: time(3_200)) == [.connect])
    #expect(state.connectFailed(now: time(3_200)) == [.spawn])
    state.exited(now: time(3_210))
    #expect(state.phase == .resting(until: time(3_410)), "twice as long")
  }

  @Test("a loop that does not turn is ended after three seconds")
  func wedged() {
    var state = serving(at: time(0))
    #expect(state.advance(to: time(0)) == [.ping])
    state.ponged(now: time(500))
    #expect(state.advance(to: time(1_000)) == [.ping])
    #expect(state.advance(to: time(3_499)) == [.ping])
    #expect(state.advance(to: time(3_500)) == [.kill])
    #expect(state.phase == .resting(until: time(3_600)))
  }

  @Test("a greeting that does not come ends it")
  func mute() {
    var state = FrontState(wanted: 7, now: time(0))
    _ = state.advance(to: time(0))
    state.connected(now: time(0))
    #expect(state.advance(to: time(3_000)) == [.kill])
  }

  @Test("stopped, wherever it is")
  func stopped() {
    var running = serving(at: time(0))
    #expect(running.stop(now: time(1)) == [.stop])
    #expect(running.advance(to: time(2_001)) == [.kill])
    #expect(running.phase == .ended)
    var starting = FrontState(wanted: 7, now: time(0))
    _ = starting.advance(to: time(0))
    _ = starting.connectFailed(now: time(0))
    #expect(starting.stop(now: time(1)) == [.kill])
    var resting = FrontState(wanted: 7, now: time(0))
    #expect(resting.stop(now: time(0)) == [])
    #expect(resting.phase == .ended)
  }

  @Test("the hello says what its settings are, and another release's says nothing")
  func hello() {
    let hello = FrontProtocol.hello(digest: 0x0123_4567_89AB_CDEF)
    #expect(hello.count == FrontProtocol.helloLength)
    #expect(FrontProtocol.digest(in: hello) == 0x0123_4567_89AB_CDEF)
    var other = hello
    other[7] = UInt8(ascii: "2")
    #expect(FrontProtocol.digest(in: other) == nil)
    #expect(FrontProtocol.digest(in: []) == nil)
  }
}
