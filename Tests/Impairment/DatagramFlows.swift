import CLinux
import Glibc
import NetworkSimulation
import Wire

/// UDP: one socket per forwarding towards the clients, and one per client towards the target.
struct DatagramFlows: ~Copyable {
  /// A client of a forwarding.
  private struct Flow {
    var forwarding: Int
    var client: SocketAddress
    /// The socket towards the target.
    var upstream: Int32
  }

  private let forwardings: [Forwarding]
  private let listeners: [Int32]
  private var flows: [Flow] = []
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2_048, alignment: 16)

  init(_ forwardings: [Forwarding]) throws {
    self.forwardings = forwardings
    listeners = try forwardings.map { try Sockets.bindDatagram($0.listen) }
  }

  deinit {
    for listener in listeners { close(listener) }
    for flow in flows { close(flow.upstream) }
    buffer.deallocate()
  }

  /// What to wait for.
  var descriptors: [Int32] { listeners + flows.map(\.upstream) }

  /// Reads everything there is into the network.
  mutating func receive(
    into network: inout EmulatedNetwork, up: EmulatedNetwork.LinkID,
    down: EmulatedNetwork.LinkID, at now: MonotonicTime
  ) {
    for index in forwardings.indices {
      while let (source, length) = read(listeners[index]) {
        guard let flow = findOrAdd(client: source, forwarding: index) else { continue }
        // The network carries the flow's number where a route would be.
        network.send(
          UnsafeRawBufferPointer(rebasing: buffer[..<length]), from: source,
          to: Self.tag(flow), over: up, at: now)
      }
    }
    for flow in flows.indices {
      while let (_, length) = read(flows[flow].upstream) {
        network.send(
          UnsafeRawBufferPointer(rebasing: buffer[..<length]),
          from: forwardings[flows[flow].forwarding].target, to: Self.tag(flow), over: down, at: now)
      }
    }
  }

  /// Sends what has come through the network.
  func deliver(_ arrival: EmulatedNetwork.Arrival, isUp: Bool) {
    let flow = flows[Int(arrival.destination.low)]
    let forwarding = forwardings[flow.forwarding]
    var datagram = clinux_datagram()
    let destination = isUp ? forwarding.target : flow.client
    datagram.bytes = arrival.bytes.baseAddress
    datagram.length = UInt32(arrival.bytes.count)
    datagram.high = destination.high
    datagram.low = destination.low
    datagram.port = destination.port
    let descriptor = isUp ? flow.upstream : listeners[flow.forwarding]
    // What the kernel refuses is lost, as on any network.
    _ = clinux_send(descriptor, destination.isIPv4 ? AF_INET : AF_INET6, &datagram, 1, 0)
  }

  /// Gives every flow another source address towards its target.
  mutating func rebind() {
    for index in flows.indices {
      guard let fresh = Self.openUpstream(to: forwardings[flows[index].forwarding].target) else {
        continue
      }
      close(flows[index].upstream)
      flows[index].upstream = fresh
    }
  }

  private mutating func findOrAdd(client: SocketAddress, forwarding: Int) -> Int? {
    let known = flows.firstIndex { $0.client == client && $0.forwarding == forwarding }
    if let known { return known }
    guard let upstream = Self.openUpstream(to: forwardings[forwarding].target) else { return nil }
    flows.append(Flow(forwarding: forwarding, client: client, upstream: upstream))
    return flows.count - 1
  }

  private static func openUpstream(to target: SocketAddress) -> Int32? {
    // From the same family, any address, any port.
    let any =
      target.isIPv4 ? SocketAddress(ipv4: 0, port: 0) : SocketAddress(high: 0, low: 0, port: 0)
    return try? Sockets.bindDatagram(any)
  }

  private func read(_ descriptor: Int32) -> (source: SocketAddress, length: Int)? {
    while true {
      var datagram = clinux_datagram()
      datagram.bytes = buffer.baseAddress
      datagram.capacity = UInt32(buffer.count)
      let count = clinux_receive(descriptor, &datagram, 1)
      // A target that is not there yet makes itself known by an error, once.
      if count == -ECONNREFUSED { continue }
      guard count > 0 else { return nil }
      guard datagram.length > 0 else { continue }
      return (
        SocketAddress(high: datagram.high, low: datagram.low, port: datagram.port),
        Int(datagram.length)
      )
    }
  }

  private static func tag(_ flow: Int) -> SocketAddress {
    SocketAddress(high: 0, low: UInt64(flow), port: 0)
  }
}
