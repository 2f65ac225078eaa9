import Testing
import Wire

@testable import Relay

@Suite("Whose datagram it is")
struct RouteTableTests {
  private let address = SocketAddress(ipv4: 0x0A00_0001, port: 5_000)

  @Test("an address that joined again leads to the new session, also after the old one ends")
  func moved() {
    var routes = RouteTable(capacity: 4)
    routes.learn(address, of: 0)
    routes.learn(address, of: 1)
    #expect(routes.session(of: address) == 1)
    routes.forget(address, of: 0)
    routes.forgetAll(of: 0)
    #expect(routes.session(of: address) == 1)
    routes.forgetAll(of: 1)
    #expect(routes.session(of: address) == nil)
    #expect(routes.addressCount == 0)
  }

  @Test("addresses by the thousand come and go as in a dictionary")
  func churn() {
    var table = AddressTable(capacity: 4)
    var model: [SocketAddress: Int32] = [:]
    var random = RelayRandom.seeded(7)
    for session: Int32 in 0..<20_000 {
      let draw = random.next()
      // Few addresses and ports, so that each comes, goes and is met again many times.
      let address = SocketAddress(
        high: draw >> 60 & 1, low: draw & 0xFF, port: UInt16(1 + draw >> 32 & 7))
      #expect(table.find(address) == model[address])
      if draw >> 48 & 1 == 0 {
        #expect(table.set(address, to: session) == model.updateValue(session, forKey: address))
      } else {
        table.remove(address)
        model[address] = nil
      }
      #expect(table.count == model.count)
    }
    for (address, session) in model { #expect(table.find(address) == session) }
  }

  @Test("user fragments differ by every byte and by length")
  func fragments() throws {
    let texts = ["abcd", "abce", "bbcd", "abc", "abcdabcdabcdabcd", "bbcdabcdabcdabcd"]
    let keys = texts.compactMap { RouteTable.UserFragment($0) }
    #expect(Set(keys).count == texts.count)
    #expect(RouteTable.UserFragment("") == nil)
    #expect(RouteTable.UserFragment("abcdabcdabcdabcda") == nil)
  }
}

@Suite("Who wants to be woken")
struct WakeTableTests {
  /// A time on a tick.
  private func at(_ value: Int64) -> MonotonicTime { .zero + WakeTable.tick * value }

  @Test("wishes within a tick are granted together, at its end and never before they are due")
  func ticks() {
    var table = WakeTable(capacity: 3)
    table.set(0, to: at(3) + TimeSpan(nanoseconds: 1))
    table.set(1, to: at(4) - TimeSpan(nanoseconds: 1))
    table.set(2, to: at(4) + TimeSpan(nanoseconds: 1))
    #expect(table.nextWake == at(4))
    let due = table.takeDue(at: at(4)).sorted()
    #expect(due == [0, 1])
  }

  @Test("the earliest wish is the next wake, and each is granted once")
  func order() {
    var table = WakeTable(capacity: 3)
    #expect(table.nextWake == nil)
    table.set(0, to: at(30))
    table.set(1, to: at(10))
    table.set(2, to: at(20))
    #expect(table.nextWake == at(10))
    let due = table.takeDue(at: at(20))
    #expect(due == [1, 2])
    #expect(table.nextWake == at(30))
    let again = table.takeDue(at: at(25))
    #expect(again == [])
  }

  @Test("a wish put off costs a look, never a late wake")
  func postponed() {
    var table = WakeTable(capacity: 1)
    table.set(0, to: at(10))
    table.set(0, to: at(50))
    #expect(table.nextWake.map { $0 <= at(50) } == true)
    let early = table.takeDue(at: at(10))
    #expect(early == [])
    #expect(table.nextWake == at(50))
    table.set(0, to: nil)
    #expect(table.nextWake == nil)
  }

  @Test("whatever is wished, put off and taken back, everybody is called in the right tick")
  func agreesWithAList() {
    var random = RelayRandom.seeded(7)
    var table = WakeTable(capacity: 40)
    var wishes = [MonotonicTime?](repeating: nil, count: 40)
    var now = at(0)
    for _ in 0..<20_000 {
      let index = Int.random(in: 0..<40, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0:
        table.set(index, to: nil)
        wishes[index] = nil
      case 1...4:
        // Some in the past, some seconds ahead.
        let wish =
          now + TimeSpan(nanoseconds: .random(in: -5_000_000...3_000_000_000, using: &random))
        let tick = WakeTable.tick.nanoseconds
        table.set(index, to: wish)
        wishes[index] = MonotonicTime(nanoseconds: (wish.nanoseconds + tick - 1) / tick * tick)
      default:
        let farthest: Int64 = index == 0 ? 4_000_000_000 : 40_000_000
        now = now + TimeSpan(nanoseconds: .random(in: 0...farthest, using: &random))
        let expected = wishes.indices.filter { wishes[$0].map { $0 <= now } ?? false }
        let due = table.takeDue(at: now).map { Int($0) }.sorted()
        #expect(due == expected)
        for index in expected { wishes[index] = nil }
      }
      let earliest = wishes.compactMap { $0 }.min()
      #expect((table.nextWake == nil) == (earliest == nil))
      if let wake = table.nextWake, let earliest { #expect(wake <= max(earliest, now)) }
    }
  }
}

@Suite("Noncopyable elements under numbers")
struct SlabTests {
  private final class Counter {
    var ended = 0
  }

  private struct Resource: ~Copyable {
    let counter: Counter
    var value: Int

    deinit { counter.ended += 1 }
  }

  @Test("each element is ended exactly once, by removal or with the slab")
  func endings() {
    let counter = Counter()
    do {
      var slab = Slab<Resource>(capacity: 4)
      for value in 0..<4 { _ = slab.insert(Resource(counter: counter, value: value)) }
      slab.remove(1)
      #expect(counter.ended == 1)
      #expect(slab.insert(Resource(counter: counter, value: 9)) == 1)
      slab[1].value += 1
      #expect(slab[1].value == 10)
      slab.remove(3)
      #expect(slab.limit == 3)
      #expect(slab.count == 3)
    }
    #expect(counter.ended == 5)
  }
}
