import Synchronization

/// One open event stream's mailbox, between the hub and the task that writes to the connection.
///
/// Stored events are not queued here: the writer reads them from the store after its own cursor,
/// so a slow reader costs no memory and can miss none. Only passing events (who is in the room,
/// who speaks, join again) are queued, up to `limit`; a reader further behind is cut off, and
/// resumes with `Last-Event-ID`.
final class EventSubscription: Sendable {
  /// Passing events that may wait. A twenty-party visit changes its room state some forty times
  /// while everyone arrives.
  static let limit = 128

  /// What the writer has to do next.
  struct Work: Sendable {
    /// Passing events in order.
    var passing: [ServerSentEvent] = []
    /// Whether stored events may have come.
    var hasStored = false
    /// Whether a heartbeat is due.
    var isHeartbeatDue = false
    /// Whether the stream is to end.
    var isClosed = false
  }

  /// Whose stream it is.
  let caller: Caller
  private let work = Mutex(Work())
  private let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation
  private let disconnect: @Sendable () -> Void

  /// A mailbox for `caller`. `disconnect` closes the connection under a writer that is stuck.
  init(caller: Caller, disconnect: @escaping @Sendable () -> Void) {
    self.caller = caller
    self.disconnect = disconnect
    (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Waits for work and takes it all. Called by the one writer.
  func next() async -> Work {
    var iterator = signals.makeAsyncIterator()
    while true {
      let taken = work.withLock { work in
        let taken = work
        work = Work(isClosed: work.isClosed)
        return taken
      }
      if taken.isClosed || taken.hasStored || taken.isHeartbeatDue || !taken.passing.isEmpty {
        return taken
      }
      // Ends at once, and for good, when the writer's task is cancelled.
      if await iterator.next() == nil { close() }
    }
  }

  /// There may be stored events to read.
  func wake() {
    work.withLock { $0.hasStored = true }
    signal.yield()
  }

  /// Queues a passing event. False, and the connection is closed, where the reader is too far
  /// behind.
  func send(_ event: ServerSentEvent) -> Bool {
    let fits = work.withLock { work in
      guard work.passing.count < Self.limit else { return false }
      work.passing.append(event)
      return true
    }
    if fits { signal.yield() } else { cut() }
    return fits
  }

  /// Asks for a heartbeat. False, and the connection is closed, where the writer has not even
  /// written the one before.
  func beat() -> Bool {
    let isKeepingUp = work.withLock { work in
      defer { work.isHeartbeatDue = true }
      return !work.isHeartbeatDue
    }
    if isKeepingUp { signal.yield() } else { cut() }
    return isKeepingUp
  }

  /// Ends the stream and its connection, whatever its writer is stuck in.
  func cut() {
    close()
    disconnect()
  }

  /// Ends the stream after what is queued.
  func close() {
    work.withLock { $0.isClosed = true }
    signal.yield()
  }
}
