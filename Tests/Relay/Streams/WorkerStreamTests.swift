import CLinux
import Glibc
import Testing
import Transport
import Wire

@testable import Relay

/// Ways for a client to reach a worker.
enum WayIn: String, CaseIterable, Sendable {
  case udp4, udp6, tcp4, tcp6, behindFront
}

@Suite("Byte streams into a running worker")
struct WorkerStreamTests {
  private static let client = SocketAddress(ipv4: 0xC633_6407, port: 50_123)

  /// Connects a client; nil where the machine lacks the address family.
  private func connect(
    _ configuration: TransportConfiguration, by way: WayIn, to worker: RunningWorker
  ) throws -> NativePeer? {
    switch way {
    case .udp4:
      return try NativePeer(
        configuration, udp: SocketAddress(ipv4: 0x7F00_0001, port: worker.port))
    case .udp6:
      guard TCPPair(isIPv6: true) != nil else { return nil }
      return try NativePeer(configuration, udp: SocketAddress(high: 0, low: 1, port: worker.port))
    case .tcp4, .tcp6:
      guard let pair = TCPPair(isIPv6: way == .tcp6) else { return nil }
      try worker.hand(over: pair.server, of: Self.client)
      return try NativePeer(configuration, stream: pair.client)
    case .behindFront:
      return try NativePeer(configuration, stream: try worker.connect(for: Self.client))
    }
  }

  @Test("two clients talk to each other, whichever way each came in", arguments: WayIn.allCases)
  func talk(way: WayIn) throws {
    var configurations: [TransportConfiguration] = []
    let worker = try RunningWorker(number: 3) { core in
      configurations = [
        try NativePeer.join("a", to: &core), try NativePeer.join("b", to: &core),
      ]
    }
    #expect(configurations.allSatisfy { $0.remote.ufrag.hasPrefix("03") })
    guard let a = try connect(configurations[0], by: way, to: worker) else { return }
    let b = try #require(try connect(configurations[1], by: .udp4, to: worker))
    #expect(a.run { a.isSecured })
    #expect(b.run { b.isSecured })
    var sequence: UInt16 = 0
    func speak(_ peer: NativePeer) {
      sequence += 1
      peer.send(payloadType: 111, sequence: sequence, payload: [0xFC, 1, 2, 3])
    }
    let bothHeard = {
      a.received[111, default: 0] >= 5 && b.received[111, default: 0] >= 5
    }
    var turn = 0
    let isHeard = a.run {
      // Each gets its turn; what either hears is counted by itself.
      turn += 1
      speak(turn.isMultiple(of: 2) ? a : b)
      _ = b.run(within: .milliseconds(1)) { false }
      return bothHeard()
    }
    #expect(isHeard)
  }

  /// A browser checks every 2.5 s and does not know that its NAT has given it another port.
  @Test("media from a new address is heard at once, and answered there once it has been checked")
  func stray() throws {
    var configurations: [TransportConfiguration] = []
    let worker = try RunningWorker { core in
      configurations = [
        try NativePeer.join("a", source: 1, to: &core),
        try NativePeer.join("b", source: 2, to: &core),
      ]
    }
    let a = try #require(try connect(configurations[0], by: .udp4, to: worker))
    let b = try #require(try connect(configurations[1], by: .udp4, to: worker))
    #expect(a.run { a.isSecured })
    #expect(b.run { b.isSecured })
    try a.moveUnawares()
    var sequence: UInt16 = 0
    let heard = (a.received[111, default: 0], b.received[111, default: 0])
    let start = SystemClock.monotonic
    let isHeard = a.run(within: .seconds(5)) {
      sequence += 1
      a.send(payloadType: 111, sequence: sequence, payload: [0xFC, 1, 2, 3], source: 1)
      b.send(payloadType: 111, sequence: sequence, payload: [0xFC, 1, 2, 3], source: 2)
      _ = b.run(within: .milliseconds(10)) { false }
      return a.received[111, default: 0] > heard.0 && b.received[111, default: 0] > heard.1
    }
    #expect(isHeard)
    // 250 ms of silence on the old address, and a round trip; the machine may be busy.
    #expect(SystemClock.monotonic - start < .seconds(2))
  }

