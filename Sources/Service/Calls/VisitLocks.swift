import Visits

/// Lets one task at a time work on a visit, in the order they came. Used inside one actor, where
/// every `await` would otherwise let another command on the same visit slip in between.
struct VisitLocks {
  private var waiting: [VisitID: [CheckedContinuation<Void, Never>]] = [:]

  /// Takes the visit; false where another task has it and the caller must wait in line.
  mutating func take(_ visit: VisitID) -> Bool {
    guard waiting[visit] == nil else { return false }
    waiting[visit] = []
    return true
  }

  /// Waits in line for a visit that could not be taken.
  mutating func wait(_ visit: VisitID, _ continuation: CheckedContinuation<Void, Never>) {
    waiting[visit, default: []].append(continuation)
  }

  /// Hands the visit to the next in line.
  mutating func release(_ visit: VisitID) {
    guard var line = waiting[visit] else { return }
    if line.isEmpty {
      waiting[visit] = nil
    } else {
      let next = line.removeFirst()
      waiting[visit] = line
      next.resume()
    }
  }
}
