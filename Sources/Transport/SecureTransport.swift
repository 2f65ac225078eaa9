public import Wire

/// One participant's secure path: ICE finds it, DTLS keys it, SRTP protects what goes over it.
///
/// Sans-IO. The one rule: *mutate it with a datagram, a command or a time; then drain `nextTransmit`
/// and `nextEvent` until both are nil; then wake it at `nextWake`.* After a datagram of media, which
/// seldom brings forth anything, draining may wait for `nextWake`.
///
/// This type decides which layer a datagram belongs to and carries the one layer's result to the next;
/// each layer's state and rules are its own.
public struct SecureTransport: ~Copyable {
  private let role: TransportRole
  private var ice: ICEAgent
  private var dtls: DTLSEndpoint
  private var srtp: SRTPSession?
  private var events: [TransportEvent] = []
  private var counts = TransportCounters()
  private var isOver = false
  /// Whether the peer has yet to show that it has its keys.
  private var awaitsProof = false
  /// Where the last DTLS datagrams go once ICE has ended.
  private var closingPath: PathKey?

  /// Bytes that must be free after a packet handed to `protectRTP` or `protectRTCP`.
  public static var trailerLength: Int { SRTPSession.trailerLength }

  /// A path that knows no peer address yet. `seed` feeds transaction ids and jitter of timers; the
  /// keys come from OpenSSL's own source.
  public init(
    configuration: TransportConfiguration, identity: DTLSIdentity, seed: UInt64,
    now: MonotonicTime
  ) {
    role = configuration.role
    ice = ICEAgent(configuration: configuration, seed: seed, now: now)
    dtls = DTLSEndpoint(identity: identity, configuration: configuration)
  }

  // MARK: Commands

  /// Adds one of our own sockets to check from. `cost` is in milliseconds: a path through it must have
  /// a round trip shorter by so much to be preferred (a metered network costs more). Unless called, an
  /// endpoint has `LocalPath.only`; the first call takes that one's place.
  public mutating func addLocalPath(_ path: LocalPath, cost: UInt8, now: MonotonicTime) {
    ice.addLocalPath(path, cost: cost, now: now)
    settle(now: now)
  }

  /// Adds a byte stream (`path.isStream`) that is connected to `remote`, and to nobody else: it is not
  /// paired with other addresses, nor does it take a default socket's place. What is sent over it is to
  /// be framed (RFC 4571). `cost` is `LocalPath.tcpCost` or `.tlsCost`, and more where metered.
  public mutating func addStreamPath(
    _ path: LocalPath, to remote: SocketAddress, cost: UInt8, now: MonotonicTime
  ) {
    ice.addStreamPath(path, to: remote, cost: cost, now: now)
    settle(now: now)
  }

  /// Takes one path away: the stream that a relay knew by `remote` is closed.
  public mutating func removePath(
    _ path: LocalPath, to remote: SocketAddress, now: MonotonicTime
  ) {
    ice.removePath(PathKey(local: path, remote: remote), now: now)
    settle(now: now)
  }

  /// Takes a socket or stream of ours away with all paths through it: it is closed or its network is
  /// gone.
  public mutating func removeLocalPath(_ path: LocalPath, now: MonotonicTime) {
    ice.removeLocalPath(path, now: now)
    settle(now: now)
  }

  /// Adds an address of the peer's to check, from every socket of ours (client role). At most 12.
  public mutating func addRemoteCandidate(_ address: SocketAddress, now: MonotonicTime) {
    ice.addRemoteCandidate(address, now: now)
    settle(now: now)
  }

  /// Starts a new ICE generation (RFC 8445 §9). Media goes on over the old path until a path of the
  /// new generation is validated; DTLS and SRTP are untouched. Checks under the last generation's
  /// credentials are still answered: keep its user name fragment in the lookup until the next restart.
  public mutating func restartICE(
    local: ICECredentials, remote: ICECredentials, now: MonotonicTime
  ) {
    ice.restart(local: local, remote: remote, now: now)
    settle(now: now)
  }

