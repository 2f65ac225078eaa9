import Wire

/// The packets of one incoming stream that have not arrived, and when to ask for each (RFC 4585
/// §6.2.1).
///
/// A packet is asked for once it is later than the path's own disorder explains, and again each time
/// the answer should have come:
///
///     noticed ── disorder ──▶ asked ── round trip and some ──▶ asked again … until nobody could show it
///
/// Bounded in packets, tries and time: a burst longer than the table is not repaired packet by
/// packet but by a keyframe, and a packet later than a second is of no use to anybody. The table is
/// made when the first packet is missing: on most paths none ever is.
struct MissingPackets: ~Copyable {
  /// How many missing packets are held.
  static let capacity = 128
  /// A longer run of lost packets is replaced by a keyframe: at 1 Mbit/s it is half a second of
  /// picture, and costs more to send again.
  static let longestGap = 64
  /// How often one packet is asked for.
  static let maximumTries: UInt8 = 12
  /// How long one packet is asked for, besides a round trip.
  static let lifetime = TimeSpan.milliseconds(1000)
  /// How long a packet may be merely out of order before it is asked for, on paths that keep order.
  static let patience = TimeSpan.milliseconds(5)
  /// The same on paths that do not: a repair must not wait for ever.
  static let longestPatience = TimeSpan.milliseconds(60)
  /// The least time between two requests for a packet, on paths faster than this.
  static let shortestRetry = TimeSpan.milliseconds(25)
  /// How long a request waits where we are behind with our own work: asked about more often, what is missing
  /// would only add to that.
  static let putOff = TimeSpan.milliseconds(100)
  /// Where much is lost, the first request is made twice with this pause: it can be lost as well, and the
  /// next one would be a round trip later.
  static let echoPause = TimeSpan.milliseconds(30)

  private struct Entry: BitwiseCopyable {
    var sequence: UInt64 = 0
    var noticedAt = MonotonicTime.zero
    var dueAt = MonotonicTime.zero
    var tries: UInt8 = 0
  }

  private var table: UnsafeMutablePointer<Entry>?
  /// How many packets are missing.
  private(set) var count = 0
  /// How late packets come that were overtaken: the worst of late, forgotten slowly.
  private(set) var disorder = TimeSpan.zero
  /// Before this none is due; meaningful while any is missing.
  private var earliest = MonotonicTime.zero

  /// A table of nothing.
  init() {}

  deinit { table?.deallocate() }

  /// Notes that the packets between two that arrived are missing. False where they are too many to
  /// ask for; the table is then empty and a keyframe is the way out.
  mutating func noteGap(after previous: UInt64, before next: UInt64, now: MonotonicTime) -> Bool {
    guard next > previous &+ 1 else { return true }
    let length = next &- previous &- 1
    guard length <= UInt64(Self.longestGap), length <= UInt64(Self.capacity - count) else {
      count = 0
      return false
    }
    disorder = TimeSpan(nanoseconds: disorder.nanoseconds / 64 * 63)
    let wait = max(Self.patience, disorder)
    let entries = table ?? makeTable()
    let due = now + wait
    earliest = count == 0 ? due : min(earliest, due)
    var sequence = previous &+ 1
    while sequence < next {
      entries[count] = Entry(sequence: sequence, noticedAt: now, dueAt: due)
      count += 1
      sequence &+= 1
    }
    return true
  }

  /// Notes that a packet arrived after all, as itself or sent again.
  mutating func arrived(_ sequence: UInt64, isRetransmission: Bool, now: MonotonicTime) {
    guard let entries = table else { return }
    for index in 0..<count where entries[index].sequence == sequence {
      if !isRetransmission {
        let late = now - entries[index].noticedAt
        // A quarter more, so that the next one that late is not asked for.
        let allowance = TimeSpan(nanoseconds: late.nanoseconds / 4 * 5)
        disorder = max(disorder, min(allowance, Self.longestPatience))
      }
      remove(at: index)
      return
    }
  }

  /// Forgets everything.
  mutating func removeAll() { count = 0 }

  /// When the next request is due, or a little before: what was to be asked for next may have come. nil while
  /// nothing is missing. Asked after every packet, hence remembered.
  var nextDue: MonotonicTime? { count > 0 ? earliest : nil }

  /// Fills `batch` with what is due, oldest first, and gives up on what is past its time; whether it
  /// gave up on any. `isLossy` says that the way back loses packets, too.
  mutating func takeDue(
    now: MonotonicTime, roundTrip: TimeSpan, isLossy: Bool = false,
    into batch: inout LostSequences
  ) -> Bool {
    guard let entries = table else { return false }
    var hasGivenUp = false
    var index = 0
    while index < count {
      let entry = entries[index]
      if now - entry.noticedAt >= Self.lifetime + roundTrip || entry.tries >= Self.maximumTries {
        // Asked for the last time just now, the answer may still be on its way.
        if now >= entry.dueAt {
          remove(at: index)
          hasGivenUp = true
          continue
        }
      } else if now >= entry.dueAt, batch.count < LostSequences.capacity {
        batch.append(SequenceNumber(UInt16(truncatingIfNeeded: entry.sequence)))
        // A request and its answer take a round trip, and whatever each may be held up.
        let spread = max(TimeSpan(nanoseconds: roundTrip.nanoseconds / 4), disorder)
        let retry = max(Self.shortestRetry, roundTrip + spread)
        let isEchoed = isLossy && entry.tries == 0
        entries[index].dueAt = now + (isEchoed ? min(Self.echoPause, retry) : retry)
        entries[index].tries += 1
      }
      index += 1
    }
    findEarliest()
    return hasGivenUp
  }

  /// Lets what is due wait a while, and counts no try.
  mutating func putOff(now: MonotonicTime) {
    guard let entries = table else { return }
    for index in 0..<count where entries[index].dueAt <= now {
      entries[index].dueAt = now + Self.putOff
    }
    findEarliest()
  }

  private mutating func findEarliest() {
    guard count > 0, let entries = table else { return }
    earliest = entries[0].dueAt
    for index in 1..<count { earliest = min(earliest, entries[index].dueAt) }
  }

  @inline(never)
  private mutating func makeTable() -> UnsafeMutablePointer<Entry> {
    let made = UnsafeMutablePointer<Entry>.allocate(capacity: Self.capacity)
    made.initialize(repeating: Entry(), count: Self.capacity)
    table = made
    return made
  }

  private mutating func remove(at index: Int) {
    guard let entries = table else { return }
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
  /// How many one request holds.
  static let capacity = 64

  private var storage = InlineArray<64, SequenceNumber>(repeating: SequenceNumber(0))
  /// How many there are.
  private(set) var count = 0

  /// Adds one; beyond 64 it is left out.
  mutating func append(_ sequence: SequenceNumber) {
    guard count < Self.capacity else { return }
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
