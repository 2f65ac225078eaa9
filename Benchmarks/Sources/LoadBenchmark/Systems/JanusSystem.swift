import CLoad
import Glibc
import Transport
import Wire

/// Janus with its videoroom, Debian's package, under a configuration of this run's own.
///
/// A participant has two PeerConnections there, one to publish and one to receive what the others
/// publish: that is how the videoroom works, and so a visit of two takes four. ICE lite, as on a
/// server with a public address; our offers and answers say `setup:active`, so that Janus is the DTLS
/// server and, being offered it, takes AEAD_AES_128_GCM as our relay does.
final class JanusSystem: SystemUnderTest {
  /// Where Debian puts it.
  static let program = "/usr/bin/janus"
  /// Whether there is one.
  static var isInstalled: Bool { access(program, X_OK) == 0 }

  let name: String
  private(set) var processID: pid_t = 0
  let legsPerParticipant = 2
  private let eventLoops: Int
  private let folder: RunFolder
  private var connection: JanusConnection?
  private var session: UInt64 = 0
  private var administrator: UInt64 = 0
  private var random = SystemRandomNumberGenerator()
  private var runs = 0
  private var logPath = ""
  /// Janus takes no loopback address, and libnice binds its sockets to the interface: the clients
  /// must have the same address. Each PeerConnection has a port of its own, which tells them apart.
  private var address: UInt32 = 0
  private var waiting: [Subscription] = []

  /// Who waits to receive whom, until they publish.
  private struct Subscription {
    var participant: Int
    var feeds: [UInt64]
    var room: UInt64
    var requestedAt: Int64
  }

  /// `eventLoops` 0 is the default: a thread for each PeerConnection.
  init(eventLoops: Int, folder: RunFolder) {
    self.eventLoops = eventLoops
    self.folder = folder
    name = eventLoops == 0 ? "janus" : "janus loop"
  }

  func start() throws {
    var attempts = 0
    while true {
      do {
        return try startOnce()
      } catch {
        stop()
        attempts += 1
        // Its Unix socket's thread ends at once where it runs before Janus has noted that it may.
        guard attempts < 3 else { throw error }
      }
    }
  }

  private func startOnce() throws {
    guard Self.isInstalled else { throw BenchmarkError.failed("janus is not installed") }
    runs += 1
    let configuration = "\(folder.path)/janus\(eventLoops)-\(runs)"
    mkdir(configuration, 0o700)
    let socket = configuration + "/api"
    let libraries = "/usr/lib/x86_64-linux-gnu/janus"
    address = load_address()
    guard address != 0 else {
      throw BenchmarkError.failed("janus takes no loopback address, and there is no other")
    }
    let ip = SocketAddress(ipv4: address, port: 0).ipText
    Files.write(
      """
      general: {
        configs_folder = "\(configuration)"
        plugins_folder = "\(libraries)/plugins"
        transports_folder = "\(libraries)/transports"
        events_folder = "\(libraries)/events"
        loggers_folder = "\(libraries)/loggers"
        interface = "\(ip)"
        debug_level = 2
        session_timeout = 0
        \(eventLoops > 0 ? "event_loops = \(eventLoops)" : "")
      }
      nat: { ice_lite = true, ice_enforce_list = "\(ip)" }
      media: { ipv6 = false }
      plugins: { disable = "\(others(in: libraries + "/plugins", than: "videoroom"))" }
      transports: { disable = "\(others(in: libraries + "/transports", than: "pfunix"))" }
      """, to: configuration + "/janus.jcfg")
    Files.write(
      "general: { enabled = true, json = \"plain\", path = \"\(socket)\", type = \"SOCK_SEQPACKET\" }\n",
      to: configuration + "/janus.transport.pfunix.jcfg")
    Files.write("general: { }\n", to: configuration + "/janus.plugin.videoroom.jcfg")
    logPath = configuration + "/log"
    // Free to use every core until it is up: with one only, that thread mostly runs too early.
    processID = try Processes.spawn([Self.program, "-F", configuration], log: logPath, core: -1)
    let made = try explained { try JanusConnection(path: socket) }
    load_pin_process(processID, Cores.system)
    connection = made
    session = try made.ask(.init("create")).data?.id ?? 0
    administrator = try attach()
  }

