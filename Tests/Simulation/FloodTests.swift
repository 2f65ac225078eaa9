import MediaEngine
import NetworkSimulation
import Testing
import VisitSimulation
import Wire

/// What floods do to a call that is running, as far as it is a matter of state and not of processors:
/// nothing. (`Tests/Interop/test_floods.py` has the processors.)
@Suite("A flood beside a call")
struct FloodTests {
  private let attacker = SocketAddress(ipv4: 0xCB00_7107, port: 53)

  /// Datagrams of every class, well formed as far as somebody outside can form them.
  private func garbage(_ number: Int) -> [UInt8] {
    let body = (0..<(number % 1_400)).map { UInt8(truncatingIfNeeded: $0 &* number) }
    switch number % 6 {
    case 0: return [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + [UInt8](repeating: 7, count: 12)
    case 1: return [1, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + [UInt8](repeating: 7, count: 12)
    case 2: return [22, 254, 255] + [UInt8](repeating: 0, count: 8) + [0, 12] + body
    case 3: return [0x80, 111] + body
    case 4: return [0x80, 200] + body
    default: return [UInt8(truncatingIfNeeded: number)] + body
    }
  }

  @Test("garbage of every class from one address: no sound lost, nothing answered")
  func garbage() throws {
    let run = try PairRun(.good)
    run.run(for: .seconds(5))
    let before = run.both.map { $0.statistics.received.packetsLost }
    for number in 0..<20_000 {
      run.visit.inject(garbage(number), from: attacker)
      if number % 4 == 0 { run.run(for: .milliseconds(1)) }
    }
    run.run(for: .seconds(1))
    #expect(run.both.map { $0.statistics.received.packetsLost } == before)
    #expect(run.longestGap <= 0.02)
    #expect(run.disconnects == 0)
    #expect(run.visit.strayBytes[attacker] == nil)
    #expect(run.visit.sessionCount == 2)
  }

  @Test("garbage that claims to come from a party's own address: no sound lost")
  func spoofed() throws {
    let run = try PairRun(.good)
    run.run(for: .seconds(5))
    let before = run.both.map { $0.statistics.received.packetsLost }
    for number in 0..<20_000 {
      run.visit.inject(garbage(number), from: run.citizen.address)
      if number % 4 == 0 { run.run(for: .milliseconds(1)) }
    }
    run.run(for: .seconds(1))
    #expect(run.both.map { $0.statistics.received.packetsLost } == before)
    #expect(run.longestGap <= 0.02)
    #expect(run.disconnects == 0)
    #expect(run.visit.sessionCount == 2)
  }
}