  @Test("a stream whose session has ended is closed by the worker", .timeLimit(.minutes(1)))
  func ended() throws {
    var configuration: TransportConfiguration?
    let worker = try RunningWorker { configuration = try NativePeer.join("a", to: &$0) }
    let pair = try #require(TCPPair(isIPv6: false))
    try worker.hand(over: pair.server, of: Self.client)
    let peer = try NativePeer(try #require(configuration), stream: pair.client)
    #expect(peer.run { peer.isSecured })
    peer.transport.close()
    #expect(peer.run(within: .seconds(20)) { peer.isClosed })
  }

  @Test("a client whose stream breaks goes on over its next one", .timeLimit(.minutes(1)))
  func replaced() throws {
    var configuration: TransportConfiguration?
    let worker = try RunningWorker { configuration = try NativePeer.join("a", to: &$0) }
    let first = try #require(TCPPair(isIPv6: false))
    try worker.hand(over: first.server, of: Self.client)
    let peer = try NativePeer(try #require(configuration), stream: first.client)
    #expect(peer.run { peer.isSecured })
    let second = try #require(TCPPair(isIPv6: false))
    try worker.hand(over: second.server, of: Self.client)
    peer.replaceStream(by: second.client)
    #expect(peer.run(within: .seconds(5)) { peer.isPathUp })
    #expect(peer.isSecured)
  }

  /// The reader of one stream stands still while media goes to it.
  @Test(
    "a stream that stops reading costs bounded room, stalls nobody, and goes on whole",
    .timeLimit(.minutes(1)))
  func stalledReader() throws {
    var configurations: [TransportConfiguration] = []
    let worker = try RunningWorker { core in
      for (name, room) in [("a", "r"), ("b", "r"), ("c", "s"), ("d", "s")] {
        configurations.append(try NativePeer.join(name, room: room, to: &core))
      }
    }
    let pair = try #require(TCPPair(isIPv6: false, receiveBuffer: 4_096))
    try worker.hand(over: pair.server, of: Self.client)
    let a = try #require(try connect(configurations[0], by: .udp4, to: worker))
    let b = try NativePeer(configurations[1], stream: pair.client)
    let c = try #require(try connect(configurations[2], by: .udp4, to: worker))
    let d = try #require(try connect(configurations[3], by: .tcp4, to: worker))
    for peer in [a, b, c, d] { #expect(peer.run { peer.isSecured }) }

    b.isReading = false
    let payload = [UInt8](repeating: 0xFC, count: 1_100)
    var sequence: UInt16 = 0
    var heardByD = 0
    // Ten times what the stream's queue and the kernel's buffers hold.
    while sequence < 4_000 {
      sequence += 1
      a.send(payloadType: 111, sequence: sequence, payload: payload)
      c.send(payloadType: 111, sequence: sequence, payload: [0xFC, 1])
      // Loopback datagrams are lost only where the worker does not keep up with us.
      let isHeard = d.run(within: .seconds(5)) { d.received[111, default: 0] > heardByD }
      #expect(isHeard)
      guard isHeard else { return }
      heardByD = d.received[111, default: 0]
      _ = a.run(within: .zero) { false }
    }
    #expect(heardByD >= 3_999)

    b.isReading = true
    let before = b.received[111, default: 0]
    #expect(b.run(within: .seconds(5)) { b.received[111, default: 0] > before })
    let queued = b.received[111, default: 0]
    #expect(queued < 3_000)
    // Frames are whole: what is sent now arrives as well.
    let goesOn = b.run(within: .seconds(10)) {
      sequence += 1
      a.send(payloadType: 111, sequence: sequence, payload: payload)
      _ = a.run(within: .milliseconds(1)) { false }
      return b.received[111, default: 0] > queued + 200
    }
    #expect(goesOn)
    #expect(!b.isClosed)
  }
}
