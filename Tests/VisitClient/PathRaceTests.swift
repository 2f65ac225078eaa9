import Testing
import Transport
import Wire

@testable import VisitClient

struct PathRaceTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime {
    .zero + .seconds(100) + .milliseconds(milliseconds)
  }

  private let tcp = PathTarget.tcp(SocketAddress(ipv4: 0xC000_0201, port: 443))
  private let tls = PathTarget.tls(SocketAddress(ipv4: 0xC000_0202, port: 443))
  private let first = LocalPath(rawValue: 0)
  private let second = LocalPath(rawValue: 1)
  private let stream = LocalPath(rawValue: 16)

  /// A race that began at 0 ms.
  private func race() -> PathRace {
    var race = PathRace(streams: [tcp, tls])
    _ = race.begin(at: at(0))
    return race
  }

  /// One whose UDP socket carries the call since 100 ms and is heard at `heard`.
  private func settled(at heard: Int64) -> PathRace {
    var race = race()
    for time in [100, 300, heard] {
      _ = race.advance(to: at(time), .init(selected: first, heard: at(time)))
    }
    return race
  }

  @Test func datagramsHaveAHeadStart() {
    var race = PathRace(streams: [tcp, tls])
    #expect(race.begin(at: at(0)) == [.open(first, .datagrams)])
    #expect(race.nextWake(after: at(0)) == at(250))
    #expect(race.advance(to: at(249), .init()) == [])
    #expect(
      race.advance(to: at(250), .init())
        == [.open(stream, tcp), .open(LocalPath(rawValue: 17), tls)])
    #expect(race.kind(of: stream) == .tcp)
  }

  @Test func whereDatagramsGetThroughNothingElseIsOpened() {
    var race = race()
    #expect(race.advance(to: at(100), .init(selected: first, heard: at(100))) == [])
    for time in stride(from: Int64(200), to: 20_000, by: 100) {
      #expect(race.advance(to: at(time), .init(selected: first, heard: at(time))) == [])
    }
  }

  @Test func whatLostTheRaceIsClosedOnceTheWinnerHasProvenItself() {
    var race = race()
    _ = race.advance(to: at(250), .init())
    race.connected(stream)
    // UDP answers late, and wins all the same.
    #expect(race.advance(to: at(400), .init(selected: first, heard: at(400))) == [])
    #expect(race.advance(to: at(3300), .init(selected: first, heard: at(3300))) == [])
    #expect(
      race.advance(to: at(3400), .init(selected: first, heard: at(3400)))
        == [.close(stream), .close(LocalPath(rawValue: 17))])
  }

  @Test func behindAConnectionTheSocketStaysOpen() {
    var race = race()
    _ = race.advance(to: at(250), .init())
    race.connected(stream)
    _ = race.advance(to: at(400), .init(selected: stream, heard: at(400)))
    #expect(
      race.advance(to: at(3400), .init(selected: stream, heard: at(3400)))
        == [.close(LocalPath(rawValue: 17))])
    #expect(race.kind(of: first) == .udp)
  }

  @Test func aNameThatIsLookedUpLateJoinsTheRace() {
    var race = PathRace(streams: [])
    _ = race.begin(at: at(0))
    #expect(race.offer([tls], at: at(100)) == [], "not before its time")
    var other = PathRace(streams: [])
    _ = other.begin(at: at(0))
    _ = other.advance(to: at(250), .init())
    #expect(other.offer([tls], at: at(400)) == [.open(stream, tls)])
    #expect(other.offer([tls], at: at(500)) == [])
  }

  @Test func anotherAddressGetsAnotherSocketBesideTheOldOne() {
    var race = settled(at: 10_000)
    #expect(race.addressChanged(at: at(10_100)) == [.open(second, .datagrams)])
    #expect(race.kind(of: first) == .udp, "it may be the one that heals")
    // The new one carries the call: the old one is closed.
    _ = race.advance(to: at(10_200), .init(selected: second, heard: at(10_200)))
    #expect(
      race.advance(to: at(13_200), .init(selected: second, heard: at(13_200))) == [.close(first)])
  }

  @Test func aNetworkWithoutDatagramsIsFoundOutBeforeASecondIsLost() {
    var race = settled(at: 10_000)
    _ = race.addressChanged(at: at(10_100))
    let standing = PathRace.Standing(selected: first, heard: at(10_000))
    #expect(race.advance(to: at(10_349), standing) == [])
    #expect(
      race.advance(to: at(10_350), standing)
        == [.open(stream, tcp), .open(LocalPath(rawValue: 17), tls)])
  }

  @Test func aChangeThatHurtNothingOpensNoConnections() {
    var race = settled(at: 10_000)
    _ = race.addressChanged(at: at(10_100))
    #expect(race.advance(to: at(10_350), .init(selected: first, heard: at(10_300))) == [])
  }

  @Test func silenceOpensAnotherSocketThenConnections() {
    var race = settled(at: 10_000)
    let standing = PathRace.Standing(selected: first, heard: at(10_000))
    #expect(race.nextWake(after: at(10_000)) == at(10_700))
    #expect(race.advance(to: at(10_700), standing) == [.open(second, .datagrams)])
    #expect(race.advance(to: at(10_949), standing) == [])
    #expect(
      race.advance(to: at(10_950), standing)
        == [.open(stream, tcp), .open(LocalPath(rawValue: 17), tls)])
  }

  @Test func aLongOutageKeepsTryingWithFewSockets() {
    var race = settled(at: 10_000)
    let standing = PathRace.Standing(selected: first, heard: at(10_000))
    var open: [LocalPath: PathTarget] = [first: .datagrams]
    var opened: [PathKind: Int] = [:]
    for time in stride(from: Int64(10_050), through: 40_000, by: 50) {
      for action in race.advance(to: at(time), standing) {
        switch action {
        case .open(let path, let target):
          #expect(open.updateValue(target, forKey: path) == nil)
          opened[target.kind, default: 0] += 1
        case .close(let path):
          #expect(path != first, "the selected path is the transport's to give up")
          open[path] = nil
        }
      }
      #expect(open.count <= 4)
    }
    #expect((5...7).contains(opened[.udp] ?? 0))
    // TCP's own repetitions would come half a minute apart by now.
    #expect((13...16).contains(opened[.tcp] ?? 0))
    #expect((13...16).contains(opened[.tls] ?? 0))
  }

  @Test func aConnectionThatCarriedTheCallIsReplacedWhenItBreaks() {
    var race = race()
    _ = race.advance(to: at(250), .init())
    race.connected(stream)
    _ = race.advance(to: at(400), .init(selected: stream, heard: at(400)))
    _ = race.advance(to: at(3400), .init(selected: stream, heard: at(3400)))
    let replaced = race.ended(stream, at: at(5000))
    #expect(replaced == [.open(LocalPath(rawValue: 18), tls)], "the one that has just failed waits")
    #expect(
      race.advance(to: at(5100), .init(heard: at(5000)))
        == [.open(LocalPath(rawValue: 19), tcp)])
  }

  @Test func aRefusedConnectionIsTriedAgainInGrowingPauses() {
    var race = PathRace(streams: [tcp])
    _ = race.begin(at: at(0))
    var path = stream
    var opened: [Int64] = []
    for time in stride(from: Int64(0), to: 6000, by: 50) {
      for action in race.advance(to: at(time), .init()) {
        guard case .open(let new, tcp) = action else { continue }
        path = new
        opened.append(time)
        #expect(race.ended(path, at: at(time)) == [])
      }
    }
    #expect(opened == [250, 350, 850, 1850, 3850, 5850])
  }

  @Test func connectionsFromTheOldAddressAreMadeAnew() {
    var race = race()
    _ = race.advance(to: at(250), .init())
    race.connected(stream)
    _ = race.advance(to: at(400), .init(selected: stream, heard: at(400)))
    _ = race.advance(to: at(3400), .init(selected: stream, heard: at(3400)))
    #expect(
      race.addressChanged(at: at(5000)) == [
        .open(second, .datagrams), .open(LocalPath(rawValue: 18), tcp),
        .open(LocalPath(rawValue: 19), tls),
      ])
    #expect(race.kind(of: stream) == .tcp, "until another one carries the call")
  }

  @Test func numbersAreUsedAgainLast() {
    var numbers = PathNumbers()
    var seen: Set<LocalPath> = []
    for _ in 0..<16 { seen.insert(numbers.take(.udp, besides: [])) }
    #expect(seen.count == 16)
    #expect(numbers.take(.udp, besides: [first]) == second)
    #expect(numbers.take(.tls, besides: []).isStream)
  }
}

