public import MediaEngine
import ModelCodecs
public import NetworkSimulation
import Relay
public import Transport
public import Wire

/// One participant: the native client's own path and media, with its clock, its socket and its codecs
/// replaced. What keeps a call alive here keeps it alive in a kiosk.
///
/// It has a place in the network: an address under which the relay sees it, and a link each way.
public final class Party {
  /// Who it is, to the relay.
  public let name: String
  /// What it hears and sees is measured by these.
  public internal(set) var ears: [Ear]
  /// How well each slot's picture and sound go together.
  public private(set) var skews: [Skew]
  /// Under which address datagrams leave it; the relay answers there.
  public private(set) var address: SocketAddress
  /// The direction from it.
  public private(set) var up: EmulatedNetwork.LinkID
  /// The direction to it.
  public private(set) var down: EmulatedNetwork.LinkID
  /// What its transport told, in order.
  public private(set) var events: [(at: MonotonicTime, event: TransportEvent)] = []
  /// Requests to the service since it was let in: restarts of ICE, and joins anew.
  public internal(set) var signallingCount = 0
  /// Its session's id at the relay.
  public internal(set) var session: String?

  let slots: Int
  /// Who sat in its slots when it was let in.
  var firstSlots: [SlotState] = []
  private(set) var media: MediaSession?
  private let screens = Screens()
  private let clock: SimulatedClock
  private let configuration: MediaConfiguration
  private let identity: DTLSIdentity
  private let mediaIdentity: MediaIdentity
  private var credentials: ICECredentials
  private var transport: SecureTransport?
  private var socket = LocalPath.only
  private(set) var streams: [PartyStream] = []
  private var random: SeededRandom
  private let wallClock: WallClock
  private let buffer: UnsafeMutableRawBufferPointer
  /// Where a packet is framed for a stream, its own or the relay's.
  private let frame: UnsafeMutableRawBufferPointer
  private let framing: StreamFraming
  /// Pictures that were compared with their sound, by slot.
  private var compared: [Int]

  init(
    name: String, address: SocketAddress, up: EmulatedNetwork.LinkID,
    down: EmulatedNetwork.LinkID, framing: StreamFraming,
    configuration: MediaConfiguration, slots: Int, clock: SimulatedClock,
    wallClock: WallClock, seed: UInt64
  ) throws {
    self.name = name
    self.framing = framing
    self.address = address
    self.up = up
    self.down = down
    self.slots = slots
    self.clock = clock
    self.wallClock = wallClock
    ears = Array(repeating: Ear(), count: slots)
    skews = Array(repeating: Skew(), count: slots)
    compared = Array(repeating: 0, count: slots)
    var random = SeededRandom(seed)
    credentials = ICECredentials.generate(using: &random)
    mediaIdentity = MediaIdentity.random(using: &random)
    self.random = random
    identity = try DTLSIdentity()
    var configuration = configuration
    configuration.measuresProof = false
    configuration.codecs = Self.codecs(
      clock: clock, wallClock: wallClock, screens: screens)
    self.configuration = configuration
    buffer = .allocate(byteCount: 2_048, alignment: 16)
    frame = .allocate(byteCount: TURNFrame.longest, alignment: 16)
  }

  deinit {
    buffer.deallocate()
    frame.deallocate()
  }

  private static func codecs(
    clock: SimulatedClock, wallClock: WallClock, screens: Screens
  ) -> MediaCodecs {
    MediaCodecs(
      soundEncoder: { bitrate throws(MediaError) in
        SpokenTimeEncoder(bitrate: bitrate, clock: clock)
      },
      soundDecoder: { () throws(MediaError) in SpokenTimeDecoder() },
      pictureEncoder: MediaCodecs.models.pictureEncoder,
      pictureDecoder: { () throws(MediaError) in
        WatchedPictureDecoder(clock: clock, wallClock: wallClock, screens: screens)
      })
  }

  // MARK: Signalling

  /// What it offers when it joins or asks for a restart of ICE.
  func makeOffer(version: UInt64) -> ClientOffer {
    ClientOffer(
      transport: MediaEngine.LocalTransport(
        iceUfrag: credentials.ufrag, icePassword: credentials.password,
        fingerprint: identity.fingerprint),
      identity: mediaIdentity, slots: slots, session: 7, version: version)
  }

