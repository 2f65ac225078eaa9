import Forwarding
public import Transport
public import Wire

/// The relay's whole logic without its sockets: sessions, rooms, and which datagram is whose.
///
/// Sans-IO. The one rule: *mutate it with a datagram, a command or a time; then send what
/// `outgoing` holds, call `removeAllOutgoing`, and take `nextEvent` until it is nil; then wake it at
/// `nextWake`.* Forwarding a packet neither allocates nor locks once both ends are connected.
public struct RelayCore: ~Copyable {
  /// The longest datagram worth receiving, in bytes.
  public static var datagramLimit: Int { ForwardSink.slotLength }

  /// Totals since the start.
  public internal(set) var counters = RelayCounters()

  let configuration: RelayConfiguration
  let identity: DTLSIdentity
  var random: RelayRandom
  var sessions: Slab<Session>
  var rooms: Slab<RoomRecord>
  var routes: RouteTable
  private var strangers: StrangerBudget
  var sessionWakes: WakeTable
  var roomWakes: WakeTable
  var handshakes = HandshakeQueue()
  var opened = OpenedPackets()
  var queue: OutgoingQueue
  /// What the next packet of each session needs, by the session's number; see `expect`.
  let footprints: UnsafeMutablePointer<SessionPlaces>
  var events: [RelayEvent] = []
  private var eventsTaken = 0
  var sessionNumbers: [String: Int] = [:]
  var roomNumbers: [String: Int] = [:]
  var halfOpen = 0

  /// A relay without sessions. The identity is one per process: its certificate is in every answer.
  public init(
    configuration: RelayConfiguration, identity: DTLSIdentity, random: RelayRandom
  ) {
    self.configuration = configuration
    self.identity = identity
    self.random = random
    var seeds = random
    strangers = StrangerBudget(seed: seeds.next())
    let capacity = configuration.maximumSessions
    sessions = Slab(capacity: capacity)
    rooms = Slab(capacity: capacity)
    routes = RouteTable(capacity: capacity)
    sessionWakes = WakeTable(capacity: capacity)
    roomWakes = WakeTable(capacity: capacity)
    queue = OutgoingQueue(capacity: configuration.outgoingCapacity)
    footprints = .allocate(capacity: capacity)
  }

  deinit { footprints.deallocate() }

  // MARK: State

  /// Live sessions.
  public var sessionCount: Int { sessions.count }

  /// Rooms.
  public var roomCount: Int { rooms.count }

  /// Live sessions with their slots.
  public var listings: [SessionListing] {
    sessionNumbers.values.sorted().map {
      SessionListing(reference: sessions[$0].reference, slots: slots(of: $0))
    }
  }

  // MARK: Outputs

  /// Datagrams waiting to be sent.
  public var outgoingCount: Int { queue.count }

  /// Whether more has come than is taken in; see `ForwardSink.isBehind`.
  public var isBehind: Bool {
    get { queue.sink.isBehind }
    set { queue.sink.isBehind = newValue }
  }

  /// Whether they should be sent before another datagram is taken in.
  public var isOutgoingWorthSending: Bool { queue.isWorthSending }

  /// The datagram at `index` (0 ..< `outgoingCount`).
  public func outgoing(at index: Int) -> OutgoingDatagram { queue[index] }

  /// Forgets the datagrams that were sent.
  public mutating func removeAllOutgoing() {
    counters.datagramsSent &+= Int64(queue.count)
    queue.removeAll()
  }

  /// The next event, oldest first.
  public mutating func nextEvent() -> RelayEvent? {
    guard eventsTaken < events.count else {
      events.removeAll(keepingCapacity: true)
      eventsTaken = 0
      return nil
    }
    defer { eventsTaken += 1 }
    return events[eventsTaken]
  }

  // MARK: Datagrams

  /// Takes a datagram that arrived on socket `local`. It is opened in place.
  ///
  /// What belongs to nobody is dropped, counted and never answered; there are no answers at all to
  /// anyone who has not shown a session's password.
  ///
  /// A packet of a byte stream comes on `LocalPath.streams`, from the name that the caller has given
  /// the stream: an address that no datagram comes from. `mapped` is the client's own then.
  public mutating func receive(
    _ datagram: UnsafeMutableRawBufferPointer, from source: SocketAddress, on local: LocalPath,
    mapped: SocketAddress? = nil, at time: TurnTime
  ) {
    take(datagram, from: source, on: local, mapped: mapped, at: time)
    while !forwardTaken(at: time) {}
  }

