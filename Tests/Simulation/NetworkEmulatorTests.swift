import Testing
import Wire

@Suite("The emulated network itself")
struct NetworkEmulatorTests {
  private let a = SocketAddress(ipv4: 0x0A00_0001, port: 1)
  private let b = SocketAddress(ipv4: 0x0A00_0002, port: 2)

  private func at(_ milliseconds: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: Int64(milliseconds * 1e6))
  }

  /// Sends `count` numbered datagrams 10 ms apart; what arrives, in order, with its time.
  private func run(
    _ link: NetworkEmulator.Link, count: Int, size: Int = 4, seed: UInt64 = 1
  ) -> [(number: Int, time: MonotonicTime)] {
    var network = NetworkEmulator(seed: seed)
    network.set(link, from: a, to: b)
    for number in 0..<count {
      var bytes = [UInt8](repeating: 0, count: size)
      for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * index)) }
      network.send(
        .init(source: a, destination: b, bytes: bytes), at: at(Double(number) * 10))
    }
    var arrived: [(Int, MonotonicTime)] = []
    while let time = network.nextArrival, let datagram = network.receive(at: time) {
      arrived.append((datagram.bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }, time))
    }
    return arrived
  }

  @Test("a perfect link delivers everything in order after exactly its delay")
  func perfect() {
    let arrived = run(.init(delay: .milliseconds(30)), count: 100)
    #expect(arrived.map(\.number) == Array(0..<100))
    #expect(arrived.enumerated().allSatisfy { $1.time == at(Double($0) * 10 + 30) })
  }

  @Test("nothing arrives before its time")
  func notEarly() {
    var network = NetworkEmulator(seed: 1, link: .init(delay: .milliseconds(30)))
    network.send(.init(source: a, destination: b, bytes: [1]), at: .zero)
    let early = network.receive(at: at(29.999))
    #expect(early == nil)
    let due = network.receive(at: at(30))
    #expect(due?.bytes == [1])
  }

  @Test("the share lost is the share asked for, alone or in bursts", arguments: [1.0, 4.0])
  func loss(meanBurst: Double) {
    var link = NetworkEmulator.Link(delay: .zero, loss: 0.05)
    link.meanBurst = meanBurst
    let arrived = Set(run(link, count: 20_000).map(\.number))
    let lost = 1 - Double(arrived.count) / 20_000
    #expect(abs(lost - 0.05) < 0.01)
    let bursts = (1..<20_000).count { !arrived.contains($0) && arrived.contains($0 - 1) }
    let meanLength = Double(20_000 - arrived.count) / Double(max(bursts, 1))
    #expect(abs(meanLength - meanBurst) < meanBurst * 0.2)
  }

  @Test("jitter delays within its bound and keeps the order, reordering breaks it")
  func order() {
    let jittered = run(.init(delay: .milliseconds(5), jitter: .milliseconds(40)), count: 1_000)
    #expect(jittered.map(\.number) == Array(0..<1_000))
    #expect(jittered.enumerated().allSatisfy { $1.time <= at(Double($0) * 10 + 45) })
    var link = NetworkEmulator.Link(delay: .milliseconds(5))
    link.reorder = 0.1
    let reordered = run(link, count: 1_000).map(\.number)
    #expect(reordered.sorted() == Array(0..<1_000))
    #expect(reordered != Array(0..<1_000))
  }

  @Test("a duplicated datagram arrives twice")
  func duplicates() {
    var link = NetworkEmulator.Link(delay: .zero)
    link.duplicate = 1
    #expect(run(link, count: 3).map(\.number) == [0, 0, 1, 1, 2, 2])
  }

  @Test("a narrow line spaces datagrams out and drops what its queue cannot hold")
  func bandwidth() {
    var link = NetworkEmulator.Link(delay: .zero)
    // One 972-byte datagram (1000 on the line) takes 20 ms and comes every 10 ms.
    link.bitsPerSecond = 400_000
    link.queueBytes = 5_000
    let arrived = run(link, count: 200, size: 972)
    let gaps = zip(arrived, arrived.dropFirst()).map { ($1.time - $0.time).milliseconds }
    #expect(gaps.allSatisfy { $0 >= 19.999 })
    #expect(abs(arrived.count - 100) < 10)
  }

  @Test("a cut link delivers nothing, and one seed gives one run")
  func repeatable() {
    var link = NetworkEmulator.Link(delay: .milliseconds(5), jitter: .milliseconds(9), loss: 0.3)
    let first = run(link, count: 500, seed: 7)
    let second = run(link, count: 500, seed: 7)
    let other = run(link, count: 500, seed: 8)
    #expect(first.map(\.number) == second.map(\.number))
    #expect(first.map(\.time) == second.map(\.time))
    #expect(first.map(\.number) != other.map(\.number))
    link.isCut = true
    #expect(run(link, count: 10).isEmpty)
  }
}
