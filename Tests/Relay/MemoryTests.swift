import CLinux
import Testing
import Transport
import Wire

@testable import Relay

/// What a participant weighs: the figure `make bench` takes from the outside, as a bound that holds.
@Suite("Memory")
struct MemoryTests {
  private static let participants = 100
  /// The target is 96 KiB resident; the heap's own gaps and the worker's buffers have to fit in, too.
  private static let most = 80 * 1_024

  @Test("a connected participant who sends and receives sound and picture weighs less than 80 KiB")
  func connected() async {
    await #expect(processExitsWith: .success) {
      let empty = try weight(of: 0)
      let full = try weight(of: MemoryTests.participants)
      let each = (full - empty) / MemoryTests.participants
      print("a participant weighs \(each) bytes")
      #expect(each < MemoryTests.most, "\(each) bytes")
      #expect(each > 1_024, "the heap is not what is measured")
    }
  }
}

/// What a relay with so many participants gives back when it ends, in bytes: theirs and its own. The
/// clients outlive it.
private func weight(of participants: Int) throws -> Int {
  var core = try RelayCoreTests.makeCore { $0.maximumSessions = 128 }
  var crowd = Crowd()
  for number in 0..<participants { try crowd.join(number, &core) }
  try crowd.connect(&core)
  crowd.talk(for: .seconds(3), &core)
  let before = heapBytes()
  end(core)
  return before - heapBytes()
}

private func end(_ core: consuming RelayCore) {}

private func heapBytes() -> Int {
  let info = mallinfo2()
  return info.uordblks + info.hblkhd
}

/// Visits of two whose participants all speak and show themselves.
private struct Crowd {
  private var clients: [FuzzedClient] = []
  private var now = MonotonicTime(nanoseconds: 1_000_000_000)
  private var sequence: UInt16 = 0

  private var time: TurnTime { TurnTime(now: now, wallMilliseconds: 1_790_000_000_000) }

  mutating func join(_ number: Int, _ core: inout RelayCore) throws {
    let identity = try #require(FuzzedClient.identity)
    let offer = OfferText.make(fingerprint: identity.fingerprint)
    let request = RelayCoreTests.join("\(number)", room: "\(number / 2)", offer: offer)
    guard case .joined(let answer) = core.handle(request, at: time) else {
      throw NativePeer.JoinRefused()
    }
    clients.append(
      try FuzzedClient(
        answer, address: SocketAddress(ipv4: 0x0A00_0001, port: UInt16(20_000 + number)),
        relay: RelayCoreTests.relay, now: now))
  }

  mutating func connect(_ core: inout RelayCore) throws {
    for _ in 0..<500 where !clients.allSatisfy(\.isSecured) { turn(&core, .milliseconds(10)) }
    let secured = clients.count { $0.isSecured }
    #expect(secured == clients.count)
    let halfOpen = core.halfOpen
    #expect(halfOpen == 0)
  }

  /// 150 packets of picture and 50 of sound a second from everybody.
  mutating func talk(for span: TimeSpan, _ core: inout RelayCore) {
    let end = now + span
    while now < end {
      sequence &+= 1
      for client in clients {
        for part in 0..<3 { send(client, type: 96, length: 1_100, part: part, &core) }
        send(client, type: 111, length: 80, part: 0, &core)
      }
      turn(&core, .milliseconds(20))
    }
    let forwarded = core.counters.rtpSent
    #expect(clients.isEmpty || forwarded > 0)
  }

  private func send(
    _ client: FuzzedClient, type: UInt8, length: Int, part: Int, _ core: inout RelayCore
  ) {
    let number = type == 96 ? sequence &* 3 &+ UInt16(part) : sequence
    let stamp = UInt32(sequence) &* (type == 96 ? 1_800 : 960)
    var packet: [UInt8] = [0x80, type, UInt8(number >> 8), UInt8(number & 0xFF)]
    for word in [stamp, UInt32(client.address.port) << 8 | UInt32(type)] {
      packet += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
    // A VP8 descriptor and a keyframe (RFC 7741 §4.2); Opus may be anything.
    packet += [part == 0 ? 0x10 : 0] + [UInt8](repeating: 0, count: length - 1)
    let sealed = packet.count
    packet += [UInt8](repeating: 0, count: SecureTransport.trailerLength)
    packet.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress,
        let length = client.transport.protectRTP(base, length: sealed)
      else { return }
      core.receive(
        UnsafeMutableRawBufferPointer(start: base, count: length), from: client.address,
        on: .only, at: time)
    }
    if core.isOutgoingWorthSending { deliver(&core) }
  }

  private mutating func turn(_ core: inout RelayCore, _ span: TimeSpan) {
    for client in clients {
      client.transport.advance(to: now)
      for var datagram in client.drain() {
        datagram.withUnsafeMutableBytes {
          core.receive($0, from: client.address, on: .only, at: time)
        }
      }
    }
    deliver(&core)
    while let wake = core.nextWake, wake <= now {
      core.advance(to: time)
      deliver(&core)
    }
    while core.nextEvent() != nil {}
    now = now + span
  }

  private func deliver(_ core: inout RelayCore) {
    for index in 0..<core.outgoingCount {
      let datagram = core.outgoing(at: index)
      let bytes = Array(UnsafeRawBufferPointer(start: datagram.bytes, count: datagram.length))
      clients[Int(datagram.destination.port) - 20_000].receive(
        bytes, from: RelayCoreTests.relay, at: now)
    }
    core.removeAllOutgoing()
  }
}
