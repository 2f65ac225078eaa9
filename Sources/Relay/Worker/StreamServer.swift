import CLinux
import Forwarding
import Glibc
import Transport
import Wire

/// The worker's byte streams with the socket on which they are brought, as epoll's tags name them.
struct StreamServer: ~Copyable {
  /// What an epoll tag of ours stands for.
  enum Source: BitwiseCopyable {
    /// Somebody connects.
    case listener
    /// A connection, by its descriptor, may say what it brings.
    case greeting(Int32)
    /// A stream, by its number.
    case stream(Int)
  }

  /// The streams' tags begin here; below it are the loop's own.
  static let firstTag: UInt64 = 1 << 32
  private static let firstGreeting = firstTag + 1
  private static let firstStream: UInt64 = 2 << 32

  /// The streams.
  var table: StreamTable
  private var listener: StreamListener
  private var resting: RestingListener
  private let epoll: Int32

  /// Listens on `path`, watched by `epoll`.
  init(path: String, epoll: Int32) throws(SystemError) {
    listener = try StreamListener(path: path)
    table = StreamTable(epoll: epoll, firstTag: Self.firstStream)
    self.epoll = epoll
    resting = RestingListener(listener.descriptor, epoll: epoll, tag: Self.firstTag)
  }

  /// What `tag` stands for.
  static func source(of tag: UInt64) -> Source {
    if tag >= firstStream { return .stream(Int(truncatingIfNeeded: tag - firstStream)) }
    if tag >= firstGreeting {
      return .greeting(Int32(truncatingIfNeeded: tag - firstGreeting))
    }
    return .listener
  }

  /// Takes in who connects; false where there were no descriptors for them, and the listener rests.
  mutating func accept(now: MonotonicTime) -> Bool {
    for connection in listener.accept(now: now) {
      clinux_epoll_add(
        epoll, connection, clinux_epollin(), Self.firstGreeting + UInt64(connection))
    }
    if listener.isExhausted { resting.pause(at: now) }
    return !listener.isExhausted
  }

  /// Reads what a connection brings.
  mutating func greet(
    _ connection: Int32, now: MonotonicTime, core: borrowing RelayCore
  ) {
    guard let arrived = listener.read(connection) else { return }
    table.add(
      arrived, wasWatched: arrived.descriptor == connection, now: now, core: core)
  }

  /// Ends connections that bring nothing.
  mutating func advance(to now: MonotonicTime) {
    listener.advance(to: now)
    resting.advance(to: now)
  }
}