  /// Queues a `close_notify` and ends: nothing is protected, opened or checked afterwards, and no event
  /// follows. Drain `nextTransmit` once more.
  public mutating func close() {
    guard !isOver else { return }
    isOver = true
    srtp = nil
    profile = nil
    dtls.close()
    closingPath = ice.selectedKey
    ice.stop()
  }

  // MARK: Datagrams

  /// Takes a datagram. SRTP and SRTCP are opened in place; with a GCM profile that neither allocates
  /// nor locks. Longer ones than 2 048 bytes, and what is none of STUN, DTLS and SRTP, are dropped.
  ///
  /// Media may come from an address that is not in use here (a caller that knows the session by its
  /// SSRC): if it is authentic, a relay checks that address, and moves there once it has answered and
  /// the old one is quiet.
  ///
  /// `mapped` is the peer's own address, where `source` is only our name for a stream.
  public mutating func receive(
    _ datagram: UnsafeMutableRawBufferPointer, from source: SocketAddress,
    on localPath: LocalPath = .only, mapped: SocketAddress? = nil, at now: MonotonicTime
  ) -> Received {
    guard let base = datagram.baseAddress, datagram.count > 0,
      datagram.count <= SRTPLimits.longestPacket
    else {
      counts.unrecognised += 1
      return .none
    }
    let key = PathKey(local: localPath, remote: source)
    switch DatagramKind.classify(firstByte: datagram[0]) {
    case .media:
      return receiveMedia(base, length: datagram.count, over: key, now: now)
    case .stun:
      receiveSTUN(
        UnsafeRawBufferPointer(datagram), over: key, mapped: mapped ?? source, now: now)
    case .dtls:
      receiveDTLS(UnsafeRawBufferPointer(datagram), over: key, now: now)
    default:
      counts.unrecognised += 1
    }
    return .none
  }

  private mutating func receiveMedia(
    _ packet: UnsafeMutableRawPointer, length: Int, over key: PathKey, now: MonotonicTime
  ) -> Received {
    guard length >= SRTPPacket.rtcpHeader else {
      counts.unrecognised += 1
      return .none
    }
    // RFC 5761 §4: RTCP where the second byte is 192 ... 223.
    let isRTCP = packet.load(fromByteOffset: 1, as: UInt8.self) & 0xE0 == 0xC0
    let result =
      isRTCP ? srtp?.openRTCP(packet, length: length) : srtp?.openRTP(packet, length: length)
    switch result {
    case .done(let opened):
      ice.noteMedia(length: length, over: key, now: now)
      if awaitsProof { noteProof() }
      return isRTCP ? .rtcp(length: opened) : .rtp(length: opened)
    case .replayed: counts.replayed += 1
    case .malformed: counts.unrecognised += 1
    case .unauthenticated, .tooManyStreams, nil: counts.unauthenticated += 1
    }
    return .none
  }

  /// The first packet under the new keys: the handshake is over for the peer, too.
  @inline(never)
  private mutating func noteProof() {
    awaitsProof = false
    dtls.settle()
  }

  private mutating func receiveSTUN(
    _ datagram: UnsafeRawBufferPointer, over key: PathKey, mapped: SocketAddress,
    now: MonotonicTime
  ) {
    guard !isOver, ice.receive(datagram, over: key, mapped: mapped, now: now) else {
      counts.refusedSTUN += 1
      return
    }
    settle(now: now)
  }

  private mutating func receiveDTLS(
    _ datagram: UnsafeRawBufferPointer, over key: PathKey, now: MonotonicTime
  ) {
    guard !isOver, ice.isValidated(key) else {
      counts.refusedDTLS += 1
      return
    }
    dtls.receive(datagram, now: now)
    settle(now: now)
  }

  /// Protects an RTP packet of `length` bytes in place and returns its new length; nil while there are
  /// no keys, or where the packet is malformed or its index was used before. `trailerLength` bytes
  /// after it are free. With a GCM profile it neither allocates nor locks.
  public mutating func protectRTP(_ packet: UnsafeMutableRawPointer, length: Int) -> Int? {
    guard case .done(let sealed) = srtp?.sealRTP(packet, length: length) else { return nil }
    return sealed
  }

