import CLinux
import Glibc
import Transport
import Wire

/// A client's way to the HTTP server: bytes passed on unread, both ways.
final class HTTPPipe {
  /// The most bytes that wait for the HTTP server before no more are taken from the client.
  static let outgoingLimit = 64 << 10
  /// How long nothing may be said in either direction; event streams say something every 15 s or so.
  static let idleLimit = TimeSpan.seconds(120)

  /// The connection to the HTTP server.
  let socket: StreamSocket
  /// Whether it is made.
  var isConnected = false
  /// Whether the server has said anything: until then, its absence can be told in its place.
  var hasAnswered = false
  /// When something was last said.
  var lastActivity: MonotonicTime
  var outgoing = ByteQueue()

  /// A pipe over `socket`, which is being connected.
  init(_ socket: StreamSocket, now: MonotonicTime) {
    self.socket = socket
    lastActivity = now
  }

  /// Bytes that wait for the HTTP server.
  var backlog: Int { outgoing.count }

  /// Whether writability is to be waited for.
  var wantsToWrite: Bool { !isConnected || !outgoing.isEmpty }
}

extension FrontConnection {
  /// A pipe whose first bytes are `first`.
  func makePipe(_ first: [UInt8]) -> HTTPPipe {
    let to = services.options.upstream
    let descriptor = clinux_tcp_connect(to.high, to.low, to.port, 1 << 20)
    let socket = StreamSocket(
      max(-1, descriptor), epoll: services.epoll, tag: tag(.upstream), events: clinux_epollout())
    let pipe = HTTPPipe(socket, now: services.now)
    first.withUnsafeBytes { pipe.outgoing.append($0) }
    return pipe
  }

  /// Takes plaintext from the client for the HTTP server.
  func take(into pipe: HTTPPipe) {
    guard pipe.socket.descriptor >= 0 else { return tellAway(pipe) }
    while pipe.backlog < HTTPPipe.outgoingLimit, let count = tls?.read(into: services.scratch),
      count > 0
    {
      pipe.outgoing.append(UnsafeRawBufferPointer(rebasing: services.scratch[..<count]))
      pipe.lastActivity = services.now
    }
    if pipe.isConnected, !pipe.socket.flush(&pipe.outgoing) { end(pipe) }
  }

  /// The connection to the HTTP server is ready.
  func serve(_ pipe: HTTPPipe, events: UInt32) {
    if !pipe.isConnected {
      guard clinux_socket_error(pipe.socket.descriptor) == 0 else { return tellAway(pipe) }
      guard events & clinux_epollout() != 0 else { return }
      pipe.isConnected = true
    }
    if events & clinux_epollout() != 0, !pipe.socket.flush(&pipe.outgoing) { return end(pipe) }
    // Room is left for what the buffer below holds, so that all of it is taken.
    while (tls?.outputCount ?? .max) < Self.pageBacklog {
      let room = UnsafeMutableRawBufferPointer(rebasing: services.scratch[..<(32 << 10)])
      switch pipe.socket.receive(into: room) {
      case .bytes(0): return
      case .bytes(let count):
        pipe.hasAnswered = true
        pipe.lastActivity = services.now
        let bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
        guard tls?.write(bytes) == count else { return leave() }
      case .end, .broken: return end(pipe)
      }
    }
  }

  /// The HTTP server ended the connection.
  private func end(_ pipe: HTTPPipe) {
    if pipe.hasAnswered { leave() } else { tellAway(pipe) }
  }

  /// Answers in the HTTP server's place, and ends.
  private func tellAway(_ pipe: HTTPPipe) {
    // What the client sent is read, so that closing does not reset the answer away.
    while let count = tls?.read(into: services.scratch), count > 0 {}
    _ = PlainHTTP.away(services.awayDocument).withUnsafeBytes { tls?.write($0) }
    leave()
  }
}
