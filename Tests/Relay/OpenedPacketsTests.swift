import Testing
import Transport
import Wire

@testable import Relay

@Suite("Packets that are opened together")
struct OpenedPacketsTests {
  @Test("nothing is forwarded before it is asked for, and then all of it, in order")
  func together() throws {
    var visit = try ConnectedVisit(outgoingCapacity: 2_048)
    try visit.connect()
    let places = try visit.take(OpenedPackets.capacity)
    defer { places.forEach { $0.deallocate() } }
    let isFull = visit.core.isTakenFull
    let early = visit.core.outgoingCount
    #expect(isFull && early == 0)
    let isDone = visit.core.forwardTaken(at: visit.time)
    #expect(isDone)
    let sound = visit.takeSound()
    #expect(sound.count == OpenedPackets.capacity && sound.allSatisfy { $0.port == 20_001 })
    let numbers = sound.map { UInt16($0.bytes[2]) << 8 | UInt16($0.bytes[3]) }
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 &+ 1 })
    let isStillDone = visit.core.forwardTaken(at: visit.time)
    let late = visit.core.outgoingCount
    #expect(isStillDone && late == 0)
  }

  @Test("where the queue is full, what is left waits until that is sent, and nothing is lost")
  func full() throws {
    var visit = try ConnectedVisit(outgoingCapacity: 8)
    try visit.connect()
    let places = try visit.take(20)
    defer { places.forEach { $0.deallocate() } }
    var forwarded = 0
    var turns = 0
    var isDone = false
    while !isDone, turns < 20 {
      isDone = visit.core.forwardTaken(at: visit.time)
      forwarded += visit.takeSound().count
      turns += 1
    }
    #expect(isDone && turns > 1 && forwarded == 20)
  }
}

/// A relay in which two people are connected.
private struct ConnectedVisit: ~Copyable {
  let time = RelayCoreTests.time(2)
  var core: RelayCore
  private var clients: [FuzzedClient] = []

  init(outgoingCapacity: Int) throws {
    var configuration = RelayConfiguration(candidates: [RelayCoreTests.relay])
    configuration.outgoingCapacity = outgoingCapacity
    core = RelayCore(
      configuration: configuration, identity: try DTLSIdentity(), random: .seeded(1))
  }

  /// Lets two people in.
  mutating func connect() throws {
    let identity = try #require(FuzzedClient.identity)
    for number in 0..<2 {
      let offer = OfferText.make(fingerprint: identity.fingerprint, source: UInt32(number) + 1)
      let join = RelayCoreTests.join("\(number)", offer: offer)
      guard case .joined(let answer) = core.handle(join, at: RelayCoreTests.time(0)) else {
        throw NativePeer.JoinRefused()
      }
      clients.append(
        try FuzzedClient(
          answer, address: SocketAddress(ipv4: 0x0A00_0001, port: UInt16(20_000 + number)),
          relay: RelayCoreTests.relay, now: RelayCoreTests.time(0).now))
    }
    for step in 0..<150 where !clients.allSatisfy(\.isSecured) {
      exchange(at: RelayCoreTests.time(Double(step) / 100))
    }
    let areSecured = clients.allSatisfy(\.isSecured)
    #expect(areSecured)
    core.advance(to: time)
    core.removeAllOutgoing()
  }

  private mutating func exchange(at time: TurnTime) {
    for client in clients {
      client.transport.advance(to: time.now)
      for var datagram in client.drain() {
        datagram.withUnsafeMutableBytes {
          core.receive($0, from: client.address, on: .only, at: time)
        }
      }
    }
    core.advance(to: time)
    for datagram in takeSent() {
      clients[Int(datagram.port) - 20_000].receive(
        datagram.bytes, from: RelayCoreTests.relay, at: time.now)
    }
  }

  private mutating func takeSent() -> [(port: UInt16, bytes: [UInt8])] {
    var sent: [(port: UInt16, bytes: [UInt8])] = []
    for index in 0..<core.outgoingCount {
      let datagram = core.outgoing(at: index)
      let bytes = UnsafeRawBufferPointer(start: datagram.bytes, count: datagram.length)
      sent.append((datagram.destination.port, Array(bytes)))
    }
    core.removeAllOutgoing()
    return sent
  }

  /// Takes out what the relay sends of sound.
  mutating func takeSound() -> [(port: UInt16, bytes: [UInt8])] {
    takeSent().filter { $0.bytes[0] >> 6 == 2 && $0.bytes[1] & 0x7F == 111 }
  }

  /// Has packets of the first one's sound taken in, at places that stay; those places.
  mutating func take(_ count: Int) throws -> [UnsafeMutableRawBufferPointer] {
    var places: [UnsafeMutableRawBufferPointer] = []
    for number in 0..<UInt8(count) {
      let packet: [UInt8] = [0x80, 111, 0, number, 0, 0, number, 0, 0, 0, 0, 1, number, 7, 7]
      let place = UnsafeMutableRawBufferPointer.allocate(
        byteCount: packet.count + SecureTransport.trailerLength, alignment: 16)
      places.append(place)
      place.copyBytes(from: packet)
      let base = try #require(place.baseAddress)
      let sealed = clients[0].transport.protectRTP(base, length: packet.count)
      let length = try #require(sealed)
      core.take(
        UnsafeMutableRawBufferPointer(rebasing: place[..<length]), from: clients[0].address,
        on: .only, at: time)
    }
    return places
  }
}
