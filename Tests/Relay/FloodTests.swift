import Glibc
import Testing
import Transport
import Wire

@testable import Relay

/// What many datagrams from few addresses, or few from many, may cost: bounded before any password or
/// key is tried, and nothing once it is over.
@Suite("Floods")
struct FloodTests {
  /// Where somebody without a password is.
  private let stranger = SocketAddress(ipv4: 0xCB00_7107, port: 4_000)

  /// The relay's credentials for one participant who was let in.
  private func join(_ core: inout RelayCore) throws -> ICECredentials {
    guard
      case .joined(let answer) = core.handle(RelayCoreTests.join("a"), at: RelayCoreTests.time(0))
    else { throw NativePeer.JoinRefused() }
    core.removeAllOutgoing()
    func value(_ name: String) throws -> String {
      let line = answer.answer.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name) }
      return String(try #require(line).dropFirst(name.count))
    }
    return ICECredentials(
      ufrag: try value("a=ice-ufrag:"), password: try value("a=ice-pwd:"))
  }

  private func check(_ credentials: ICECredentials, transaction: UInt32 = 1) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 200)
    var length: Int?
    do {
      var span = buffer.mutableSpan
      var bytes = span.mutableBytes
      var writer = STUNWriter(
        .request, transactionID: STUNTransactionID(high: transaction, low: 1), into: &bytes)
      writer.add(username: "\(credentials.ufrag):\(OfferText.ufrag)", to: &bytes)
      writer.add(priority: 1, to: &bytes)
      writer.add(iceControlling: 1, to: &bytes)
      writer.addIntegrity(key: HMACSHA1(password: credentials.password), to: &bytes)
      writer.addFingerprint(to: &bytes)
      length = writer.finish(in: &bytes)
    }
    return Array(buffer[..<(length ?? 0)])
  }

  private func send(
    _ bytes: [UInt8], to core: inout RelayCore, from source: SocketAddress,
    mapped: SocketAddress? = nil, at seconds: Double
  ) {
    var bytes = bytes
    bytes.withUnsafeMutableBytes {
      core.receive(
        $0, from: source, on: mapped == nil ? .only : .streams, mapped: mapped,
        at: RelayCoreTests.time(seconds))
    }
  }

  @Test("one address tries a hundred passwords a second, and the rest is dropped untried")
  func oneAddress() throws {
    var core = try RelayCoreTests.makeCore()
    var wrong = try join(&core)
    wrong.password = "a password of nobody's here"
    let flood = check(wrong)
    for number in 0..<50_000 {
      // From other ports of one address: a flood has as many as it likes.
      let source = SocketAddress(ipv4: stranger.ipv4, port: UInt16(1_024 + number % 60_000))
      send(flood, to: &core, from: source, at: 10 + Double(number) / 10_000)
    }
    // A hundred at once and a hundred in each of the five seconds.
    #expect(core.counters.droppedOverBudget >= 50_000 - 601)
    #expect(core.counters.droppedOverBudget <= 50_000 - 599)
    #expect(core.outgoingCount == 0)
    #expect(core.sessionCount == 1)
  }

  @Test("all strangers together try four thousand passwords a second")
  func manyAddresses() throws {
    var core = try RelayCoreTests.makeCore()
    var wrong = try join(&core)
    wrong.password = "a password of nobody's here"
    let flood = check(wrong)
    for number in 0..<60_000 {
      let source = SocketAddress(
        ipv4: UInt32(truncatingIfNeeded: number &* 2_654_435_761), port: 1_000)
      send(flood, to: &core, from: source, at: 10 + Double(number) / 30_000)
    }
    let tried = 60_000 - core.counters.droppedOverBudget
    #expect(tried <= 4_000 * 3 + 10)
    #expect(tried >= 4_000)
    #expect(core.routes.addressCount == 0)
  }

  @Test("a house that joins all at once is not held up: who knows the password costs nothing")
  func manyClients() throws {
    var core = try RelayCoreTests.makeCore()
    for number in 0..<300 {
      let reply = core.handle(
        RelayCoreTests.join("p\(number)", room: "room \(number)"), at: RelayCoreTests.time(0))
      guard case .joined(let answer) = reply else {
        Issue.record("refused")
        return
      }
      let lines = answer.answer.split(whereSeparator: \.isNewline)
      let ufrag = try #require(lines.first { $0.hasPrefix("a=ice-ufrag:") }).dropFirst(12)
      let password = try #require(lines.first { $0.hasPrefix("a=ice-pwd:") }).dropFirst(10)
      core.removeAllOutgoing()
      let credentials = ICECredentials(ufrag: String(ufrag), password: String(password))
      send(
        check(credentials), to: &core,
        from: SocketAddress(ipv4: stranger.ipv4, port: UInt16(2_000 + number)), at: 0)
      #expect(core.outgoingCount > 0)
    }
    #expect(core.counters.droppedOverBudget == 0)
    #expect(core.routes.addressCount == 300)
  }

  @Test("a flood from one address keeps no newcomer of another out")
  func newcomer() throws {
    var core = try RelayCoreTests.makeCore()
    let right = try join(&core)
    var wrong = right
    wrong.password = "a password of nobody's here"
    let flood = check(wrong)
    for _ in 0..<20_000 { send(flood, to: &core, from: stranger, at: 1) }
    send(
      check(right), to: &core, from: SocketAddress(ipv4: 0x0B00_0001, port: 5_000), at: 1)
    #expect(core.outgoingCount > 0)
    #expect(core.routes.addressCount == 1)
  }

  @Test("streams count by their client's address, not by the names we give them")
  func streams() throws {
    var core = try RelayCoreTests.makeCore()
    let right = try join(&core)
    var wrong = right
    wrong.password = "a password of nobody's here"
    func name(_ number: UInt64) -> SocketAddress {
      SocketAddress(high: 0x0100_0000_0000_0000, low: number, port: 1)
    }
    let flood = check(wrong)
    for _ in 0..<2_000 { send(flood, to: &core, from: name(1), mapped: stranger, at: 1) }
    #expect(core.counters.droppedOverBudget == 1_900)
    send(
      check(right), to: &core, from: name(2),
      mapped: SocketAddress(ipv4: 0x0B00_0001, port: 5_000), at: 1)
    #expect(core.outgoingCount > 0)
  }

  @Test("so many may be let in and not have connected, and no more; their time ends them")
  func halfOpen() throws {
    var core = try RelayCoreTests.makeCore { $0.maximumHalfOpen = 3 }
    func join(_ number: Int, at seconds: Double) -> RelayReply {
      core.handle(
        RelayCoreTests.join("p\(number)", room: "room \(number)"),
        at: RelayCoreTests.time(seconds))
    }
    for number in 0..<3 {
      guard case .joined = join(number, at: 0) else {
        Issue.record("refused")
        return
      }
    }
    #expect(join(3, at: 1) == .failed(.unavailable))
    #expect(core.sessionCount == 3)
    while let wake = core.nextWake, wake <= RelayCoreTests.time(60).now {
      core.advance(to: TurnTime(now: wake, wallMilliseconds: 0))
      core.removeAllOutgoing()
    }
    #expect(core.sessionCount == 0)
    guard case .joined = join(3, at: 60) else {
      Issue.record("refused although everybody has gone")
      return
    }
  }

  @Test("what the budget costs has a fixed size, and what is given back is not spent")
  func budget() {
    var budget = StrangerBudget(seed: 1)
    let now = MonotonicTime(nanoseconds: 5_000_000_000)
    var taken = 0
    for _ in 0..<1_000 where budget.take(stranger, at: now) { taken += 1 }
    #expect(taken == 100)
    budget.giveBack(stranger)
    var isTaken = budget.take(stranger, at: now)
    #expect(isTaken)
    isTaken = budget.take(stranger, at: now)
    #expect(!isTaken)
    isTaken = budget.take(stranger, at: now + .milliseconds(10))
    #expect(isTaken)
    // One household of IPv6 is one address.
    for port in 0..<200 {
      isTaken = budget.take(
        SocketAddress(high: 0x2001_0DB8_0000_0000, low: UInt64(port), port: 1), at: now)
    }
    #expect(!isTaken)
  }

  @Test("a million checks with a bad user name, and as many with a bad password: memory is flat")
  func aMillionChecks() async {
    await #expect(processExitsWith: .success) {
      var core = try RelayCoreTests.makeCore()
      let tests = FloodTests()
      var wrong = try tests.join(&core)
      wrong.password = "a password of nobody's here"
      let password = tests.check(wrong)
      var name = wrong
      name.ufrag = "00nobody"
      let nobody = tests.check(name)
      func flood(_ count: Int) {
        for bytes in [nobody, password] {
          var bytes = bytes
          for number in 0..<count {
            let source = SocketAddress(
              ipv4: UInt32(truncatingIfNeeded: number &* 2_654_435_761), port: 1_000)
            bytes.withUnsafeMutableBytes {
              core.receive($0, from: source, on: .only, at: RelayCoreTests.time(10))
            }
          }
        }
      }
      flood(20_000)
      let before = try residentBytes()
      flood(1_000_000)
      let grown = try residentBytes() - before
      #expect(grown < 1 << 20, "\(grown) bytes")
      #expect(core.counters.droppedUnknownUser == 1_020_000)
      #expect(core.outgoingCount == 0)
      #expect(core.routes.addressCount == 0)
    }
  }
}

/// The process's resident set, from the second field of /proc/self/statm (proc(5)), in bytes.
private func residentBytes() throws -> Int {
  let file = try #require(fopen("/proc/self/statm", "r"))
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  let count = fread(&line, 1, 255, file)
  let text = String(decoding: line[0..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  let pages = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
  return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}
