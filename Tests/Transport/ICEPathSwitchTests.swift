import Testing
import Wire

@testable import Transport

/// How long sound is away when the network changes under a call, in either direction, with nothing
/// but what the two ends find out for themselves.
@Suite("A change of network")
struct ICEPathSwitchTests {
  private static let wifi = LocalPath(rawValue: 1)
  private static let mobile = LocalPath(rawValue: 2)
  private static let wifiAddress = SocketAddress(ipv4: 0xC000_0201, port: 1_111)
  private static let mobileAddress = SocketAddress(ipv4: 0x5D00_0001, port: 2_222)

  @Test(
    "a NAT gives the client another address: at most 450 ms beyond the round trip",
    arguments: [10, 50, 150] as [Int64])
  func rebinding(oneWay: Int64) throws {
    let pair = try call(over: [Self.wifi], oneWay: oneWay)
    var sequence: UInt16 = 0
    _ = pair.talk(for: .seconds(5), from: &sequence)
    pair.clientAddresses[Self.wifi] = SocketAddress(ipv4: 0xC000_0201, port: 40_404)
    let gap = pair.talk(for: .seconds(5), from: &sequence)
    #expect(gap <= .milliseconds(450 + 2 * oneWay))
    #expect(gap < .seconds(1))
    #expect(!pair.clientEvents.contains(.consentLost))
  }

  @Test(
    "Wi-Fi dies without a word, mobile data is there: under a second",
    arguments: [10, 50, 100] as [Int64])
  func silentDeath(oneWay: Int64) throws {
    let pair = try call(over: [Self.wifi, Self.mobile], oneWay: oneWay)
    var sequence: UInt16 = 0
    _ = pair.talk(for: .seconds(5), from: &sequence)
    #expect(pair.client.localPath == Self.wifi)
    kill(Self.wifi, of: pair)
    let gap = pair.talk(for: .seconds(5), from: &sequence)
    #expect(pair.client.localPath == Self.mobile)
    #expect(gap <= .milliseconds(680 + 2 * oneWay))
    #expect(gap < .seconds(1))
  }

  @Test("Wi-Fi dies without a word, and mobile data comes up 300 ms later: under a second")
  func newPathBesideADyingOne() throws {
    let pair = try call(over: [Self.wifi], oneWay: 50)
    var sequence: UInt16 = 0
    _ = pair.talk(for: .seconds(5), from: &sequence)
    kill(Self.wifi, of: pair)
    let before = pair.talk(for: .milliseconds(300), from: &sequence)
    pair.clientAddresses[Self.mobile] = Self.mobileAddress
    pair.client.addLocalPath(Self.mobile, cost: 5, now: pair.now)
    let after = pair.talk(for: .seconds(3), from: &sequence)
    #expect(before + after < .seconds(1))
    #expect(pair.client.localPath == Self.mobile)
  }

  @Test("the client knows that its network is gone, and another comes: a round trip or two")
  func knownDeath() throws {
    let pair = try call(over: [Self.wifi], oneWay: 50)
    var sequence: UInt16 = 0
    _ = pair.talk(for: .seconds(5), from: &sequence)
    pair.clientAddresses[Self.mobile] = Self.mobileAddress
    pair.client.removeLocalPath(Self.wifi, now: pair.now)
    pair.client.addLocalPath(Self.mobile, cost: 0, now: pair.now)
    let gap = pair.talk(for: .seconds(3), from: &sequence)
    #expect(gap <= .milliseconds(350))
  }

  @Test("a network that comes up beside a good one costs the call nothing")
  func newPathBesideAGoodOne() throws {
    let pair = try call(over: [Self.wifi], oneWay: 50)
    var sequence: UInt16 = 0
    _ = pair.talk(for: .seconds(5), from: &sequence)
    pair.clientAddresses[Self.mobile] = Self.mobileAddress
    pair.client.addLocalPath(Self.mobile, cost: 5, now: pair.now)
    let gap = pair.talk(for: .seconds(20), from: &sequence)
    #expect(gap <= .milliseconds(70))
    #expect(pair.client.localPath == Self.wifi)
  }