struct StreamQueueTests {
  private func packet(_ mark: UInt8, _ count: Int = 1000) -> [UInt8] {
    [UInt8](repeating: mark, count: count)
  }

  private func drain(_ queue: inout StreamQueue) -> [UInt8] {
    var marks: [UInt8] = []
    while let next = queue.next() { marks.append(next[0]) }
    return marks
  }

  @Test func soundGoesBeforePictureThatWaits() {
    var queue = StreamQueue()
    queue.append(packet(1), .picture)
    queue.append(packet(2), .sound)
    queue.append(packet(3), .picture)
    queue.append(packet(4), .sound)
    #expect(drain(&queue) == [2, 4, 1, 3])
    #expect(queue.isEmpty)
  }

  @Test func tooMuchPictureDropsTheOldestPicture() {
    var queue = StreamQueue()
    queue.append(packet(200), .sound)
    for mark in 0..<60 { queue.append(packet(UInt8(mark)), .picture) }
    #expect(queue.bytes <= StreamQueue.pictureCapacity + 1000)
    #expect(queue.dropped == 11)
    #expect(drain(&queue) == [200] + (11..<60).map { UInt8($0) })
  }

  @Test func soundPushesPictureOutAndThenOldSound() {
    var queue = StreamQueue()
    for _ in 0..<40 { queue.append(packet(0), .picture) }
    for mark in 1...80 { queue.append(packet(UInt8(mark)), .sound) }
    #expect(queue.bytes <= StreamQueue.capacity)
    let marks = drain(&queue)
    #expect(!marks.contains(0), "no picture is kept for which sound is dropped")
    #expect(marks.last == 80)
    #expect(marks == (16...80).map { UInt8($0) })
  }
}

