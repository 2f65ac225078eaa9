import Testing
import Transport
import Wire

@testable import Relay

@Suite("The relay core's commands")
struct RelayCoreTests {
  static let relay = SocketAddress(ipv4: 0xC633_6401, port: 5_000)

  static func makeCore(_ change: (inout RelayConfiguration) -> Void = { _ in }) throws -> RelayCore
  {
    var configuration = RelayConfiguration(candidates: [relay])
    change(&configuration)
    return RelayCore(
      configuration: configuration, identity: try DTLSIdentity(), random: .seeded(1))
  }

  static func time(_ seconds: Double) -> TurnTime {
    TurnTime(
      now: MonotonicTime(nanoseconds: Int64(seconds * 1e9)),
      wallMilliseconds: 1_790_000_000_000 + Int64(seconds * 1_000))
  }

  static func join(
    _ participant: String, room: String = "r", capacity: Int = 2, offer: String = OfferText.make()
  ) -> RelayCommand {
    .join(JoinRequest(room: room, participant: participant, capacity: capacity, offer: offer))
  }

  private func closed(_ core: inout RelayCore) -> [String] {
    var found: [String] = []
    while let event = core.nextEvent() {
      if case .closed(let who, let cause, _) = event { found.append("\(who.participant) \(cause)") }
    }
    return found
  }

  @Test("a join is answered with a session, its slots and the relay's own transport")
  func joined() throws {
    var core = try Self.makeCore()
    guard case .joined(let first) = core.handle(Self.join("a"), at: Self.time(0)),
      case .joined(let second) = core.handle(Self.join("b"), at: Self.time(0))
    else {
      Issue.record("refused")
      return
    }
    #expect(first.session.count == 32)
    #expect(first.session != second.session)
    #expect(first.slots.map(\.participant) == [nil])
    #expect(second.slots.map(\.participant) == ["a"])
    #expect(second.slots[0].audioMid == "2")
    #expect(second.slots[0].videoMid == "3")
    for line in ["a=ice-lite", "a=setup:passive", "198.51.100.1 5000 typ host"] {
      #expect(second.answer.contains(line), "\(line)")
    }
    #expect(core.roomCount == 1)
    #expect(core.listings.map(\.reference.participant) == ["a", "b"])
    #expect(core.listings[0].slots.map(\.participant) == ["b"])
  }

  @Test("a full room refuses, and lets in whoever was in it before")
  func full() throws {
    var core = try Self.makeCore()
    _ = core.handle(Self.join("a"), at: Self.time(0))
    _ = core.handle(Self.join("b"), at: Self.time(0))
    #expect(core.handle(Self.join("c"), at: Self.time(0)) == .failed(.roomFull))
    #expect(core.sessionCount == 2)
    guard case .joined = core.handle(Self.join("b"), at: Self.time(1)) else {
      Issue.record("a participant was locked out by its own ghost")
      return
    }
    #expect(core.sessionCount == 2)
    #expect(closed(&core) == ["b replaced"])
  }

  @Test("a refused offer names its line and leaves nothing behind")
  func refused() throws {
    var core = try Self.makeCore()
    let broken = OfferText.make().replacing("a=rtpmap:111 opus/48000/2", with: "a=rtpmap:999999 x")
    guard
      case .failed(.invalidOffer(let line, let reason)) = core.handle(
        Self.join("a", offer: broken), at: Self.time(0))
    else {
      Issue.record("accepted")
      return
    }
    #expect(line == 7)
    #expect(!reason.isEmpty)
    #expect(core.sessionCount == 0)
    #expect(core.roomCount == 0)
    #expect(core.nextWake == nil)
    #expect(core.counters.joinsRefused == 1)
  }

