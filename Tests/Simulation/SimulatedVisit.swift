import Relay
import Transport
import Wire

/// A relay core, its clients and the network between them in one virtual time: an hour-long visit
/// takes seconds, and a seed repeats it.
final class SimulatedVisit {
  static let relayAddress = SocketAddress(ipv4: 0xC633_6401, port: 5_000)
  private static let wallStart: Int64 = 1_790_000_000_000

  private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
  var network: NetworkEmulator
  private(set) var clients: [SimulatedClient] = []
  private(set) var events: [RelayEvent] = []
  private var core: RelayCore
  private var random: SeededRandom

  init(seed: UInt64, link: NetworkEmulator.Link) throws {
    random = SeededRandom(seed)
    network = NetworkEmulator(seed: random.next(), link: link)
    core = RelayCore(
      configuration: RelayConfiguration(candidates: [Self.relayAddress]),
      identity: try DTLSIdentity(), random: .seeded(random.next()))
  }

  var time: TurnTime {
    TurnTime(now: now, wallMilliseconds: Self.wallStart + now.nanoseconds / 1_000_000)
  }

  var counters: RelayCounters { core.counters }
  var sessionCount: Int { core.sessionCount }
  var roomCount: Int { core.roomCount }

  /// Makes a client with an address of its own.
  func makeClient(_ name: String) throws -> SimulatedClient {
    let client = SimulatedClient(
      name: name, address: SocketAddress(ipv4: 0x0A00_0001 + UInt32(clients.count), port: 40_000),
      identity: try DTLSIdentity(), seed: random.next())
    clients.append(client)
    return client
  }

  /// Asks the relay something.
  func command(_ command: RelayCommand) -> RelayReply {
    let reply = core.handle(command, at: time)
    settle()
    return reply
  }

  /// Lets a client in; nil where the relay refuses.
  @discardableResult
  func join(_ client: SimulatedClient, room: String = "visit", capacity: Int = 2) -> JoinAnswer? {
    let reply = command(
      .join(
        JoinRequest(
          room: room, participant: client.name, capacity: capacity,
          offer: client.offer(capacity: capacity))))
    guard case .joined(let answer) = reply, let read = SimulatedAnswer(answer.answer) else {
      return nil
    }
    client.session = answer.session
    client.accept(read, at: now)
    return answer
  }

  /// Sends bytes to the relay from anywhere, past the network.
  func inject(_ bytes: [UInt8], from source: SocketAddress) {
    deliver(.init(source: source, destination: Self.relayAddress, bytes: bytes))
    settle()
  }

  /// Bytes that the relay has sent to each address.
  private(set) var sentBytes: [SocketAddress: Int] = [:]

  /// Lets virtual time pass.
  func run(for span: TimeSpan) {
    let end = now + span
    while true {
      let wakes =
        clients.compactMap(\.nextWake) + [core.nextWake, network.nextArrival].compactMap { $0 }
      guard let next = wakes.min(), next <= end else { break }
      // Something that is due and stays due must not stop the clock.
      now = max(now, next)
      while let datagram = network.receive(at: now) { deliver(datagram) }
      core.advance(to: time)
      settle()
      for client in clients { client.advance(to: now) }
      collect()
    }
    now = end
  }

  private func deliver(_ datagram: NetworkEmulator.Datagram) {
    if datagram.destination == Self.relayAddress {
      var bytes = datagram.bytes
      bytes.withUnsafeMutableBytes {
        core.receive($0, from: datagram.source, on: .only, at: time)
      }
      settle()
    } else if let client = clients.first(where: { $0.address == datagram.destination }) {
      client.receive(datagram, at: now)
      collect()
    }
  }

  /// Puts what the core wants sent on the network, and keeps what it tells.
  private func settle() {
    for index in 0..<core.outgoingCount {
      let datagram = core.outgoing(at: index)
      sentBytes[datagram.destination, default: 0] += datagram.length
      network.send(
        .init(
          source: Self.relayAddress, destination: datagram.destination,
          bytes: Array(UnsafeRawBufferPointer(start: datagram.bytes, count: datagram.length))),
        at: now)
    }
    core.removeAllOutgoing()
    while let event = core.nextEvent() { events.append(event) }
  }

  private func collect() {
    for client in clients {
      for datagram in client.takeOutgoing() { network.send(datagram, at: now) }
    }
  }
}
