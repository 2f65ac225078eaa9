/// Events that no control process has taken over yet, oldest first and bounded.
///
/// A worker outlives its control process: what happens meanwhile is kept here and sent again when
/// one connects. Delivery is therefore at least once; the reader tells repeats by their sequence
/// number, or across its own restart by session, kind and time. When the buffer is full, figures go
/// first and what the ledger is made of goes last.
struct EventBuffer {
  /// An event under its number.
  struct Entry: Equatable {
    var sequence: UInt64
    var event: RelayEvent
  }

  /// The most events kept.
  let capacity: Int
  /// Unacknowledged events, oldest first.
  private(set) var entries: [Entry] = []
  /// Events lost because the buffer was full.
  private(set) var dropped: Int64 = 0
  private var lastSequence: UInt64 = 0

  /// An empty buffer for `capacity` events.
  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Numbers and keeps an event; returns it as kept.
  mutating func append(_ event: RelayEvent) -> Entry {
    lastSequence &+= 1
    let entry = Entry(sequence: lastSequence, event: event)
    if entries.count >= capacity { makeRoom() }
    entries.append(entry)
    return entry
  }

  /// Forgets every event up to and including `sequence`.
  mutating func acknowledge(through sequence: UInt64) {
    let kept = entries.firstIndex { $0.sequence > sequence } ?? entries.endIndex
    entries.removeFirst(kept)
  }

  /// Drops a quarter of the buffer at once, so that a flood costs a scan per quarter and not per
  /// event: the oldest expendable events, and only where there are none the oldest of all.
  private mutating func makeRoom() {
    var surplus = max(1, capacity / 4)
    let before = entries.count
    entries.removeAll { entry in
      guard surplus > 0, entry.event.isExpendable else { return false }
      surplus -= 1
      return true
    }
    if entries.count == before { entries.removeFirst(min(surplus, entries.count)) }
    dropped += Int64(before - entries.count)
  }
}

extension RelayEvent {
  /// Whether a later event of the same kind makes this one worthless.
  var isExpendable: Bool {
    switch self {
    case .sample, .speaking, .slots: true
    case .connected, .firstMedia, .interrupted, .resumed, .closed, .picture, .workerLost,
      .moving, .workersKnown:
      false
    }
  }
}
