import MediaEngine
import Transport
import Wire

/// One connection of a call: the transport with its secrets, and the sockets and connections that it
/// goes over. Made and used on the media thread only.
final class MediaLink {
  /// Which join it came from.
  let attempt: Int
  private let paths: PathSet
  private let board: MediaBoard
  private let buffer: UnsafeMutableRawBufferPointer
  private var transport: SecureTransport
  private var race: PathRace
  private var sources: SourceAddresses
  private var security: StreamSecurity?
  private var lookup: NameLookup?
  /// Sources of sound: what goes before picture on a byte stream.
  private let soundSources: Set<SSRC>
  private let startedAt: MonotonicTime
  /// What the transport has been told of.
  private var known: Set<LocalPath> = []
  private(set) var isOver = false
  /// Whether this is the connection that media goes by, and not one that is to take its place.
  var carries = true
  /// Whether the last packet for the selected path found no way out of this machine.
  private var isCutOff = false
  private var lookAt: MonotonicTime?
  /// Whether packets go another way than a moment ago.
  private var hasMoved = false

  /// Room for one datagram and what SRTP adds to it.
  private static let bufferSize = 2048
  /// Changes of addresses and routes come in flocks; they are looked at once they have settled.
  private static let settling = TimeSpan.milliseconds(30)

  /// A connection as planned. Nothing is open before `begin`.
  init(
    _ plan: MediaBoard.Plan, identity: DTLSIdentity, board: MediaBoard, watch: RouteWatch?,
    at now: MonotonicTime
  ) {
    attempt = plan.attempt
    self.board = board
    paths = PathSet(wake: board.wake, watch: watch)
    buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
    transport = SecureTransport(
      configuration: plan.transport, identity: identity, seed: .random(in: .min ... .max), now: now)
    race = PathRace(streams: plan.streams.tcp.map { .tcp($0) })
    let audio = plan.media.audio
    soundSources = Set([audio?.ssrc, audio?.retransmissionSSRC].compactMap { $0 })
    startedAt = now
    sources = SourceAddresses(towards: plan.candidates.map(\.address) + plan.streams.tcp)
    for candidate in plan.candidates {
      transport.addRemoteCandidate(candidate.address, now: now)
    }
    use(plan.streams)
    perform(race.begin(at: now), at: now)
  }

  deinit { buffer.deallocate() }

  // MARK: Orders

  /// Goes on under new secrets; media keeps the path it has until one of the new generation is there.
  func restart(_ restart: MediaBoard.Restart, at now: MonotonicTime) {
    guard !isOver else { return }
    for candidate in restart.candidates {
      transport.addRemoteCandidate(candidate.address, now: now)
    }
    transport.restartICE(local: restart.local, remote: restart.remote, now: now)
    use(restart.streams)
    perform(race.offer(restart.streams.tcp.map { .tcp($0) }, at: now), at: now)
    drain()
  }

  /// Says goodbye and closes everything.
  func close() {
    transport.close()
    drain()
    paths.closeAll()
  }

  // MARK: Time

  /// Does what is due, and says what happened.
  func advance(to now: MonotonicTime) -> [TransportEvent] {
    if paths.routesChanged || (isCutOff && lookAt == nil) { lookAt = now + Self.settling }
    if let lookAt, now >= lookAt { lookAround(at: now) }
    transport.advance(to: now)
    for event in paths.takeEvents() {
      switch event {
      case .up(let path, let remote):
        race.connected(path)
        let cost = race.kind(of: path) == .tls ? LocalPath.tlsCost : LocalPath.tcpCost
        transport.addStreamPath(path, to: remote, cost: cost, now: now)
        known.insert(path)
      case .over(let path, _):
        forget(path, at: now)
        perform(race.ended(path, at: now), at: now)
      }
    }
    if let lookup {
      perform(race.offer(lookup.take().map { .tls($0) }, at: now), at: now)
    }
    perform(race.advance(to: now, standing), at: now)
    drain()
    var events: [TransportEvent] = []
    while let event = transport.nextEvent() {
      switch event {
      case .failed, .closed: isOver = true
      case .pathChanged:
        board.note(move: true)
        hasMoved = true
      default: break
      }
      events.append(event)
    }
    let kind = transport.isSecured ? standing.selected.flatMap { race.kind(of: $0) } : nil
    if carries { board.publish(path: kind, heard: transport.isSecured ? transport.lastHeard : nil) }
    return events
  }

  /// Whether packets go another way since the last time this was asked.
  func takeMove() -> Bool {
    defer { hasMoved = false }
    return hasMoved
  }

  /// When `advance` is wanted, at the latest; nil where only packets and orders change anything.
  func nextWake(after now: MonotonicTime) -> MonotonicTime? {
    // A connection that is over has nothing more to wake for; playout still has.
    isOver
      ? nil
      : [transport.nextWake, race.nextWake(after: now), lookAt].compactMap { $0 }.min()
  }

