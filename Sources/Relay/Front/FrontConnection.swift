import CLinux
import Glibc
import Transport
import Wire

/// One client's connection, from its first byte on. Belongs to the loop's thread.
///
///     opening ──ICE check──▶ handed to its worker, gone from here
///        │ └──plain HTTP──▶ redirect, leaving
///        ▼ TLS
///     greeting ──HTTP──▶ http      TURN──▶ turn      ICE check──▶ frames
///
/// Everything it holds is bounded: what is not taken on one side is not read on the other, and a
/// client that stops reading is closed.
final class FrontConnection {
  /// What the connection is for.
  enum Stage {
    /// Unknown: it has not sent enough to tell.
    case opening
    /// TLS, unknown what for.
    case greeting
    /// Pages and requests, passed on to the HTTP server.
    case http(HTTPPipe)
    /// TURN.
    case turn(TURNRelay)
    /// A native client's media.
    case frames(WorkerStream)
    /// Nothing is read any more; what waits is sent and then it is closed.
    case leaving
    /// Closed.
    case over
  }

  /// Which of a connection's sockets an event is about.
  enum Role: Equatable {
    case client
    case upstream
    case peer(Int)
  }

  /// How long a client may say nothing before it has sent its first byte.
  static let silenceLimit = TimeSpan.seconds(5)
  /// How long it may take until it is known what it wants: TLS over a poor path takes its seconds, and
  /// browsers open a connection a little before they need it.
  static let greetingLimit = TimeSpan.seconds(15)
  /// How long a client may take none of what waits for it: an outage of 30 s must pass.
  static let stallLimit = TimeSpan.seconds(60)
  /// How long the last bytes may take.
  static let farewellLimit = TimeSpan.seconds(5)
  /// Above this much unsent ciphertext nothing more is taken from the HTTP server.
  static let pageBacklog = 64 << 10
  /// Above this much, nothing more is taken from a worker: it drops the right packets itself.
  static let mediaBacklog = 16 << 10

  let services: FrontServices
  /// The client's address.
  let address: SocketAddress
  /// The client's socket.
  let client: StreamSocket
  /// Where it is; set by the services of each kind.
  var stage = Stage.opening
  /// The TLS connection, once there is one.
  var tls: TLSStream?
  /// Makes the tag of one of its sockets.
  let tag: (Role) -> UInt64
  /// When whatever it waits for must have come.
  var deadline: MonotonicTime
  private var lastProgress: MonotonicTime
  /// The first plaintext, until it tells what the connection is for.
  var greeting: [UInt8] = []

  /// A connection that was just accepted.
  init(
    _ descriptor: Int32, from address: SocketAddress, services: FrontServices,
    tag: @escaping (Role) -> UInt64
  ) {
    self.services = services
    self.address = address
    self.tag = tag
    client = StreamSocket(
      descriptor, epoll: services.epoll, tag: tag(.client),
      // Bytes are looked at and left; only an edge says that there are more.
      events: clinux_epollin() | clinux_epoll_edge())
    deadline = services.now + Self.silenceLimit
    lastProgress = services.now
  }

  /// Whether it is closed.
  var isOver: Bool { if case .over = stage { true } else { false } }

  /// Whether it carries media, so that nobody may end it for tidiness.
  var carriesMedia: Bool {
    switch stage {
    case .turn(let relay): relay.server.allocation != nil
    case .frames: true
    default: false
    }
  }

  // MARK: Events

  /// A socket of it is ready.
  func ready(_ role: Role, events: UInt32) {
    switch (stage, role) {
    case (.over, _): return
    case (.opening, .client): open()
    case (_, .client):
      if events & (clinux_epollin() | clinux_epoll_broken()) != 0 { receive() }
      process()
    case (.http(let pipe), .upstream):
      serve(pipe, events: events)
      process()
    case (.turn(let relay), .peer(let index)):
      serve(relay, peer: index, events: events)
    case (.frames(let stream), .peer):
      serve(stream, events: events)
      process()
    default: break
    }
    settle()
  }

