import Wire

/// The packets of one incoming stream that have not arrived, and when to ask for each (RFC 4585
/// §6.2.1).
///
/// Bounded in packets, tries and time: a burst longer than the table is not repaired packet by
/// packet but by a keyframe, and a packet later than a second is of no use to anybody.
struct MissingPackets: BitwiseCopyable {
  /// How many missing packets are held.
  static let capacity = 64
  /// How often one packet is asked for.
  static let maximumTries: UInt8 = 8
  /// How long one packet is asked for.
  static let lifetime = TimeSpan.milliseconds(1000)
  /// How long a packet may be merely out of order before it is asked for.
  static let patience = TimeSpan.milliseconds(5)
  /// The least time between two requests for a packet, on paths faster than this.
  static let shortestRetry = TimeSpan.milliseconds(25)

  private struct Entry: BitwiseCopyable {
    var sequence: UInt64 = 0
    var noticedAt = MonotonicTime.zero
    var dueAt = MonotonicTime.zero
    var tries: UInt8 = 0
  }

  private var entries = InlineArray<64, Entry>(repeating: Entry())
  /// How many packets are missing.
  private(set) var count = 0

  /// Notes that the packets between two that arrived are missing. False where they are too many to
  /// ask for; the table is then empty and a keyframe is the way out.
  mutating func noteGap(after previous: UInt64, before next: UInt64, now: MonotonicTime) -> Bool {
    guard next > previous &+ 1 else { return true }
    guard next &- previous &- 1 <= UInt64(Self.capacity - count) else {
      count = 0
      return false
    }
    var sequence = previous &+ 1
    while sequence < next {
      entries[count] = Entry(sequence: sequence, noticedAt: now, dueAt: now + Self.patience)
      count += 1
      sequence &+= 1
    }
    return true
  }

  /// Notes that a packet arrived after all.
  mutating func arrived(_ sequence: UInt64) {
    for index in 0..<count where entries[index].sequence == sequence {
      remove(at: index)
      return
    }
  }

  /// Forgets everything.
  mutating func removeAll() { count = 0 }

  /// When the next request is due; nil while nothing is missing.
  var nextDue: MonotonicTime? {
    guard count > 0 else { return nil }
    var earliest = entries[0].dueAt
    for index in 1..<max(count, 1) where entries[index].dueAt < earliest {
      earliest = entries[index].dueAt
    }
    return earliest
  }

  /// Fills `batch` with what is due, oldest first, and gives up on what is past its time.
  mutating func takeDue(
    now: MonotonicTime, roundTrip: TimeSpan, into batch: inout LostSequences
  ) {
    var index = 0
    while index < count {
      let entry = entries[index]
      if now - entry.noticedAt >= Self.lifetime || entry.tries >= Self.maximumTries {
        remove(at: index)
        continue
      }
      if now >= entry.dueAt {
        batch.append(SequenceNumber(UInt16(truncatingIfNeeded: entry.sequence)))
        // A request and its answer take a round trip; half as much again before asking twice.
        let wait = max(
          Self.shortestRetry, roundTrip + TimeSpan(nanoseconds: roundTrip.nanoseconds / 2))
        entries[index].dueAt = now + wait
        entries[index].tries += 1
      }
      index += 1
    }
  }

  private mutating func remove(at index: Int) {
    var next = index + 1
    while next < count {
      entries[next - 1] = entries[next]
      next += 1
    }
    count -= 1
  }
}

/// Sequence numbers to ask for in one generic NACK, oldest first.
struct LostSequences: BitwiseCopyable {
  private var storage = InlineArray<64, SequenceNumber>(repeating: SequenceNumber(0))
  /// How many there are.
  private(set) var count = 0

  /// Adds one; beyond 64 it is left out.
  mutating func append(_ sequence: SequenceNumber) {
    guard count < 64 else { return }
    storage[count] = sequence
    count += 1
  }

  /// The sequence number at `index`.
  subscript(index: Int) -> SequenceNumber { storage[index] }

  /// Writes the NACK and returns its length in bytes; nil where it does not fit or nothing is lost.
  func write(
    sender: SSRC, media: SSRC, into bytes: inout MutableRawSpan, at offset: Int
  ) -> Int? {
    GenericNACK.write(
      senderSSRC: sender, mediaSSRC: media, lost: storage.span.extracting(0..<count), into: &bytes,
      at: offset)
  }
}
