import Relay
import Transport
import Wire

/// A worker without its sockets and the people in one of its rooms, driven by a fuzzer's input.
///
/// Whatever the input is, these must hold: the relay sends nothing but checks and answers to an
/// address that has never answered it, and no more than twice what came from there; what it sends is
/// whole; time goes on; and once everybody has left nothing remains.
final class FuzzedWorker {
  private static let relay = SocketAddress(ipv4: 0xC633_6401, port: 5_000)
  /// The most steps that one input gets, so that each takes milliseconds.
  private static let longestStory = 300

  private var core: RelayCore
  private var clients: [FuzzedClient] = []
  private var now = MonotonicTime(nanoseconds: 1_000_000_000)
  private var streams = [FuzzedStream(), FuzzedStream()]
  /// Datagrams that were taken and not forwarded.
  private var taken: [UnsafeMutableRawBufferPointer] = []
  /// Bytes that came from each address that nobody answers at, and that went there.
  private var strangers: [SocketAddress: (heard: Int, told: Int)] = [:]

  /// A worker with two people in a room; those who have connected, by the input's first byte.
  init(_ input: inout FuzzInput) throws {
    guard let identity = FuzzedClient.identity else {
      throw BrokenClaim(claim: "a certificate is made")
    }
    core = RelayCore(
      configuration: RelayConfiguration(candidates: [Self.relay]), identity: identity,
      random: .seeded(1))
    let start = input.byte()
    for number in 0..<2 { try join(UInt16(number), isRich: start & 1 == 0) }
    if start & 2 == 0 { try connect() }
  }

  /// Lives through the input, and then everybody leaves.
  func run(_ input: inout FuzzInput) throws {
    var steps = 0
    while !input.isEmpty, steps < Self.longestStory {
      try step(&input)
      // Now and then datagrams come together.
      if taken.isEmpty || steps % 8 == 0 { try drain() }
      steps += 1
    }
    try drain()
    for room in ["r", "other"] { _ = core.handle(.close(room: room), at: time) }
    core.removeAllOutgoing()
    while core.nextEvent() != nil {}
    try claim(core.sessionCount == 0 && core.roomCount == 0, "whoever leaves leaves nothing")
    // A wish that nobody has any more is found to be stale when its time comes.
    for _ in 0..<4 {
      guard let wake = core.nextWake else { return }
      now = max(now, wake)
      core.advance(to: time)
    }
    try claim(core.nextWake == nil, "nothing is due where nobody is")
  }

  private var time: TurnTime { TurnTime(now: now, wallMilliseconds: 1_790_000_000_000) }

  // MARK: Steps

  private func step(_ input: inout FuzzInput) throws {
    let choice = input.byte()
    let client = clients[Int(choice >> 4) % clients.count]
    if choice & 0x0F < 3 || (11...14).contains(choice & 0x0F) { try drain() }
    switch choice & 0x0F {
    case 0, 1: try pass(Int64(input.byte()))
    case 2: try pass(Int64(input.short()))
    case 3: send(client.check(&input), from: source(of: client, &input))
    case 4: send(client.answer(&input), from: source(of: client, &input))
    case 5: send(dtls(&input), from: source(of: client, &input))
    case 6, 7: send(mutated(client.rtp(&input), &input), from: source(of: client, &input))
    case 8, 9: send(mutated(client.rtcp(&input), &input), from: source(of: client, &input))
    case 10: send(input.string(), from: source(of: client, &input))
    case 11: stream(Int(choice >> 4) & 1, input.string())
    case 12: try command(&input)
    case 13: try exchange()
    case 14: core.streamClosed(Self.streamName(Int(choice >> 4) & 1), at: time)
    default: send(client.check(&input), from: client.address)
    }
  }

  private func pass(_ milliseconds: Int64) throws {
    let end = now + .milliseconds(milliseconds)
    var turns = 0
    while let wake = core.nextWake, wake <= end {
      turns = wake <= now ? turns + 1 : 0
      try claim(turns < 1_000, "time goes on")
      now = max(now, wake)
      core.advance(to: time)
      try drain()
    }
    now = end
    core.advance(to: time)
  }

  private func join(_ number: UInt16, isRich: Bool) throws {
    let offer = OfferText.make(
      fingerprint: FuzzedClient.identity?.fingerprint ?? [],
      source: 40_000 + UInt32(number) * 2 + 1,
      isRich: isRich)
    let request = JoinRequest(
      room: number < 2 ? "r" : "other", participant: "p\(number)", capacity: 3, offer: offer)
    guard case .joined(let answer) = core.handle(.join(request), at: time) else { return }
    clients.append(
      try FuzzedClient(
        answer, address: SocketAddress(ipv4: 0x0A00_0001, port: 40_000 + number * 2),
        relay: Self.relay, now: now))
  }

  private func connect() throws {
    for _ in 0..<60 where !clients.allSatisfy(\.isSecured) {
      try exchange()
      try pass(10)
    }
    try claim(clients.allSatisfy(\.isSecured), "honest clients connect")
  }