  /// Time passed; called every second or so.
  func advance(to now: MonotonicTime) {
    switch stage {
    case .opening, .greeting, .leaving:
      if now >= deadline { close() }
    case .http(let pipe):
      if now - pipe.lastActivity >= HTTPPipe.idleLimit { leave() }
    case .turn(let relay):
      if relay.advance(to: now, services) { leave() }
    case .frames, .over: break
    }
    let waiting = tls?.outputCount ?? 0
    if waiting > 0, now - lastProgress >= Self.stallLimit { close() }
    settle()
  }

  /// Ends it at once.
  func close() {
    client.close()
    switch stage {
    case .http(let pipe): pipe.socket.close()
    case .turn(let relay): relay.end(services)
    case .frames(let stream): stream.socket.close()
    case .opening, .greeting, .leaving, .over: break
    }
    tls = nil
    stage = .over
  }

  /// Ends it when what waits for the client has been sent.
  func leave() {
    switch stage {
    case .leaving, .over: return
    case .http(let pipe): pipe.socket.close()
    case .turn(let relay): relay.end(services)
    case .frames(let stream): stream.socket.close()
    case .opening, .greeting: break
    }
    stage = .leaving
    deadline = services.now + Self.farewellLimit
    tls?.close()
    settle()
  }

  // MARK: TLS

  /// Reads ciphertext, as much as TLS has room for.
  func receive() {
    for _ in 0..<4 {
      let room = min(tls?.inputRoom ?? 0, services.scratch.count)
      guard room > 0 else { return }
      let buffer = UnsafeMutableRawBufferPointer(rebasing: services.scratch[..<room])
      guard case .bytes(let count) = client.receive(into: buffer) else { return close() }
      guard count > 0 else { return }
      _ = tls?.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      if count < room { return }
    }
  }

  /// Takes plaintext where it belongs, as much as there is room for there.
  func process() {
    if case .greeting = stage { greet() }
    switch stage {
    case .http(let pipe): take(into: pipe)
    case .turn(let relay): take(into: relay)
    case .frames(let stream): take(into: stream)
    case .opening, .greeting, .leaving, .over: return
    }
    if tls?.isPeerDone == true || tls?.failure != nil { leave() }
  }

  /// Sends what waits, and says what is to be watched.
  func settle() {
    guard !isOver else { return }
    flush()
    guard !isOver else { return }
    let waiting = tls?.outputCount ?? 0
    var takesMore = (tls?.inputRoom ?? 0) > 0
    switch stage {
    case .opening: return
    case .greeting: break
    case .http(let pipe):
      takesMore = takesMore && pipe.backlog < HTTPPipe.outgoingLimit
      pipe.socket.watch(
        read: pipe.isConnected && waiting < Self.pageBacklog, write: pipe.wantsToWrite)
    case .turn(let relay):
      for peer in relay.peers {
        peer.socket.watch(read: waiting < Self.mediaBacklog, write: peer.backlog > 0)
      }
    case .frames(let stream):
      takesMore = takesMore && stream.backlog < WorkerStream.outgoingLimit
      stream.socket.watch(read: waiting < Self.mediaBacklog, write: stream.backlog > 0)
    case .leaving:
      takesMore = false
      if waiting == 0 { return close() }
    case .over: return
    }
    client.watch(read: takesMore, write: waiting > 0)
  }

  private func flush() {
    var isBroken = false
    let (client, now) = (client, services.now)
    var progress = lastProgress
    if (tls?.outputCount ?? 0) == 0 { progress = now }
    tls?.withOutput { output in
      guard case .bytes(let count) = client.send(output) else {
        isBroken = true
        return 0
      }
      if count > 0 { progress = now }
      return count
    }
    lastProgress = progress
    if isBroken { close() }
  }

  /// A stream to a worker for this client.
  func makeStream(toWorker worker: Int, peer: SocketAddress?, index: Int) -> WorkerStream? {
    guard
      let descriptor = services.connect(toWorker: worker, kind: .thisConnection, client: address)
    else { return nil }
    let socket = StreamSocket(
      descriptor, epoll: services.epoll, tag: tag(.peer(index)), events: clinux_epollin())
    return WorkerStream(socket, peer: peer)
  }
}
