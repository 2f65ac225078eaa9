import CLinux
import Glibc
import Transport
import Wire

/// What every connection of the front uses. One thread, so nothing is locked.
final class FrontServices {
  /// The epoll set.
  let epoll: Int32
  /// What the process was told.
  let options: FrontOptions
  /// The certificate that new connections are shown.
  var identity: TLSIdentity
  /// What new TURN connections go by.
  var turn: TURNConfiguration
  /// The problem document for who comes while the HTTP server is away.
  let awayDocument: [UInt8]
  /// The time of this turn of the loop.
  var now = MonotonicTime.zero
  /// Room to read into; nobody keeps anything in it.
  let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)
  /// Room to write one frame or one reply in.
  let frame = UnsafeMutableRawBufferPointer.allocate(
    byteCount: TURNFrame.longest + StreamFrame.headerLength, alignment: 64)
  /// Allocations of each session, over all connections.
  private var allocations: [String: Int] = [:]
  /// The most of one session: a browser asks for one on each network it has, again after each change
  /// of network, and the old ones live on for a while. More would take other people's places on the
  /// worker.
  static let allocationLimit = 16
  /// Distinct ports for the addresses that TURN clients are told.
  private var relayedPort: UInt16 = 49_152

  /// Services of one loop.
  init(epoll: Int32, options: FrontOptions, identity: TLSIdentity, secret: [UInt8]) {
    self.epoll = epoll
    self.options = options
    self.identity = identity
    turn = TURNConfiguration(realm: TURNCredentials.realm, secret: secret, peers: [])
    awayDocument = options.awayFile.flatMap { SmallFile.read($0) } ?? Array("{}".utf8)
  }

  deinit {
    scratch.deallocate()
    frame.deallocate()
  }

  /// Connects to a worker and says whose stream it is; the connection, or nil where the worker does
  /// not take it.
  func connect(
    toWorker worker: Int, kind: StreamHandover.Kind, client: SocketAddress, descriptor: Int32 = -1
  ) -> Int32? {
    guard worker < options.workers else { return nil }
    let connection = clinux_unix_connect(
      WorkerPaths.streams(of: worker, in: options.runDirectory))
    guard connection >= 0 else { return nil }
    let handover = StreamHandover(kind: kind, client: client)
    guard handover.send(on: connection, descriptor: descriptor) else {
      close(connection)
      return nil
    }
    return connection
  }

  /// A TURN server for a new connection of `client`.
  func makeTURNServer(for client: SocketAddress) -> TURNServer {
    relayedPort = relayedPort == .max ? 49_152 : relayedPort + 1
    var generator = SystemRandomNumberGenerator()
    return TURNServer(
      configuration: turn, client: client, relayedPort: relayedPort, seed: generator.next(),
      now: now)
  }

  /// Whether a session may have one allocation more.
  func mayAllocate(_ session: String) -> Bool {
    allocations[session, default: 0] < Self.allocationLimit
  }

  /// Counts an allocation that was made (1) or has ended (-1).
  func countAllocation(of session: String, by change: Int) {
    let count = allocations[session, default: 0] + change
    allocations[session] = count > 0 ? count : nil
  }

  private func close(_ descriptor: Int32) { Glibc.close(descriptor) }
}

/// Whole small files, without Foundation.
enum SmallFile {
  private static let limit = 64 << 10

  /// The bytes of a file; nil where it cannot be read or is none of ours.
  static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit)
    var count = 0
    while count < limit {
      let read = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress! + count, limit - count)
      }
      guard read >= 0 else { return nil }
      if read == 0 { return Array(bytes[..<count]) }
      count += read
    }
    return nil
  }
}
