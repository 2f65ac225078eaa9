import CLinux
import Glibc
import Transport
import Wire

/// A client's TURN connection: the server's state, and a stream to the worker for each media address
/// that the client sends to.
final class TURNRelay {
  /// How long a client may be here without an allocation.
  private static let patience = TimeSpan.seconds(30)
  /// The most media addresses one client talks to: each family's few.
  static let peerLimit = 8

  /// What the client may do.
  var server: TURNServer
  /// One for each media address that was sent to.
  private(set) var peers: [WorkerStream] = []
  /// Plaintext that is not a whole frame yet.
  var incoming = ByteQueue()
  private var idleSince: MonotonicTime
  /// The session that its allocation is counted for.
  private var counted: String?

  /// A connection that began with the bytes `first`.
  init(_ server: TURNServer, _ first: [UInt8], _ now: MonotonicTime) {
    self.server = server
    idleSince = now
    first.withUnsafeBytes { incoming.append($0) }
  }

  /// The stream to `peer`.
  func stream(to peer: SocketAddress) -> WorkerStream? {
    peers.first { $0.peer == peer && !$0.isBroken }
  }

  /// Adds a stream, in the place of a broken one where there is one: `nextIndex`.
  func add(_ stream: WorkerStream, at index: Int) {
    if index < peers.count {
      peers[index].socket.close()
      peers[index] = stream
    } else {
      peers.append(stream)
    }
  }

  /// Where the next stream goes; nil where there are enough.
  var nextIndex: Int? {
    if let broken = peers.firstIndex(where: \.isBroken) { return broken }
    return peers.count < Self.peerLimit ? peers.count : nil
  }

  /// Ends every stream to the worker.
  func closePeers() {
    for peer in peers { peer.socket.close() }
    peers = []
  }

  /// Ends the allocation with everything that hangs on it.
  func end(_ services: FrontServices) {
    server.release()
    closePeers()
    count(services)
  }

  /// Keeps the count of the session's allocations right.
  func count(_ services: FrontServices) {
    let session = server.allocation?.user.session
    guard session != counted else { return }
    if let counted { services.countAllocation(of: counted, by: -1) }
    if let session { services.countAllocation(of: session, by: 1) }
    counted = session
  }

  /// Time passed; true where the client has no business here any more.
  func advance(to now: MonotonicTime, _ services: FrontServices) -> Bool {
    server.advance(to: now)
    count(services)
    guard server.allocation == nil else {
      idleSince = now
      return false
    }
    closePeers()
    return now - idleSince >= Self.patience
  }
}

extension FrontConnection {
  /// Takes frames from the client and does what the server makes of them.
  func take(into relay: TURNRelay) {
    while true {
      guard handleFrames(of: relay) else { return leave() }
      // With no whole frame in it, what waits is less than one frame.
      guard relay.incoming.count < TURNFrame.longest,
        let count = tls?.read(into: services.scratch), count > 0
      else { break }
      relay.incoming.append(UnsafeRawBufferPointer(rebasing: services.scratch[..<count]))
    }
    if relay.server.allocation == nil { relay.closePeers() }
    if relay.server.isExhausted { leave() }
  }

  /// Handles the whole frames that wait; false where the stream makes no sense, or where the client
  /// asks without reading the answers.
  private func handleFrames(of relay: TURNRelay) -> Bool {
    let time = TURNTime(now: services.now, wallSeconds: SystemClock.wallMilliseconds / 1_000)
    var isSound = true
    relay.incoming.drain { bytes in
      var taken = 0
      while isSound {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[taken...])
        do throws(ParseError) {
          guard let frame = try TURNFrame(startOf: rest.bytes), rest.count >= frame.length else {
            break
          }
          isSound = handle(
            UnsafeRawBufferPointer(rebasing: rest[..<frame.length]), for: relay, at: time)
          taken += frame.length
        } catch {
          isSound = false
        }
      }
      return taken
    }
    return isSound
  }

  private func handle(
    _ frame: UnsafeRawBufferPointer, for relay: TURNRelay, at time: TURNTime
  ) -> Bool {
    switch answer(frame, of: relay, at: time) {
    case .nothing: return true
    case .reply(let length):
      let bytes = UnsafeRawBufferPointer(rebasing: services.frame[..<length])
      let written = tls?.write(bytes) ?? 0
      return written == length
    case .forward(let peer, let range):
      forward(UnsafeRawBufferPointer(rebasing: frame[range]), to: peer, of: relay)
      return true
    }
  }

  /// What the server makes of a frame; a reply stands in `services.frame`.
  private func answer(
    _ frame: UnsafeRawBufferPointer, of relay: TURNRelay, at time: TURNTime
  ) -> TURNServer.Outcome {
    // Through a local: the optimiser of Swift 6.3 stops at a span of a buffer that a class holds.
    let services = services
    let room = services.frame
    var reply = room.mutableBytes
    let outcome = relay.server.receive(frame.bytes, reply: &reply, at: time) { user in
      services.mayAllocate(user.session)
    }
    relay.count(services)
    return outcome
  }

  private func forward(
    _ packet: UnsafeRawBufferPointer, to peer: SocketAddress, of relay: TURNRelay
  ) {
    guard let user = relay.server.allocation?.user else { return }
    var stream = relay.stream(to: peer)
    if stream == nil, let index = relay.nextIndex {
      stream = makeStream(toWorker: user.worker, peer: peer, index: index)
      if let stream { relay.add(stream, at: index) }
    }
    // Without a worker the packet is lost, as on any network; ICE asks again.
    stream?.sendPacket(packet)
  }

  /// A stream to the worker is ready.
  func serve(_ relay: TURNRelay, peer index: Int, events: UInt32) {
    guard index < relay.peers.count else { return }
    let stream = relay.peers[index]
    stream.flush()
    if events & (clinux_epollin() | clinux_epoll_broken()) != 0 { stream.fill() }
    deliver(from: stream, of: relay)
    if stream.isBroken { stream.socket.close() }
  }

  /// Sends the client what its worker sent.
  private func deliver(from stream: WorkerStream, of relay: TURNRelay) {
    guard let peer = stream.peer else { return }
    // The reader holds a few frames at most; TLS has room for all of them above the mark at which
    // reading stops.
    while let packet = stream.nextPacket() {
      let room = services.frame
      var frame = room.mutableBytes
      guard
        let length = relay.server.wrap(
          packet.bytes, from: peer, into: &frame, at: services.now)
      else { continue }
      _ = tls?.write(UnsafeRawBufferPointer(rebasing: room[..<length]))
    }
  }
}

extension FrontConnection {
  /// Takes a native client's frames for its worker, as they are.
  func take(into stream: WorkerStream) {
    while stream.backlog < WorkerStream.outgoingLimit,
      let count = tls?.read(into: services.scratch), count > 0
    {
      stream.send(UnsafeRawBufferPointer(rebasing: services.scratch[..<count]))
    }
    if stream.isBroken { leave() }
  }

  /// The stream to a native client's worker is ready.
  func serve(_ stream: WorkerStream, events: UInt32) {
    stream.flush()
    while (tls?.outputCount ?? .max) < Self.mediaBacklog, !stream.isBroken {
      let room = UnsafeMutableRawBufferPointer(rebasing: services.scratch[..<(16 << 10)])
      let count = stream.receive(into: room)
      guard count > 0 else { break }
      _ = tls?.write(UnsafeRawBufferPointer(rebasing: room[..<count]))
    }
    if stream.isBroken { leave() }
  }
}