  /// The same for one of many: media is only opened, and waits for `forwardTaken`; its bytes stay where
  /// they are until then. See `OpenedPackets`.
  public mutating func take(
    _ datagram: UnsafeMutableRawBufferPointer, from source: SocketAddress, on local: LocalPath,
    mapped: SocketAddress? = nil, at time: TurnTime
  ) {
    counters.datagramsReceived &+= 1
    counters.bytesReceived &+= Int64(datagram.count)
    // Nothing can be sent to port 0: no honest peer has it.
    guard let first = datagram.first, source.port != 0 else {
      counters.droppedGarbage &+= 1
      return
    }
    let session: Int
    var isMedia = false
    var isStray = false
    let kind = DatagramKind.classify(firstByte: first)
    switch kind {
    case .stun:
      guard let owner = stunOwner(of: UnsafeRawBufferPointer(datagram), from: source) else {
        return
      }
      session = owner
      isStray = routes.session(of: source) != owner
    case .dtls, .media:
      isMedia = kind == .media
      if let owner = routes.session(of: source) {
        guard isMedia else {
          return putOff(datagram, from: source, on: local, of: owner, at: time.now)
        }
        session = owner
      } else if isMedia, let owner = strayOwner(of: UnsafeRawBufferPointer(datagram)) {
        session = owner
        isStray = true
      } else {
        counters.droppedUnknownAddress &+= 1
        return
      }
    default:
      counters.droppedGarbage &+= 1
      return
    }

    // Before any password or key is tried.
    if isStray, !strangers.take(mapped ?? source, at: time.now) {
      counters.droppedOverBudget &+= 1
      return
    }
    let received = sessions[session].transport.receive(
      datagram, from: source, on: local, mapped: mapped, at: time.now)
    switch received {
    case .rtp(let length):
      counters.rtpReceived &+= 1
      expect(forwardingFrom: session)
      opened.append(datagram, length: length, isRTP: true, session: session, isStray: isStray)
      if isStray { strangers.giveBack(mapped ?? source) }
    case .rtcp(let length):
      expect(forwardingFrom: session)
      opened.append(datagram, length: length, isRTP: false, session: session, isStray: false)
    case .none where isMedia:
      counters.droppedUnauthentic &+= 1
    case .none:
      // Only STUN, and DTLS in its turn, give a transport something to say or send at once. What media
      // changes in it (that it is heard from) can wait until it is next told the time, and its wakes may
      // come early; but where it ends a silence, the participant waits for sound and picture.
      settle(session, at: time)
      if isStray, knows(source) { strangers.giveBack(mapped ?? source) }
    }
  }

  /// Whether what was taken is to be forwarded before another datagram is.
  public var isTakenFull: Bool { opened.isFull }

  /// Forwards the media that was taken, and seals what that brings forth. False where what is queued has
  /// to be sent first: then call it again.
  public mutating func forwardTaken(at time: TurnTime) -> Bool {
    var sender = -1
    while let packet = opened.next() {
      if let next = opened.upcoming, next.session != packet.session { expect(next) }
      // A session may have ended with a packet before this one.
      guard sessions.contains(packet.session) else { continue }
      // One peer's packets come together, and go to the same listener.
      if packet.session != sender { expect(sealingFrom: packet.session) }
      sender = packet.session
      forward(packet, at: time)
      if packet.isStray || sessions[packet.session].isPathSilent {
        settle(packet.session, at: time)
      }
      if isOutgoingWorthSending { break }
    }
    sealMedia()
    return opened.isEmpty
  }

  /// Whose STUN this is: a request's user name says it, and an answer comes from where we asked.
  private mutating func stunOwner(
    of datagram: UnsafeRawBufferPointer, from source: SocketAddress
  ) -> Int? {
    switch STUNUserName.find(in: datagram.bytes) {
    case .fragment(let fragment):
      if let owner = routes.session(of: fragment) { return owner }
      counters.droppedUnknownUser &+= 1
      return nil
    case .absent:
      if let owner = routes.session(of: source) { return owner }
      counters.droppedUnknownAddress &+= 1
      return nil
    case .malformed:
      counters.droppedGarbage &+= 1
      return nil
    }
  }

  /// Who claims to have sent RTP from an address that is nobody's; see `RouteTable`.
  private func strayOwner(of datagram: UnsafeRawBufferPointer) -> Int? {
    let bytes = datagram.bytes
    guard bytes.byteCount >= RTPHeader.fixedLength, !DatagramKind.isRTCP(bytes) else { return nil }
    return routes.session(ofSource: SSRC(bytes.loadUInt32(at: 8)))
  }

  private mutating func forward(_ packet: OpenedPackets.Packet, at time: TurnTime) {
    let room = sessions[packet.session].room
    let participant = sessions[packet.session].participant
    queue.sink.roomTag = Int32(truncatingIfNeeded: room)
    let record = rooms.pointer(to: room)
    if packet.isRTP {
      record.pointee.room.receiveRTP(
        from: participant, packet: packet.bytes, at: time.now, into: &queue.sink)
    } else {
      record.pointee.room.receiveRTCP(
        from: participant, packet: packet.bytes, at: time.now, into: &queue.sink)
    }
    settleRoom(room, at: time)
  }

  /// Seals what rooms have put into the sink since the last call.
  mutating func sealMedia() {
    while let index = queue.nextUnsealed() {
      let entry = queue.sink.entry(at: index)
      guard rooms.contains(Int(entry.room)), entry.participant >= 0,
        entry.participant < Room.maximumCapacity
      else {
        counters.droppedUnsendable &+= 1
        continue
      }
      // The one field, not a method of the record: that would be called with a copy of the whole room.
      let session = Int(rooms[Int(entry.room)].members[Int(entry.participant)])
      guard session >= 0, let path = sessions[session].transport.sendingPath(),
        let slot = queue.sink.slot(at: index).baseAddress
      else {
        counters.droppedUnsendable &+= 1
        continue
      }
      let length = Int(entry.length)
      let sealed =
        switch entry.kind {
        case .rtp: sessions[session].transport.protectRTP(slot, length: length)
        case .rtcp: sessions[session].transport.protectRTCP(slot, length: length)
        }
      guard let sealed else {
        counters.droppedUnsendable &+= 1
        continue
      }
      var isPicture = false
      if entry.kind == .rtp {
        counters.rtpSent &+= 1
        // SRTP leaves the header readable (RFC 3711 §3.1).
        let secondByte = slot.load(fromByteOffset: 1, as: UInt8.self)
        isPicture = sessions[session].pictures.contains(secondByte: secondByte)
      }
      queue.commitMedia(
        index, length: sealed, to: path.remote, local: path.local.rawValue, isPicture: isPicture)
    }
  }
}

@available(*, unavailable)
extension RelayCore: Sendable {}