  /// What fails goes with the end of Janus' own log.
  private func explained<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      throw BenchmarkError.failed("\(error)\n\((Files.read(logPath) ?? "").suffix(1_500))")
    }
  }

  /// The names of Janus' other libraries of a kind, which need not be loaded.
  private func others(in path: String, than wanted: String) -> String {
    Files.names(in: path).filter { $0.hasSuffix(".so") && $0 != "libjanus_\(wanted).so" }
      .joined(separator: ",")
  }

  func join(
    room: String, participants: [Int], sends: MediaKinds, through generator: Generator
  ) throws {
    let number = (UInt64(room) ?? 0) + 1
    var creation = JanusConnection.Body("create")
    creation.room = number
    creation.publishers = participants.count
    creation.audiocodec = "opus"
    creation.videocodec = "vp8"
    creation.notify_joining = false
    _ = try message(creation, to: administrator)
    let requestedAt = load_monotonic()
    var feeds: [UInt64] = []
    for participant in participants {
      feeds.append(
        try publish(
          participant, in: number, sends: sends, requestedAt: requestedAt, through: generator))
    }
    for (position, participant) in participants.enumerated() {
      let others = feeds.indices.filter { $0 != position }.map { feeds[$0] }
      waiting.append(
        Subscription(
          participant: participant, feeds: others, room: number, requestedAt: requestedAt))
    }
  }

  func completeJoins(through generator: Generator) throws {
    for subscription in waiting {
      try explained { try subscribe(subscription, through: generator) }
    }
    waiting.removeAll()
  }

  private func publish(
    _ participant: Int, in room: UInt64, sends: MediaKinds, requestedAt: Int64,
    through generator: Generator
  ) throws -> UInt64 {
    let index = participant * 2
    let handle = try attach()
    let credentials = ICECredentials.generate(using: &random)
    var body = JanusConnection.Body("joinandconfigure")
    body.ptype = "publisher"
    body.room = room
    let offer = SessionText.offer(
      credentials: credentials, fingerprint: generator.identity.fingerprint,
      sources: MediaSource(index: index), kinds: sends, receivers: 0, setup: "active",
      candidate: candidate(generator))
    let reply = try message(body, to: handle, jsep: .init(type: "offer", sdp: offer))
    guard let answer = reply.jsep.flatMap({ RemoteDescription($0.sdp) }),
      let feed = reply.plugindata?.data.id
    else { throw BenchmarkError.failed("janus' answer is not understood") }
    generator.tell(
      .add(
        plan(
          index, at: answer, credentials: credentials, sends: sends, requestedAt: requestedAt)))
    return feed
  }

  private func subscribe(_ wish: Subscription, through generator: Generator) throws {
    let index = wish.participant * 2 + 1
    let handle = try attach()
    let credentials = ICECredentials.generate(using: &random)
    var body = JanusConnection.Body("join")
    body.ptype = "subscriber"
    body.room = wish.room
    body.streams = wish.feeds.map { .init(feed: $0) }
    var answered: JanusConnection.Reply?
    let deadline = load_monotonic() + 5_000_000_000
    while answered == nil {
      do {
        answered = try message(body, to: handle)
      } catch let refusal as JanusConnection.Refusal
        where refusal.code == JanusConnection.Refusal.noSuchFeed && load_monotonic() < deadline
      {
        // The publisher's PeerConnection is not up yet.
        usleep(5_000)
      }
    }
    guard let offer = answered?.jsep.flatMap({ RemoteDescription($0.sdp) }) else {
      throw BenchmarkError.failed("janus' offer is not understood")
    }
    let answer = SessionText.answer(
      to: offer, credentials: credentials, fingerprint: generator.identity.fingerprint,
      candidate: candidate(generator))
    _ = try message(
      JanusConnection.Body("start"), to: handle, jsep: .init(type: "answer", sdp: answer))
    generator.tell(
      .add(
        plan(
          index, at: offer, credentials: credentials, sends: nil, requestedAt: wish.requestedAt)))
  }

  private func plan(
    _ index: Int, at remote: RemoteDescription, credentials: ICECredentials, sends: MediaKinds?,
    requestedAt: Int64
  ) -> LegPlan {
    LegPlan(
      index: index, remote: remote.address,
      protection: .negotiated(
        local: credentials, remote: remote.credentials, fingerprint: remote.fingerprint),
      sends: sends, receives: sends == nil, transportSequenceID: remote.transportSequenceID,
      sharedAddress: address, requestedAt: requestedAt)
  }

  /// Where a leg is, as a candidate.
  private func candidate(_ generator: Generator) -> String {
    let address = SocketAddress(ipv4: address, port: generator.port)
    return "1 1 udp 2113937151 \(address.ipText) \(generator.port) typ host"
  }

  private func attach() throws -> UInt64 {
    var request = JanusConnection.Request("attach")
    request.session_id = session
    request.plugin = "janus.plugin.videoroom"
    return try ask(request).data?.id ?? 0
  }

  private func message(
    _ body: JanusConnection.Body, to handle: UInt64,
    jsep: JanusConnection.SessionDescription? = nil
  ) throws -> JanusConnection.Reply {
    var request = JanusConnection.Request("message")
    request.session_id = session
    request.handle_id = handle
    request.body = body
    request.jsep = jsep
    return try ask(request)
  }

  private func ask(_ request: JanusConnection.Request) throws -> JanusConnection.Reply {
    guard let connection else { throw BenchmarkError.failed("janus is not running") }
    return try connection.ask(request)
  }

  func stop() {
    waiting.removeAll()
    connection = nil
    load_kill(processID)
    processID = 0
  }
}

extension SocketAddress {
  /// An IPv4 address in dotted form.
  fileprivate var ipText: String {
    [24, 16, 8, 0].map { "\(ipv4 >> UInt32($0) & 0xFF)" }.joined(separator: ".")
  }
}