  /// Whether the path is keyed.
  var isSecured: Bool { transport.isSecured }

  /// The selected path's round trip.
  var roundTrip: TimeSpan? { transport.roundTrip }

  // MARK: Packets

  /// Waits for something to do, at most for `span`.
  func wait(_ span: TimeSpan) { paths.wait(span) }

  /// Takes in what came while waiting. A connection that does not carry the call yet tells the source of
  /// each media packet to `arrived`, and drops it unless that makes it carry the call.
  func receive(
    into media: MediaSession, at now: MonotonicTime, arrived: (SSRC) -> Void = { _ in }
  ) {
    paths.receive(into: buffer) { packet, source, path in
      switch transport.receive(packet, from: source, on: path, at: now) {
      case .rtp(let length):
        if !carries { arrived(Self.source(of: packet)) }
        guard carries else { return }
        media.receiveRTP(UnsafeRawBufferPointer(rebasing: packet[0..<length]), at: now)
      case .rtcp(let length):
        guard carries else { return }
        media.receiveRTCP(UnsafeRawBufferPointer(rebasing: packet[0..<length]), at: now)
      case .none:
        break
      }
    }
  }

  /// Protects and sends a packet of `length` bytes, which lies in a buffer with room for the trailer.
  func send(_ kind: MediaPacketKind, _ packet: UnsafeMutableRawBufferPointer, _ length: Int) {
    guard let bytes = packet.baseAddress, let destination = transport.remoteAddress else { return }
    let path = transport.localPath
    let urgency = urgency(kind, packet)
    let protected =
      switch kind {
      case .rtp: transport.protectRTP(bytes, length: length)
      case .rtcp: transport.protectRTCP(bytes, length: length)
      }
    guard let protected else { return }
    isCutOff = !paths.send(
      UnsafeRawBufferPointer(start: bytes, count: protected), to: destination, on: path, urgency)
  }

  // MARK: -

  private var standing: PathRace.Standing {
    let heard = transport.lastHeard
    return PathRace.Standing(
      selected: transport.remoteAddress == nil ? nil : transport.localPath,
      heard: heard > startedAt ? heard : nil)
  }

  private func urgency(
    _ kind: MediaPacketKind, _ packet: UnsafeMutableRawBufferPointer
  ) -> StreamQueue.Urgency {
    guard kind == .rtp, packet.count >= 12 else { return .sound }
    return soundSources.contains(Self.source(of: packet)) ? .sound : .picture
  }

  /// RFC 3550 §5.1: the source of an RTP packet is in its bytes 8 ... 11. The transport has seen to it
  /// that they are there.
  private static func source(of packet: UnsafeMutableRawBufferPointer) -> SSRC {
    guard packet.count >= 12 else { return SSRC(rawValue: 0) }
    return SSRC(
      rawValue: UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
  }

  private func use(_ streams: MediaBoard.StreamPlan) {
    guard let server = streams.server else { return }
    security = StreamSecurity(serverName: server.host, trust: server.trust)
    lookup = NameLookup(host: server.host, port: server.port) { [board] in board.nudge() }
    lookup?.ask()
  }

  private func lookAround(at now: MonotonicTime) {
    lookAt = nil
    isCutOff = false
    let finding = sources.look()
    if finding == .changed {
      board.note(addressChange: true)
      hasMoved = true
    }
    guard finding == .changed || finding == .back else { return }
    // Another network may know the server by another address.
    lookup?.ask()
    perform(race.addressChanged(at: now), at: now)
  }

  private func perform(_ actions: [PathRace.Action], at now: MonotonicTime) {
    guard !isOver else { return }
    for action in actions {
      switch action {
      case .open(let path, let target):
        if open(path, target) {
          guard target == .datagrams else { continue }
          transport.addLocalPath(path, cost: 0, now: now)
          known.insert(path)
        } else {
          perform(race.ended(path, at: now), at: now)
        }
      case .close(let path):
        paths.close(path)
        forget(path, at: now)
      }
    }
  }

  private func forget(_ path: LocalPath, at now: MonotonicTime) {
    if known.remove(path) != nil { transport.removeLocalPath(path, now: now) }
  }

  private func open(_ path: LocalPath, _ target: PathTarget) -> Bool {
    switch target {
    case .datagrams: paths.openSocket(path)
    case .tcp(let address): paths.openStream(path, to: address, security: nil)
    case .tls(let address): paths.openStream(path, to: address, security: security)
    }
  }

  private func drain() {
    while let transmit = transport.nextTransmit(into: buffer) {
      _ = paths.send(
        UnsafeRawBufferPointer(rebasing: buffer[0..<transmit.length]), to: transmit.destination,
        on: transmit.localPath, .sound)
    }
  }
}
