import CLinux
import Glibc
import Synchronization
import Testing
import Transport
import Wire

@testable import Relay

/// A worker's loop on a thread of this process, with real sockets, and sessions let in beforehand.
final class RunningWorker {
  /// Where streams are brought.
  let streamsPath: String
  /// The UDP port, on the wildcard of both families where the machine has both.
  let port: UInt16
  private let directory: String
  private let termination: [Int32]
  private let hasEnded: Ended

  /// Tells that the loop has returned; of its own, since the thread outlives nothing else.
  final class Ended: Sendable {
    let value = Atomic(false)
  }

  /// Starts a worker after `prepare` has let in whom the test wants.
  init(number: Int = 0, prepare: (inout RelayCore) throws -> Void) throws {
    var template = Array("/tmp/relay-test-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) != nil }
    try #require(made)
    directory = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let control = WorkerPaths.control(of: number, in: directory)
    streamsPath = WorkerPaths.streams(of: number, in: directory)
    let socket = try Self.wildcard()
    port = socket.port
    var sockets = Slab<MediaSocket>(capacity: 1)
    _ = sockets.insert(socket)
    var configuration = RelayConfiguration(
      candidates: [SocketAddress(ipv4: 0x7F00_0001, port: port)])
    configuration.worker = number
    var core = RelayCore(
      configuration: configuration, identity: try DTLSIdentity(), random: .system)
    try prepare(&core)
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    termination = ends
    let loop = try WorkerLoop(
      worker: number, core: core, sockets: sockets, control: try ControlServer(path: control),
      streamsPath: streamsPath, termination: ends[0], log: WorkerLog(worker: number))
    let box = Mutex<WorkerLoop?>(loop)
    let hasEnded = Ended()
    self.hasEnded = hasEnded
    Thread.start(name: "test-worker") {
      box.withLock {
        $0?.run()
        $0 = nil
      }
      hasEnded.value.store(true, ordering: .releasing)
    }
  }

  private static func wildcard() throws -> MediaSocket {
    if let both = try? MediaSocket(binding: SocketAddress(high: 0, low: 0, port: 0)) {
      return both
    }
    return try MediaSocket(binding: SocketAddress(ipv4: 0, port: 0))
  }

  deinit {
    _ = write(termination[1], "x", 1)
    // The loop owns what it uses and ends by itself; only the folder must wait for it.
    let deadline = SystemClock.monotonic + .seconds(10)
    while !hasEnded.value.load(ordering: .acquiring), SystemClock.monotonic < deadline {
      sched_yield()
    }
    for end in termination { close(end) }
    rmdir(directory)
  }

  /// Connects to the worker's streams' socket.
  func connect() throws -> Int32 {
    let connection = clinux_unix_connect(streamsPath)
    try #require(connection >= 0)
    return connection
  }

  /// Hands one end of a connection over, as the front does.
  func hand(over descriptor: Int32, of client: SocketAddress) throws {
    let connection = try connect()
    let header = StreamHandover(kind: .descriptor, client: client)
    let isSent = header.send(on: connection, descriptor: descriptor)
    #expect(isSent)
    close(connection)
    close(descriptor)
  }

  /// A connection that carries a client's stream itself.
  func connect(for client: SocketAddress) throws -> Int32 {
    let connection = try connect()
    let isSent = StreamHandover(kind: .thisConnection, client: client).send(on: connection)
    #expect(isSent)
    return connection
  }
}

/// Both ends of a TCP connection over the loopback.
struct TCPPair {
  /// The end that called.
  var client: Int32
  /// The end that was called.
  var server: Int32

  /// A connection over IPv4 or IPv6; nil where the machine has none.
  init?(isIPv6: Bool, receiveBuffer: Int32 = 0) {
    let family = isIPv6 ? AF_INET6 : AF_INET
    let listener = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    guard listener >= 0 else { return nil }
    defer { close(listener) }
    var address = Self.loopback(isIPv6: isIPv6)
    var length = socklen_t(
      isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 1) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else { return nil }
    client = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    var size = receiveBuffer
    // What a reader that stands still can hold is bounded before it connects.
    if size > 0 {
      setsockopt(client, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    let connecting = client
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(connecting, $0, length) == 0
      }
    }
    guard isConnected else { return nil }
    server = accept(listener, nil, nil)
    guard server >= 0 else { return nil }
  }

  private static func loopback(isIPv6: Bool) -> sockaddr_storage {
    var storage = sockaddr_storage()
    withUnsafeMutablePointer(to: &storage) { pointer in
      if isIPv6 {
        pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
          $0.pointee.sin6_family = sa_family_t(AF_INET6)
          $0.pointee.sin6_addr = in6addr_loopback
        }
      } else {
        pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          $0.pointee.sin_family = sa_family_t(AF_INET)
          $0.pointee.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        }
      }
    }
    return storage
  }
}
