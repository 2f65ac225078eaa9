import Glibc
import Transport
import Wire

/// Every socket and connection of one call, by the number that the transport knows it by, behind one
/// `poll`. Used on the media thread only.
final class PathSet {
  /// What happened to a connection.
  enum Event: Equatable {
    case up(LocalPath, SocketAddress)
    case over(LocalPath, StreamConnection.End)
  }

  private enum Way {
    case socket(DatagramSocket)
    case stream(StreamConnection, isUp: Bool)

    var descriptor: Int32 {
      switch self {
      case .socket(let socket): socket.descriptor
      case .stream(let stream, _): stream.descriptor
      }
    }
  }

  private var ways: [(path: LocalPath, way: Way)] = []
  private let wake: Int32
  private let watch: RouteWatch?
  private var polled: [pollfd] = []
  /// Whether the last `wait` found a change of the machine's addresses or routes.
  private(set) var routesChanged = false

  /// Datagrams taken in from one socket between two looks at everything else.
  private static let batch = 32

  /// No paths; `wake` is a descriptor that also ends `wait`, and so does `watch`.
  init(wake: Int32, watch: RouteWatch?) {
    self.wake = wake
    self.watch = watch
  }

  /// Opens a UDP socket; false where the machine gives none.
  func openSocket(_ path: LocalPath) -> Bool {
    guard let socket = DatagramSocket() else { return false }
    ways.append((path, .socket(socket)))
    return true
  }

  /// Begins a connection; false where that fails at once.
  func openStream(
    _ path: LocalPath, to remote: SocketAddress, security: StreamSecurity?
  ) -> Bool {
    guard let stream = try? StreamConnection(to: remote, security: security) else { return false }
    ways.append((path, .stream(stream, isUp: false)))
    return true
  }

  /// Closes a socket or connection.
  func close(_ path: LocalPath) {
    guard let index = ways.firstIndex(where: { $0.path == path }) else { return }
    if case .stream(let stream, _) = ways.remove(at: index).way { stream.shut() }
  }

  /// Closes everything.
  func closeAll() {
    for path in ways.map(\.path) { close(path) }
  }

  /// Waits for anything to read, for room to write what waits, for `wake`, or for `span`.
  func wait(_ span: TimeSpan) {
    polled.removeAll(keepingCapacity: true)
    polled.append(pollfd(fd: wake, events: Int16(POLLIN), revents: 0))
    // A negative descriptor is passed over.
    polled.append(pollfd(fd: watch?.descriptor ?? -1, events: Int16(POLLIN), revents: 0))
    for (_, way) in ways {
      var events = Int16(POLLIN)
      if case .stream(let stream, _) = way, stream.wantsToWrite { events |= Int16(POLLOUT) }
      polled.append(pollfd(fd: way.descriptor, events: events, revents: 0))
    }
    // Rounded up: waking early would only mean waiting again.
    let milliseconds = max(0, min((span.nanoseconds + 999_999) / 1_000_000, 1000))
    let count = poll(&polled, nfds_t(polled.count), Int32(milliseconds))
    routesChanged = count > 0 && polled[1].revents != 0 && watch?.takeChange() == true
    if count <= 0 { for index in polled.indices { polled[index].revents = 0 } }
  }

  /// Takes in what the last `wait` found, and hands out packets: each in a buffer that may be written
  /// to and is valid during the call, with where it came from.
  func receive(
    into buffer: UnsafeMutableRawBufferPointer,
    _ take: (UnsafeMutableRawBufferPointer, SocketAddress, LocalPath) -> Void
  ) {
    // What `take` leads to may open and close ways: the list that was polled is gone through.
    let polledWays = zip(ways, polled.dropFirst(2)).filter { $1.revents != 0 }
    for ((path, way), result) in polledWays {
      switch way {
      case .socket(let socket):
        for _ in 0..<Self.batch {
          guard let (length, source) = socket.receive(into: buffer) else { break }
          take(UnsafeMutableRawBufferPointer(rebasing: buffer[0..<length]), source, path)
        }
      case .stream(let stream, _):
        if result.revents & Int16(POLLOUT | POLLHUP | POLLERR) != 0 { stream.advance() }
        if result.revents & Int16(POLLIN | POLLHUP) != 0, stream.end == nil {
          stream.receive { take($0, stream.remote, path) }
        }
      }
    }
  }

  /// What happened to connections since the last time. Those that are over are gone.
  func takeEvents() -> [Event] {
    var events: [Event] = []
    for index in ways.indices.reversed() {
      guard case .stream(let stream, let wasUp) = ways[index].way else { continue }
      let path = ways[index].path
      if let end = stream.end {
        events.append(.over(path, end))
        ways.remove(at: index)
      } else if stream.isUp, !wasUp {
        events.append(.up(path, stream.remote))
        ways[index].way = .stream(stream, isUp: true)
      }
    }
    return events
  }

  /// Sends a packet; false where the machine has no way to its destination now.
  func send(
    _ packet: UnsafeRawBufferPointer, to destination: SocketAddress, on path: LocalPath,
    _ urgency: StreamQueue.Urgency
  ) -> Bool {
    switch ways.first(where: { $0.path == path })?.way {
    case .socket(let socket):
      return socket.send(packet, to: destination)
    case .stream(let stream, _):
      stream.send(packet, urgency)
      return true
    case nil:
      return false
    }
  }
}