  /// Takes the relay's answer to a join and looks for a path.
  func accept(_ answer: ClientAnswer, startedAt: MonotonicTime, at now: MonotonicTime) throws {
    var made = SecureTransport(
      configuration: TransportConfiguration(
        role: .client, local: credentials,
        remote: ICECredentials(ufrag: answer.iceUfrag, password: answer.icePassword),
        remoteFingerprint: answer.fingerprint),
      identity: identity, seed: random.next(), now: now)
    for candidate in answer.candidates { made.addRemoteCandidate(candidate.address, now: now) }
    transport = consume made
    socket = .only
    if let media { return try media.resume(media: answer.media) }
    let media = try MediaSession(
      media: answer.media, configuration: configuration, wallClock: wallClock,
      seed: random.next(), startedAt: startedAt)
    media.output.sound = { [unowned self] slot, samples, time in
      hear(samples, in: slot, at: time)
    }
    self.media = media
  }

  /// Makes new credentials for a restart of ICE, keeping the path in use until there is another.
  func prepareRestart() { credentials = ICECredentials.generate(using: &random) }

  /// Takes the relay's answer to a restart.
  func acceptRestart(_ answer: ClientAnswer, at now: MonotonicTime) {
    transport?.restartICE(
      local: credentials,
      remote: ICECredentials(ufrag: answer.iceUfrag, password: answer.icePassword), now: now)
  }

  private func hear(_ samples: UnsafeBufferPointer<Int16>, in slot: Int, at now: MonotonicTime) {
    guard slot < ears.count else { return }
    ears[slot].take(samples, at: now)
    let eye = screens.eye(slot)
    // A picture is compared once, with what is heard within the 10 ms after it.
    guard eye.shown > compared[slot], ears[slot].lastHeard == now, let age = ears[slot].lastAge
    else { return }
    compared[slot] = eye.shown
    skews[slot].note(soundAge: age, pictureAge: eye.lastAge)
  }

  // MARK: Streams

  /// Begins to connect streams to the relay, plain and with TLS.
  func openStreams(
    from addresses: [SocketAddress], roundTrip: TimeSpan, at now: MonotonicTime
  ) {
    for (number, address) in addresses.enumerated() {
      streams.append(
        PartyStream(
          number: UInt8(number), isTLS: number % 2 == 1,
          framing: number % 2 == 1 ? framing : .length, address: address, roundTrip: roundTrip,
          at: now))
    }
  }

  /// Tells the transport of the streams that are connected by now, where the firewall has let them.
  private func addReadyStreams(passage: Passage, at now: MonotonicTime) {
    for index in streams.indices where !streams[index].isOpen && streams[index].readyAt <= now {
      streams[index].isOpen = true
      // Where UDP is heard there is no need; where the firewall refuses there is no connection.
      guard !isSecured, passage != .tls || streams[index].up.isTLS else { continue }
      transport?.addStreamPath(
        streams[index].path, to: SimulatedVisit.relayAddress, cost: streams[index].cost, now: now)
    }
  }

  /// Sends something of the relay's down the stream that ends at `address`.
  func receiveLater(
    _ bytes: UnsafeRawBufferPointer, on address: SocketAddress, at now: MonotonicTime,
    into network: inout EmulatedNetwork
  ) {
    guard let index = streams.firstIndex(where: { $0.address == address }) else { return }
    let framing = streams[index].framing
    framing.wrap(bytes, in: frame) {
      network.send(
        $0, from: SimulatedVisit.relayAddress, to: address, over: down,
        in: &streams[index].down, at: now)
    }
  }

  /// What the relay gets of `bytes` that came from `address`, one of this party's: the packet in them.
  func unwrap(
    _ bytes: UnsafeMutableRawBufferPointer, from address: SocketAddress
  ) -> UnsafeMutableRawBufferPointer? {
    let stream = streams.first { $0.address == address }
    return (stream?.framing ?? .length).unwrap(bytes)
  }

  /// Whether datagrams for `address` are for this party.
  func owns(_ address: SocketAddress) -> Bool {
    self.address == address || streams.contains { $0.address == address }
  }

  // MARK: Moving

  /// The router gives its socket another outer address. It is not told.
  func rebind(to address: SocketAddress) { self.address = address }

  /// Its device changes networks and knows it: it opens a socket on the new one and gives up the old.
  func move(
    to address: SocketAddress, up: EmulatedNetwork.LinkID, down: EmulatedNetwork.LinkID,
    at now: MonotonicTime
  ) {
    self.address = address
    self.up = up
    self.down = down
    let old = socket
    socket = LocalPath(rawValue: (old.rawValue + 1) % 16)
    transport?.addLocalPath(socket, cost: 0, now: now)
    transport?.removeLocalPath(old, now: now)
  }

