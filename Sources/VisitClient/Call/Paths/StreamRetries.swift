import Wire

/// The addresses that take connections, and when each may be tried again.
struct StreamRetries: Sendable, Equatable {
  private struct Entry: Sendable, Equatable {
    var target: PathTarget
    var failures = 0
    var retryAt: MonotonicTime?
  }

  /// More than four TCP addresses and four of a name are nobody's honest answer.
  private static let capacity = 8
  /// Pauses before an address is tried again after a failure; the last one repeats.
  static let pauses: [TimeSpan] = [
    .milliseconds(100), .milliseconds(500), .seconds(1), .seconds(2),
  ]

  private var entries: [Entry] = []

  /// Adds addresses.
  mutating func add(_ targets: [PathTarget]) {
    for target in targets
    where entries.count < Self.capacity && !entries.contains(where: { $0.target == target }) {
      entries.append(Entry(target: target))
    }
  }

  /// A connection carried the call. That it came up would say little: whatever stands between may
  /// close it again at the first bytes.
  mutating func succeeded(_ target: PathTarget) { change(target) { $0.failures = 0 } }

  /// A connection failed or broke.
  mutating func failed(_ target: PathTarget, at now: MonotonicTime) {
    change(target) { entry in
      entry.retryAt = now + Self.pauses[min(entry.failures, Self.pauses.count - 1)]
      entry.failures += 1
    }
  }

  /// Another network: what failed before says nothing.
  mutating func forgive() {
    for index in entries.indices { entries[index] = Entry(target: entries[index].target) }
  }

  /// The addresses that may be tried now.
  func due(at now: MonotonicTime) -> [PathTarget] {
    entries.filter { $0.retryAt.map { $0 <= now } ?? true }.map(\.target)
  }

  /// When addresses that failed may be tried again.
  var retries: [MonotonicTime] { entries.compactMap(\.retryAt) }

  private mutating func change(_ target: PathTarget, _ body: (inout Entry) -> Void) {
    guard let index = entries.firstIndex(where: { $0.target == target }) else { return }
    body(&entries[index])
  }
}