  /// Protects a compound RTCP packet in place, as `protectRTP`.
  public mutating func protectRTCP(_ packet: UnsafeMutableRawPointer, length: Int) -> Int? {
    guard case .done(let sealed) = srtp?.sealRTCP(packet, length: length) else { return nil }
    return sealed
  }

  // MARK: Outputs

  /// Writes the next STUN or DTLS datagram into `buffer`, which holds at least `datagramLimit` bytes.
  public mutating func nextTransmit(into buffer: UnsafeMutableRawBufferPointer) -> Transmit? {
    if let transmit = ice.nextTransmit(into: buffer) { return transmit }
    guard let path = ice.selectedKey ?? closingPath, let length = dtls.nextDatagram(into: buffer)
    else { return nil }
    return Transmit(length: length, destination: path.remote, localPath: path.local)
  }

  /// The next event, oldest first.
  public mutating func nextEvent() -> TransportEvent? {
    // Media can end a silence or show a move, and does not settle on its way.
    events.isEmpty ? ice.nextEvent() : events.removeFirst()
  }

  /// When `advance` wants to be called next; nil once the path is over. It may come early: media that
  /// arrives puts deadlines off.
  public var nextWake: MonotonicTime? {
    guard !isOver, let wake = ice.nextWake else { return nil }
    return dtls.nextWake.map { min(wake, $0) } ?? wake
  }

  /// Tells the time.
  public mutating func advance(to now: MonotonicTime) {
    guard !isOver else { return }
    ice.advance(to: now)
    dtls.advance(to: now)
    settle(now: now)
  }

  /// Notes where what a packet of media from the peer needs lies, or one to it.
  public mutating func note(in places: inout MemoryPlaces, isSending: Bool) {
    ice.note(in: &places)
    places.add(&srtp)
    srtp?.note(in: &places, isSending: isSending)
  }

  // MARK: State

  /// Where media goes: the selected path, validated and consented to; nil while there is none.
  public var remoteAddress: SocketAddress? { ice.selectedKey?.remote }

  /// Which of our sockets media goes from; meaningful where `remoteAddress` is not nil.
  public var localPath: LocalPath { ice.selectedKey?.local ?? .only }

  /// Both of them, once per packet: unlike asking for each, it copies nothing.
  @inline(never)
  public mutating func sendingPath() -> (remote: SocketAddress, local: LocalPath)? {
    guard let key = ice.sendingKey() else { return nil }
    return (key.remote, key.local)
  }

  /// Whether both SRTP directions are keyed.
  public var isSecured: Bool { profile != nil }

  /// The profile in use; nil before it is secured and once it is over.
  public private(set) var profile: SRTPProfile?

  /// The selected path's smoothed round trip.
  public var roundTrip: TimeSpan? { ice.roundTrip }

  /// When something authenticated was last heard from the peer.
  public var lastHeard: MonotonicTime { ice.lastHeard }

  /// Datagrams refused so far.
  public var counters: TransportCounters {
    var counters = counts
    counters.refusedAddresses = ice.refusedAddresses
    return counters
  }

  // MARK: -

  /// Carries each layer's results to the next.
  private mutating func settle(now: MonotonicTime) {
    while let event = ice.nextEvent() {
      if case .failed = event {
        end(event)
        return
      }
      events.append(event)
      if event == .iceConnected, role == .client {
        dtls.start(now: now)
      }
    }
    switch dtls.takeOutcome() {
    case .secured(let keys): secure(keys)
    case .failed(let reason): end(.failed(reason))
    case .closed: end(.closed)
    case nil: break
    }
  }

  private mutating func secure(_ keys: SRTPKeys) {
    guard let session = SRTPSession(keys, role: role) else { return end(.failed(.handshake)) }
    srtp = consume session
    profile = keys.profile
    awaitsProof = true
    events.append(.secured(keys.profile))
  }

  /// Ends it with a last event. An alert that DTLS queued still goes out.
  private mutating func end(_ event: TransportEvent) {
    guard !isOver else { return }
    isOver = true
    closingPath = ice.selectedKey
    ice.stop()
    srtp = nil
    profile = nil
    events.append(event)
  }
}

/// It belongs to one thread: OpenSSL's and libsrtp's objects are not to be shared.
@available(*, unavailable)
extension SecureTransport: Sendable {}
