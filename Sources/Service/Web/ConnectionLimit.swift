import Glibc
import HummingbirdCore

/// Takes connections as long as there is room: fewer than a number, and a descriptor for the next one.
///
/// A server that accepts without a free descriptor fails, is told at once that somebody still waits,
/// and does nothing else from then on. So it rests until one of its connections ends. Without any there
/// is nothing to wait for, and it tries.
struct ConnectionLimit: AvailableConnectionsDelegate {
  let most: Int
  private var count = 0

  init(most: Int) { self.most = most }

  mutating func connectionOpened() { count += 1 }

  mutating func connectionClosed() { count -= 1 }

  func isAcceptingNewConnections() -> Bool {
    guard count > 0 else { return true }
    guard count < most else { return false }
    let probe = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard probe >= 0 else { return false }
    close(probe)
    return true
  }
}
