import CLinux
import Glibc

/// Tells when the machine's addresses or routes change (rtnetlink(7)). Where the system does not say,
/// a change shows by its effects only.
final class RouteWatch: Sendable {
  /// What to poll.
  let descriptor: Int32

  /// Begins to watch; nil where the system does not allow it.
  init?() {
    let opened = clinux_route_watch()
    guard opened >= 0 else { return nil }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// Whether something changed since the last time.
  func takeChange() -> Bool { clinux_route_changed(descriptor) == 1 }
}