  /// Lets the clients do and say what they have to.
  private func exchange() throws {
    for client in clients {
      client.transport.advance(to: now)
      for datagram in client.drain() { send(datagram, from: client.address) }
      try drain()
    }
  }

  private func command(_ input: inout FuzzInput) throws {
    let choice = input.byte()
    let client = clients[Int(choice >> 4) % clients.count]
    switch choice & 3 {
    case 0: _ = core.handle(.leave(session: client.session), at: time)
    case 1 where clients.count < 5: try join(UInt16(clients.count), isRich: choice & 4 == 0)
    default:
      // A later offer with a byte changed.
      var offer = Array(OfferText.make(isRich: choice & 4 == 0).utf8)
      offer[Int(input.short()) % offer.count] = input.byte()
      let text = String(decoding: offer, as: UTF8.self)
      _ = core.handle(.restart(session: client.session, offer: text), at: time)
    }
  }

  private func stream(_ number: Int, _ bytes: [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      let taken = streams[number].reader.append(bytes.span.bytes.extracting(offset..<bytes.count))
      offset += taken
      do {
        while let packet = try streams[number].reader.next() {
          let name = Self.streamName(number)
          strangers[name, default: (0, 0)].heard += packet.count
          core.receive(
            packet, from: name, on: .streams,
            mapped: SocketAddress(ipv4: 0x0A00_0009, port: 9), at: time)
        }
      } catch {
        // The worker closes such a stream; the next bytes are another's.
        streams[number] = FuzzedStream()
        core.streamClosed(Self.streamName(number), at: time)
        return
      }
      if taken == 0 { return }
    }
  }

  // MARK: Bytes

  private static func streamName(_ number: Int) -> SocketAddress {
    SocketAddress(high: 0x0100_0000_0000_0000, low: UInt64(number), port: 1)
  }

  /// Mostly the client's own address; else one where nobody ever answers.
  private func source(of client: FuzzedClient, _ input: inout FuzzInput) -> SocketAddress {
    let choice = input.byte()
    guard choice & 3 == 3 else { return client.address }
    return SocketAddress(ipv4: 0xCB00_7100 | UInt32(choice >> 4), port: UInt16(choice & 4) * 250)
  }

  private func dtls(_ input: inout FuzzInput) -> [UInt8] {
    let kind = 20 + input.byte() % 6
    var record: [UInt8] = [kind, 254, 253] + input.take(8)
    let body = input.string()
    record += [UInt8(body.count >> 8), UInt8(body.count & 0xFF)]
    return record + body
  }

  private func mutated(_ packet: [UInt8]?, _ input: inout FuzzInput) -> [UInt8] {
    guard var packet, !packet.isEmpty else { return input.string() }
    let change = input.byte()
    if change & 1 == 1 {
      packet[Int(input.short()) % packet.count] ^= input.byte()
    }
    if change & 6 == 6 { packet.removeLast(min(packet.count, Int(change >> 3))) }
    return packet
  }

  private func send(_ bytes: [UInt8], from source: SocketAddress) {
    if !clients.contains(where: { $0.address == source }) {
      strangers[source, default: (0, 0)].heard += bytes.count
    }
    // What is taken stays where it is until it is forwarded.
    let place = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    place.copyBytes(from: bytes)
    taken.append(place)
    core.take(place, from: source, on: .only, at: time)
    if core.isTakenFull { forwardTaken() }
  }

  private func forwardTaken() {
    while !core.forwardTaken(at: time) { core.removeAllOutgoing() }
    for place in taken { place.deallocate() }
    taken.removeAll()
  }

  /// Looks at what the relay sends, and brings it to whom it is for.
  private func drain() throws {
    forwardTaken()
    var arrived: [(FuzzedClient, [UInt8])] = []
    for index in 0..<core.outgoingCount {
      let datagram = core.outgoing(at: index)
      try claim((1...1_500).contains(datagram.length), "what is sent is whole and fits")
      let bytes = Array(UnsafeRawBufferPointer(start: datagram.bytes, count: datagram.length))
      if let client = clients.first(where: { $0.address == datagram.destination }) {
        arrived.append((client, bytes))
        continue
      }
      let kind = DatagramKind.classify(firstByte: bytes[0])
      try claim(kind == .stun, "an address that has not answered gets checks and answers only")
      guard let sums = strangers[datagram.destination] else {
        throw BrokenClaim(claim: "nothing goes to an address nothing came from")
      }
      strangers[datagram.destination]?.told += bytes.count
      try claim(
        sums.told + bytes.count <= 2 * sums.heard, "no address gets more than twice its own")
    }
    core.removeAllOutgoing()
    while core.nextEvent() != nil {}
    for (client, bytes) in arrived { client.receive(bytes, from: Self.relay, at: now) }
  }
}

/// One byte stream's reader, which cannot be copied into a list.
private final class FuzzedStream {
  var reader = FramedStreamReader()
}
