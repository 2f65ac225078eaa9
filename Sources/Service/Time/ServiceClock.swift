import FoundationEssentials
public import Visits

/// Where the service takes its time from: the wall clock, and waiting.
///
/// Ring timers, heartbeats, token expiry and the ledger all use the one clock they are given.
public protocol ServiceClock: Sendable {
  /// Now.
  func now() -> UTCMilliseconds
  /// Returns at `deadline`, or at once where it is past; throws `CancellationError` where the task
  /// is cancelled first.
  func sleep(until deadline: UTCMilliseconds) async throws
}

/// The system's clock.
public struct SystemServiceClock: ServiceClock {
  /// The system's clock.
  public init() {}

  /// The system's wall clock.
  public func now() -> UTCMilliseconds {
    UTCMilliseconds(rawValue: Int64((Date.now.timeIntervalSince1970 * 1000).rounded(.down)))
  }

  /// Waits until the system's wall clock says `deadline`.
  public func sleep(until deadline: UTCMilliseconds) async throws {
    // Waits on the monotonic clock, so that setting the wall clock does not stretch a ring.
    let wait = deadline.milliseconds(since: now())
    if wait > 0 { try await Task.sleep(for: .milliseconds(wait)) }
    try Task.checkCancellation()
  }
}