  // MARK: Time and datagrams

  /// When it wants to be called.
  var nextWake: MonotonicTime? {
    guard let media else { return transport?.nextWake }
    var wake = media.nextWake
    if let next = transport?.nextWake { wake = min(wake, next) }
    for stream in streams where !stream.isOpen { wake = min(wake, stream.readyAt) }
    return wake
  }

  /// Does what is due.
  func advance(to now: MonotonicTime, into network: inout EmulatedNetwork) {
    addReadyStreams(passage: network.conditions(of: up).passage, at: now)
    transport?.advance(to: now)
    settle(at: now, into: &network)
    media?.poll(at: now) { kind, packet, length in
      send(kind, packet, length, at: now, into: &network)
    }
  }

  /// Takes a datagram.
  func receive(
    _ datagram: UnsafeMutableRawBufferPointer, from source: SocketAddress,
    at destination: SocketAddress, now: MonotonicTime, into network: inout EmulatedNetwork
  ) {
    let path = streams.first { $0.address == destination }?.path ?? socket
    guard let datagram = unwrap(datagram, from: destination) else { return }
    switch transport?.receive(datagram, from: source, on: path, at: now) ?? .none {
    case .rtp(let length):
      media?.receiveRTP(UnsafeRawBufferPointer(rebasing: datagram[..<length]), at: now)
    case .rtcp(let length):
      media?.receiveRTCP(UnsafeRawBufferPointer(rebasing: datagram[..<length]), at: now)
    case .none: settle(at: now, into: &network)
    }
  }

  private func settle(at now: MonotonicTime, into network: inout EmulatedNetwork) {
    while let event = transport?.nextEvent() {
      events.append((now, event))
      switch event {
      case .secured: media?.isConnected = true
      case .failed, .closed: media?.isConnected = false
      default: break
      }
    }
    while let transmit = transport?.nextTransmit(into: buffer) {
      send(
        UnsafeRawBufferPointer(rebasing: buffer[..<transmit.length]), to: transmit.destination,
        on: transmit.localPath, at: now, into: &network)
    }
  }

  private func send(
    _ kind: MediaPacketKind, _ packet: UnsafeMutableRawBufferPointer, _ length: Int,
    at now: MonotonicTime, into network: inout EmulatedNetwork
  ) {
    guard let bytes = packet.baseAddress, let destination = transport?.remoteAddress,
      let path = transport?.localPath
    else { return }
    let sealed =
      switch kind {
      case .rtp: transport?.protectRTP(bytes, length: length)
      case .rtcp: transport?.protectRTCP(bytes, length: length)
      }
    guard let sealed else { return }
    send(
      UnsafeRawBufferPointer(start: bytes, count: sealed), to: destination, on: path, at: now,
      into: &network)
  }

  private func send(
    _ bytes: UnsafeRawBufferPointer, to destination: SocketAddress, on path: LocalPath,
    at now: MonotonicTime, into network: inout EmulatedNetwork
  ) {
    if path == socket {
      network.send(bytes, from: address, to: destination, over: up, at: now)
    } else if let index = streams.firstIndex(where: { $0.path == path }) {
      let (framing, source) = (streams[index].framing, streams[index].address)
      framing.wrap(bytes, in: frame) {
        network.send(
          $0, from: source, to: destination, over: up, in: &streams[index].up, at: now)
      }
    }
    // What is for a socket that was closed goes nowhere.
  }

  // MARK: What came of it

  /// Whether its path is secured.
  public var isSecured: Bool { transport?.isSecured ?? false }

  /// Whether the path in use is a byte stream.
  public var usesStream: Bool { transport?.localPath.isStream ?? false }

  /// What it sees in a slot.
  public func eye(_ slot: Int = 0) -> Eye { screens.eye(slot) }

  /// Pictures shown in a slot in the last whole second.
  public func framesPerSecond(slot: Int = 0) -> Int {
    screens.framesPerSecond(slot: slot, at: clock.now)
  }

  /// What its media session says about itself.
  public var statistics: MediaStatistics { media?.statistics(at: clock.now) ?? MediaStatistics() }

  /// How often its path ended.
  public var disconnects: Int {
    events.count { entry in
      switch entry.event {
      case .failed, .closed: true
      default: false
      }
    }
  }
}