  @Test("a network that comes and goes every two seconds is not gone back to each time")
  func flapping() throws {
    let pair = try call(over: [Self.wifi, Self.mobile], oneWay: 20)
    // Wi-Fi is the better one whenever it is there.
    let slow: SecurePair.Link = { datagram in
      [(datagram, self.path(of: datagram, in: pair) == Self.mobile ? .milliseconds(60) : .zero)]
    }
    pair.link = slow
    var sequence: UInt16 = 0
    _ = pair.talk(for: .seconds(5), from: &sequence)
    #expect(pair.client.localPath == Self.wifi)
    var lost = TimeSpan.zero
    for round in 0..<20 {
      pair.link = { datagram in
        round.isMultiple(of: 2) && self.path(of: datagram, in: pair) == Self.wifi
          ? [] : slow(datagram)
      }
      lost = max(lost, pair.talk(for: .seconds(2), from: &sequence))
    }
    let moves = pair.clientEvents.count { if case .pathChanged = $0 { true } else { false } }
    #expect(moves <= 12)
    #expect(lost < .seconds(1))
  }

  @Test(
    "after 30 s without any network sound is back within a second of it",
    arguments: [10, 50, 100] as [Int64])
  func outage(oneWay: Int64) throws {
    for length in stride(from: 29_500, through: 30_500, by: 125) as StrideThrough<Int64> {
      let pair = try call(over: [Self.wifi], oneWay: oneWay)
      var sequence: UInt16 = 0
      _ = pair.talk(for: .seconds(3), from: &sequence)
      pair.link = { _ in [] }
      _ = pair.talk(for: .milliseconds(length), from: &sequence)
      pair.link = { [($0, .zero)] }
      let gap = pair.talk(for: .seconds(3), from: &sequence)
      #expect(gap <= .milliseconds(400 + 4 * oneWay), "\(length) ms")
      #expect(gap < .seconds(1))
      #expect(pair.client.localPath == Self.wifi)
    }
  }

  @Test("after 30 s without any network the other one may be the first that is back")
  func otherNetworkIsBackFirst() throws {
    let pair = try call(over: [Self.wifi, Self.mobile], oneWay: 50)
    var sequence: UInt16 = 0
    _ = pair.talk(for: .seconds(3), from: &sequence)
    pair.link = { _ in [] }
    _ = pair.talk(for: .seconds(30), from: &sequence)
    kill(Self.wifi, of: pair)
    let gap = pair.talk(for: .seconds(3), from: &sequence)
    #expect(gap < .seconds(1))
    #expect(pair.client.localPath == Self.mobile)
  }

  @Test("in an outage neither end sends more than a few checks a second")
  func outageIsQuiet() throws {
    let pair = try call(over: [Self.wifi], oneWay: 50)
    pair.run(for: .seconds(3))
    pair.link = { _ in [] }
    pair.run(for: .seconds(10))
    let before = pair.sent.count
    pair.run(for: .seconds(20))
    let checks = pair.sent.count - before
    #expect(checks <= 2 * 20 * 4)
    #expect(checks >= 2 * 20 * 2)
  }

  private func call(over paths: [LocalPath], oneWay: Int64) throws -> SecurePair {
    var options = SecurePair.Options()
    options.hasCandidate = false
    let pair = try SecurePair(options)
    pair.delay = .milliseconds(oneWay)
    pair.clientAddresses = [:]
    for path in paths {
      pair.clientAddresses[path] = path == Self.wifi ? Self.wifiAddress : Self.mobileAddress
      pair.client.addLocalPath(path, cost: path == Self.wifi ? 0 : 5, now: pair.now)
    }
    pair.client.addRemoteCandidate(SecurePair.relayAddress, now: pair.now)
    #expect(pair.connect())
    return pair
  }

  private func kill(_ path: LocalPath, of pair: SecurePair) {
    pair.link = { self.path(of: $0, in: pair) == path ? [] : [($0, .zero)] }
  }

  private func path(of datagram: Datagram, in pair: SecurePair) -> LocalPath? {
    guard !datagram.isFromClient else { return datagram.localPath }
    return pair.clientAddresses.first { $0.value == datagram.destination }?.key
  }
}
