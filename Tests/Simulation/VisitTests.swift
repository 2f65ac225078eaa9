import MediaEngine
import NetworkSimulation
import Relay
import Testing
import VisitSimulation
import Wire

@Suite("A visit through the emulated network")
struct VisitTests {
  /// Whom the relay told what about, in order.
  private func words(_ visit: SimulatedVisit) -> [String] {
    visit.relayEvents.compactMap { event in
      switch event {
      case .connected(let who, _, _): "connected \(who.participant)"
      case .interrupted(let who, _, _): "interrupted \(who.participant)"
      case .resumed(let who, _, _): "resumed \(who.participant)"
      case .closed(let who, let cause, _): "closed \(who.participant) \(cause)"
      default: nil
      }
    }
  }

  @Test("on a good network everything arrives: every moment of speech and every picture")
  func good() throws {
    let run = try PairRun(.good)
    run.run(for: .seconds(20))
    for (party, peer) in [(run.worker, run.citizen), (run.citizen, run.worker)] {
      #expect(party.isSecured)
      #expect(!party.usesStream)
      #expect(party.ears[0].longestGap <= .milliseconds(20))
      let figures = party.statistics.received
      #expect(figures.packetsLost == 0)
      #expect(figures.keyFrameRequests == 0)
      #expect(figures.framesDropped == 0)
      // All but those on their way.
      #expect(Int64(party.eye().shown) >= peer.statistics.sent.framesEncoded - 25)
    }
    #expect(words(run.visit) == ["connected worker", "connected citizen"])
  }

  @Test("one seed gives one visit, to the last bit that reaches the relay, keys and nonces too")
  func repeatable() throws {
    func course() throws -> (figures: [MediaStatistics], packets: [Int]) {
      let run = try PairRun(.loss5)
      var packets: [Int] = []
      run.visit.tap = { [unowned visit = run.visit] bytes in
        // FNV-1a
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(visit.now.nanoseconds)
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        packets.append(Int(truncatingIfNeeded: hash))
      }
      run.run(for: .seconds(10))
      return (run.both.map(\.statistics), packets)
    }
    let (first, again) = (try course(), try course())
    #expect(first.figures == again.figures)
    #expect(first.packets.count > 2_000)
    #expect(first.packets == again.packets)
    // The citizen, whose line it is, has something to lose.
    #expect(first.figures[1].received.packetsLost > 0)
  }

  @Test("nothing but checks is sent into a silence, and what follows it begins with a keyframe")
  func silence() throws {
    let run = try PairRun(.good)
    run.run(for: .seconds(5))
    run.visit.setCut(run.citizen, up: true, down: true)
    run.run(for: .seconds(3))
    let before = run.visit.network.tally(of: run.citizen.down).sent
    run.run(for: .seconds(7))
    // At most ten checks a second.
    #expect(run.visit.network.tally(of: run.citizen.down).sent - before <= 75)
    let keyframes = run.worker.statistics.sent.keyFramesEncoded
    let shown = run.citizen.eye().shown
    run.visit.setCut(run.citizen, up: false, down: false)
    run.run(for: .milliseconds(1_500))
    #expect(run.worker.statistics.sent.keyFramesEncoded > keyframes)
    #expect(run.citizen.eye().shown > shown)
    #expect(words(run.visit).suffix(2) == ["interrupted citizen", "resumed citizen"])
  }

  @Test("one who is gone for good is let go, and the other one told")
  func gone() throws {
    let run = try PairRun(.good)
    run.run(for: .seconds(5))
    run.visit.setCut(run.citizen, up: true)
    run.run(for: .seconds(60))
    #expect(words(run.visit).last == "closed citizen consent-expired")
    #expect(run.visit.sessionCount == 1)
    #expect(run.visit.occupant(of: 0, for: run.worker) == nil)
  }

  @Test("a restart of ICE is not heard: the old path carries the call until the new one does")
  func restart() throws {
    let run = try PairRun(.good)
    run.run(for: .seconds(5))
    #expect(try run.visit.restart(run.citizen))
    run.run(for: .seconds(10))
    #expect(run.citizen.signallingCount == 1)
    #expect(run.longestGap <= 0.02)
    #expect(run.visit.sessionCount == 2)
    #expect(run.disconnects == 0)
  }

  @Test("a restart that does not reach the service changes nothing")
  func restartRefused() throws {
    let run = try PairRun(.good)
    run.run(for: .seconds(5))
    run.visit.isSignallingCut = true
    #expect(try !run.visit.restart(run.citizen))
    run.run(for: .seconds(10))
    #expect(run.longestGap <= 0.02)
    #expect(run.disconnects == 0)
  }

  @Test("one who joins again replaces the earlier session and is heard again at once")
  func rejoin() throws {
    let run = try PairRun(.good)
    run.run(for: .seconds(5))
    let first = run.citizen.session
    #expect(try run.visit.join(run.citizen))
    #expect(run.citizen.session != first)
    run.run(for: .seconds(5))
    #expect(run.visit.sessionCount == 2)
    #expect(words(run.visit).contains("closed citizen replaced"))
    for party in run.both {
      let last = try #require(party.ears[0].lastHeard)
      #expect(run.visit.now - last < .milliseconds(100))
      #expect(party.ears[0].longestGap < .seconds(1))
    }
  }
}
