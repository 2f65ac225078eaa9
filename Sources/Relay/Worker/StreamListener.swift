import CLinux
import Glibc
import Wire

/// A stream that somebody of our own machine has brought.
struct ArrivedStream: BitwiseCopyable {
  /// The socket to read and write; the receiver's to close.
  var descriptor: Int32
  /// The client's address.
  var client: SocketAddress
}

/// The Unix socket on which a worker is brought byte streams, each after its `StreamHandover`.
///
/// Only processes of our own user or of root are listened to; a header that does not come, or is not
/// one, ends the connection. Connections without their header are bounded in number and time.
struct StreamListener: ~Copyable {
  private static let backlog: Int32 = 64
  private static let greetingLimit = 64
  private static let patience = TimeSpan.seconds(5)

  /// A connection whose header has not come whole.
  private struct Greeting: BitwiseCopyable {
    var descriptor: Int32
    var since: MonotonicTime
    var handed: Int32 = -1
    var bytes = InlineArray<20, UInt8>(repeating: 0)
    var count = 0
  }

  /// The listening socket, for epoll.
  let descriptor: Int32
  private let path: String
  private var greetings: [Greeting] = []
  /// Whether the last one who called could not be accepted for want of descriptors.
  private(set) var isExhausted = false

  /// Listens on `path` with mode 0600.
  init(path: String) throws(SystemError) {
    let opened = clinux_unix_listen(path)
    guard opened >= 0 else { throw SystemError(number: -opened) }
    // A restart of the front brings all its streams at once.
    listen(opened, Self.backlog)
    self.path = path
    descriptor = opened
    greetings.reserveCapacity(Self.greetingLimit)
  }

  deinit {
    for greeting in greetings { Self.close(greeting) }
    Glibc.close(descriptor)
    unlink(path)
  }

  /// Accepts whoever waits; returns descriptors to watch for reading.
  mutating func accept(now: MonotonicTime) -> [Int32] {
    var accepted: [Int32] = []
    while true {
      let connection = clinux_accept(descriptor)
      isExhausted = RestingListener.isExhausted(connection)
      guard connection >= 0 else { return accepted }
      var process: Int32 = 0
      var user: UInt32 = 0
      guard clinux_peer(connection, &process, &user) == 0, user == getuid() || user == 0,
        greetings.count < Self.greetingLimit
      else {
        Glibc.close(connection)
        continue
      }
      greetings.append(Greeting(descriptor: connection, since: now))
      accepted.append(connection)
    }
  }

  /// Reads what a connection says; the stream, once its header is whole. The header of a stream that is
  /// this connection itself is taken off it and nothing more.
  mutating func read(_ connection: Int32) -> ArrivedStream? {
    guard let index = greetings.firstIndex(where: { $0.descriptor == connection }) else {
      return nil
    }
    var greeting = greetings[index]
    while greeting.count < StreamHandover.length {
      var handed: Int32 = -1
      let start = greeting.count
      var span = greeting.bytes.mutableSpan
      let count = span.withUnsafeMutableBytes { bytes in
        clinux_receive_with_descriptor(
          connection, bytes.baseAddress! + start, bytes.count - start, &handed)
      }
      if handed >= 0 {
        if greeting.handed >= 0 { Glibc.close(greeting.handed) }
        greeting.handed = handed
      }
      guard count > 0 else {
        greetings[index] = greeting
        if -count != EAGAIN { drop(index) }
        return nil
      }
      greeting.count += Int(count)
    }
    greetings[index] = greeting
    return finish(index)
  }

  /// Closes connections whose header has not come in time.
  mutating func advance(to now: MonotonicTime) {
    for index in greetings.indices.reversed() where now - greetings[index].since > Self.patience {
      drop(index)
    }
  }

  private mutating func finish(_ index: Int) -> ArrivedStream? {
    let greeting = greetings[index]
    let header = try? StreamHandover(parsing: greeting.bytes.span.bytes)
    switch (header?.kind, greeting.handed >= 0) {
    case (.descriptor, true):
      greetings.remove(at: index)
      Glibc.close(greeting.descriptor)
      return header.map { ArrivedStream(descriptor: greeting.handed, client: $0.client) }
    case (.thisConnection, false):
      greetings.remove(at: index)
      return header.map { ArrivedStream(descriptor: greeting.descriptor, client: $0.client) }
    default:
      drop(index)
      return nil
    }
  }

  private mutating func drop(_ index: Int) { Self.close(greetings.remove(at: index)) }

  private static func close(_ greeting: Greeting) {
    Glibc.close(greeting.descriptor)
    if greeting.handed >= 0 { Glibc.close(greeting.handed) }
  }
}
