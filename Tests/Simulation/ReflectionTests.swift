import NetworkSimulation
import Testing
import VisitSimulation
import Wire

@Suite("What a spoofed source can make the relay send")
struct ReflectionTests {
  private let victim = SocketAddress(ipv4: 0xCB00_7107, port: 53)

  /// A relay with one session, and a genuine check of its client that an eavesdropper has. The client
  /// itself is never heard again.
  private func eavesdropped() throws -> (visit: SimulatedVisit, check: [UInt8]) {
    let visit = try SimulatedVisit(seed: 11)
    let client = try visit.add("citizen", access: .office)
    var check: [UInt8] = []
    visit.tap = { if check.isEmpty { check = Array($0) } }
    try visit.join(client)
    visit.run(for: .milliseconds(11))
    visit.tap = nil
    visit.setCut(client, up: true)
    try #require(check.count > 20 && check[0] < 4)
    return (visit, check)
  }

  @Test("replayed checks in any number send a victim at most 1.6 times their bytes")
  func replayed() throws {
    let (visit, check) = try eavesdropped()
    for _ in 0..<500 {
      visit.inject(check, from: victim)
      visit.run(for: .milliseconds(10))
    }
    visit.run(for: .seconds(60))
    let sent = visit.strayBytes[victim] ?? 0
    #expect(sent > 0)
    #expect(Double(sent) <= 1.6 * Double(500 * check.count))
  }

  @Test("one replayed check is not a way to make the relay go on sending")
  func once() throws {
    let (visit, check) = try eavesdropped()
    visit.inject(check, from: victim)
    visit.run(for: .seconds(120))
    let sent = visit.strayBytes[victim] ?? 0
    // One check of our own, no longer than that one, and an answer of at most two thirds of it.
    #expect(sent > 0)
    #expect(3 * sent <= 5 * check.count)
    visit.run(for: .seconds(600))
    #expect(visit.strayBytes[victim] ?? 0 == sent)
  }
}