struct SourceAddressesTests {
  private let relay = [
    SocketAddress(ipv4: 0xC000_0201, port: 50_000), SocketAddress(high: 1, low: 2, port: 50_000),
  ]
  private let home = SocketAddress(ipv4: 0x0A00_0001, port: 0)
  private let mobile = SocketAddress(ipv4: 0x6440_0001, port: 0)

  @Test func onlyAnotherAddressTowardsTheRelayIsAChange() {
    var (v4, v6): (SocketAddress?, SocketAddress?) = (home, nil)
    let source = { (destination: SocketAddress) in destination.isIPv4 ? v4 : v6 }
    var sources = SourceAddresses(towards: relay, source: source)
    #expect(sources.look(source: source) == .same)
    v4 = nil
    #expect(sources.look(source: source) == .gone)
    #expect(sources.look(source: source) == .same)
    v4 = home
    #expect(sources.look(source: source) == .back)
    v4 = mobile
    #expect(sources.look(source: source) == .changed)
    #expect(sources.look(source: source) == .same)
    v6 = SocketAddress(high: 5, low: 6, port: 0)
    #expect(sources.look(source: source) == .back, "a way that was not there before")
  }

  @Test func whoComesBackUnderAnotherAddressHasMoved() {
    var v4: SocketAddress? = home
    var sources = SourceAddresses(towards: relay) { $0.isIPv4 ? v4 : nil }
    v4 = nil
    _ = sources.look { $0.isIPv4 ? v4 : nil }
    v4 = mobile
    #expect(sources.look { $0.isIPv4 ? v4 : nil } == .changed)
  }

  @Test func theMachineKnowsItsAddressTowardsItself() {
    let loopback = SocketAddress(ipv4: 0x7F00_0001, port: 9)
    #expect(SourceAddresses.now(loopback) == SocketAddress(ipv4: 0x7F00_0001, port: 0))
  }
}
