import CLinux
import Glibc
import MediaEngine
import Synchronization
import Transport
import Wire

/// What the media thread and everybody else tell each other: orders in, figures out. Whoever writes an
/// order wakes the thread; nobody waits for the other.
final class MediaBoard: Sendable {
  /// One connection to make.
  struct Plan: Sendable {
    var attempt: Int
    var transport: TransportConfiguration
    var candidates: [RemoteCandidate]
    var streams = StreamPlan()
    var media: NegotiatedMedia
    /// Whether the connection that there is goes on until this one carries sound.
    var isMove = false
  }

  /// New secrets for a connection that goes on (RFC 8445 §9).
  struct Restart: Sendable {
    var attempt: Int
    var local: ICECredentials
    var remote: ICECredentials
    var candidates: [RemoteCandidate]
    var streams: StreamPlan
  }

  /// Where a relay takes byte streams.
  struct StreamPlan: Sendable {
    /// The relay's own TCP addresses.
    var tcp: [SocketAddress] = []
    /// The host and port that take TLS on its behalf, and whom to believe that it is them.
    var server: (host: String, port: UInt16, trust: TLSTrust)?
  }

  /// What the thread has not done yet.
  struct Orders: Sendable {
    var plan: Plan?
    var restart: Restart?
    var isStopped = false
  }

  /// Everything the thread measured.
  struct Measured: Sendable {
    var statistics = MediaStatistics()
    var proofs: [ReceiverProof] = []
    var path = PathReport()
  }

  private struct Content {
    var orders = Orders()
    var measured = Measured()
    var lastHeard: MonotonicTime?
  }

  private let content = Mutex(Content())
  /// An eventfd: readable while there is something new on the board.
  let wake: Int32

  init() {
    wake = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
  }

  deinit { close(wake) }

  // MARK: For everybody else

  /// Writes an order and wakes the thread.
  func order(_ change: (inout Orders) -> Void) {
    content.withLock { change(&$0.orders) }
    nudge()
  }

  /// Wakes the thread.
  func nudge() {
    var one: UInt64 = 1
    _ = write(wake, &one, 8)
  }

  /// What was measured until a moment ago.
  var measured: Measured { content.withLock { $0.measured } }

  /// When the relay was last heard; nil before the first time.
  var lastHeard: MonotonicTime? { content.withLock { $0.lastHeard } }

  // MARK: For the thread

  /// Takes the orders that have not been taken; that it is stopped stays.
  func takeOrders() -> Orders {
    var count: UInt64 = 0
    _ = read(wake, &count, 8)
    return content.withLock { content in
      defer { content.orders = Orders(isStopped: content.orders.isStopped) }
      return content.orders
    }
  }

  /// Publishes figures.
  func publish(_ statistics: MediaStatistics, proofs: [ReceiverProof]? = nil) {
    content.withLock { content in
      let lastRoundTrip = content.measured.statistics.roundTripMs
      content.measured.statistics = statistics
      // Between two connections there is none; the last one says more than nothing.
      if statistics.roundTripMs == nil {
        content.measured.statistics.roundTripMs = lastRoundTrip
      }
      if let proofs { content.measured.proofs = proofs }
    }
  }

  /// Publishes how the connection stands. Counts go on over all connections of a call.
  func publish(path kind: PathKind?, heard: MonotonicTime?) {
    content.withLock { content in
      content.measured.path.kind = kind
      if let heard { content.lastHeard = heard }
    }
  }

  /// Counts a change of this machine's address, or of the path that media takes.
  func note(addressChange: Bool = false, move: Bool = false) {
    content.withLock { content in
      if addressChange { content.measured.path.addressChanges += 1 }
      if move { content.measured.path.moves += 1 }
    }
  }
}
