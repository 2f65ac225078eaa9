import CLinux
import Foundation
import Glibc
import Synchronization

/// Tells the process's connections when the machine may have another way out than before, so that
/// none waits half a minute for an answer to an address that is no longer ours.
final class NetworkChanges: Sendable {
  /// The process's.
  static let shared = NetworkChanges()

  private struct State {
    var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
    var next = 0
    var isWatching = false
  }

  private let state = Mutex(State())

  /// An address is used once it has been there for this long: it may have to be proven unique first
  /// (RFC 4862 §5.4), and changes come in flocks.
  private static let settlingMilliseconds: Int32 = 250

  /// One signal per change from now on; changes that nobody has taken yet are one.
  func signals() -> AsyncStream<Void> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      let (number, isFirst) = state.withLock { state in
        state.next += 1
        state.listeners[state.next] = continuation
        defer { state.isWatching = true }
        return (state.next, !state.isWatching)
      }
      continuation.onTermination = { [self] _ in
        state.withLock { state in _ = state.listeners.removeValue(forKey: number) }
      }
      if isFirst { watch() }
    }
  }

  /// Somebody found out otherwise: a call was cut off and is back.
  func announce() {
    let listeners = state.withLock { Array($0.listeners.values) }
    for listener in listeners { listener.yield() }
  }

  private func watch() {
    // Where the system says nothing, timeouts have to do.
    guard let routes = RouteWatch() else { return }
    let thread = Thread { [self] in
      var known = Self.addresses()
      while true {
        var descriptor = pollfd(fd: routes.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, -1) >= 0 || errno == EINTR else { return }
        guard routes.takeChange() else { continue }
        _ = poll(nil, 0, Self.settlingMilliseconds)
        let now = Self.addresses()
        // Without any address there is nothing to go over; the next change will be for the better.
        if now != known, !now.isEmpty { announce() }
        known = now
      }
    }
    thread.name = "besoeg-network"
    thread.start()
  }

  /// The machine's addresses but its loopback's.
  private static func addresses() -> Set<[UInt64]> {
    var found = [clinux_datagram](repeating: clinux_datagram(), count: 64)
    let count = clinux_interface_addresses(&found, Int32(found.count), 0)
    return Set(found.prefix(Int(max(count, 0))).map { [$0.high, $0.low] })
  }
}