  @Test("leaving ends a session, and the last one its room")
  func leave() throws {
    var core = try Self.makeCore()
    guard case .joined(let a) = core.handle(Self.join("a"), at: Self.time(0)),
      case .joined = core.handle(Self.join("b"), at: Self.time(0))
    else {
      Issue.record("refused")
      return
    }
    #expect(core.handle(.leave(session: a.session), at: Self.time(1)) == .done)
    #expect(closed(&core) == ["a left"])
    #expect(
      core.handle(.leave(session: a.session), at: Self.time(1)) == .failed(.noSuchSession))
    #expect(core.handle(.close(room: "r"), at: Self.time(1)) == .done)
    #expect(closed(&core) == ["b left"])
    #expect(core.roomCount == 0)
    #expect(core.handle(.close(room: "r"), at: Self.time(1)) == .done)
  }

  @Test("a restart gives new credentials and keeps the session; an unknown one is refused")
  func restart() throws {
    var core = try Self.makeCore()
    guard case .joined(let first) = core.handle(Self.join("a"), at: Self.time(0)),
      case .joined(let second) = core.handle(
        .restart(session: first.session, offer: OfferText.make(ufrag: "nEwU")), at: Self.time(1))
    else {
      Issue.record("refused")
      return
    }
    #expect(second.session == first.session)
    func ufrag(_ answer: JoinAnswer) -> Substring? {
      answer.answer.split(whereSeparator: \.isNewline).first { $0.hasPrefix("a=ice-ufrag:") }
    }
    #expect(ufrag(first) != nil)
    #expect(ufrag(first) != ufrag(second))
    #expect(core.sessionCount == 1)
    #expect(
      core.handle(.restart(session: "x", offer: OfferText.make()), at: Self.time(1))
        == .failed(.noSuchSession))
  }

  @Test("a session that nobody connects to ends by itself and frees its place")
  func setupTimeout() throws {
    var core = try Self.makeCore { $0.maximumHalfOpen = 2 }
    _ = core.handle(Self.join("a"), at: Self.time(0))
    _ = core.handle(Self.join("b"), at: Self.time(0))
    #expect(core.handle(Self.join("c", room: "s"), at: Self.time(0)) == .failed(.unavailable))
    var now = 0.0
    while let wake = core.nextWake, now < 120 {
      now = max(now, wake.nanoseconds == 0 ? 0 : Double(wake.nanoseconds) / 1e9)
      core.advance(to: Self.time(now))
      core.removeAllOutgoing()
    }
    #expect(closed(&core).sorted() == ["a setup-timeout", "b setup-timeout"])
    #expect(core.roomCount == 0)
    #expect(now < 60)
    guard case .joined = core.handle(Self.join("c", room: "s"), at: Self.time(now)) else {
      Issue.record("no place was freed")
      return
    }
  }

  @Test("stopping ends every session")
  func endAll() throws {
    var core = try Self.makeCore()
    _ = core.handle(Self.join("a"), at: Self.time(0))
    _ = core.handle(Self.join("b", room: "s"), at: Self.time(0))
    core.endAll(cause: "left", at: Self.time(1))
    #expect(closed(&core) == ["a left", "b left"])
    #expect(core.sessionCount == 0)
    #expect(core.roomCount == 0)
  }

  @Test("a wall clock that is set forth and back by hours ends nothing and delays nothing")
  func clockJumps() throws {
    var still = try Self.makeCore()
    var jumping = try Self.makeCore()
    for person in ["a", "b"] {
      _ = still.handle(Self.join(person), at: Self.time(0))
      _ = jumping.handle(Self.join(person), at: Self.time(0))
    }
    // Nobody ever connects, so that every timer of a session's setup runs out.
    let hours: [Int64] = [5, -9, 30, -48, 0, 700]
    var second = 0.0
    while second < 60 {
      second += 0.25
      let time = Self.time(second)
      let jump = hours[Int(second) % hours.count] * 3_600_000
      still.advance(to: time)
      jumping.advance(
        to: TurnTime(now: time.now, wallMilliseconds: time.wallMilliseconds + jump))
      #expect(jumping.sessionCount == still.sessionCount, "after \(second) s")
      #expect(jumping.nextWake == still.nextWake, "after \(second) s")
    }
    #expect(still.sessionCount == 0)
    #expect(closed(&jumping) == closed(&still))
  }
}
