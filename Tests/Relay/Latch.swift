import CLinux
import Glibc
import Synchronization

@testable import Relay

/// Something that happens once, and whoever waits for it.
final class Latch: Sendable {
  private struct State {
    var isOpen = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// It has happened.
  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Whether it has happened.
  var isOpen: Bool { state.withLock { $0.isOpen } }

  /// Returns when it has happened.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiters.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }
}

/// Returns when there is something to read on a descriptor, or it has ended.
func readable(_ descriptor: Int32) async {
  let latch = Latch()
  Thread.start(name: "test-wait") {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = poll(&waiting, 1, 60_000)
    latch.open()
  }
  await latch.wait()
}
