import Wire

/// Which packets of a stream are missing, when to ask for them, and when to give up.
struct MissingPackets {
  private struct Missing {
    var sequence: Int64
    var noticed: MonotonicTime
    var asked: MonotonicTime?
    var tries = 0
  }

  /// What is due of the missing packets.
  struct Due {
    /// Packets to ask for now, oldest first.
    var sequences: [Int64] = []
    /// Whether any was given up.
    var gaveUp = false
  }

  /// More missing packets than this are not worth asking for: a key frame is smaller.
  private static let mostMissing = 200
  /// A packet may overtake its predecessors by so much before they are asked for; how much exactly is
  /// learned from those that come by themselves.
  private static let leastReordering = TimeSpan.milliseconds(8)
  private static let mostReordering = TimeSpan.milliseconds(35)
  /// Where much is lost, the first request is made twice with this pause: it can be lost as well.
  private static let echoPause = TimeSpan.milliseconds(30)
  /// The least pause between two requests for the same packet.
  private static let leastPause = TimeSpan.milliseconds(25)
  /// Bounds of how long a packet is waited for, between which it is eight round trips: a key frame is
  /// several packets, each of which can be lost as well, so asking again is the shorter way for long.
  private static let leastWait = TimeSpan.milliseconds(400)
  /// The least where much is lost: ours is the round trip to the relay, which may have to ask the sender
  /// itself, over a longer way, and more than once.
  private static let leastLossyWait = TimeSpan.milliseconds(1_000)
  private static let mostWait = TimeSpan.milliseconds(1_500)

  private var missing: [Missing] = []
  private var newest: Int64?
  private var reordering = leastReordering
  /// Packets asked for, each time counted.
  private(set) var askedFor: Int64 = 0

  /// Whether nothing is missing.
  var isEmpty: Bool { missing.isEmpty }

  /// Whether a packet is missing.
  func contains(_ sequence: Int64) -> Bool { missing.contains { $0.sequence == sequence } }

  /// Notes a packet that came. Returns false where so much is missing that only a key frame helps.
  mutating func note(
    _ sequence: Int64, isRetransmission: Bool = false, at now: MonotonicTime
  ) -> Bool {
    guard let newest else {
      self.newest = sequence
      return true
    }
    if sequence <= newest {
      guard let index = missing.firstIndex(where: { $0.sequence == sequence }) else { return true }
      if !isRetransmission { learn(overtakenFor: now - missing[index].noticed) }
      missing.remove(at: index)
      return true
    }
    self.newest = sequence
    let gap = sequence - newest - 1
    guard gap <= Int64(Self.mostMissing), missing.count + Int(gap) <= Self.mostMissing else {
      missing.removeAll()
      return false
    }
    for lost in (newest + 1)..<sequence {
      missing.append(Missing(sequence: lost, noticed: now))
    }
    return true
  }

  /// Forgets packets that nobody needs any more.
  mutating func forget(before sequence: Int64) {
    if !missing.isEmpty { missing.removeAll { $0.sequence < sequence } }
  }

  /// Forgets a packet that can be done without.
  mutating func forget(_ sequence: Int64) {
    if !missing.isEmpty { missing.removeAll { $0.sequence == sequence } }
  }

  /// Forgets everything.
  mutating func removeAll() {
    missing.removeAll()
    newest = nil
  }

  /// The packets to ask for now, and whether any was given up. Where `isWorthwhile` says no, a packet
  /// is passed over for now: it could not come in time.
  mutating func due(
    at now: MonotonicTime, roundTrip: TimeSpan, isLossy: Bool = false,
    isWorthwhile: (Int64) -> Bool = { _ in true }
  ) -> Due {
    var due = Due()
    guard !missing.isEmpty else { return due }
    let least = isLossy ? Self.leastLossyWait : Self.leastWait
    let wait = min(max(roundTrip * 8, least), Self.mostWait)
    let before = missing.count
    missing.removeAll { now - $0.noticed > wait }
    due.gaveUp = missing.count < before
    // A quarter more than the round trip, so that an answer under way is not asked for again.
    let pause = max(roundTrip * 5, Self.leastPause * 4)
    for i in missing.indices {
      if let asked = missing[i].asked {
        let isEcho = isLossy && missing[i].tries == 1
        guard (now - asked) * 4 >= (isEcho ? Self.echoPause * 4 : pause) else { continue }
      } else {
        guard now - missing[i].noticed >= reordering else { continue }
      }
      guard isWorthwhile(missing[i].sequence) else { continue }
      missing[i].asked = now
      missing[i].tries += 1
      due.sequences.append(missing[i].sequence)
    }
    askedFor += Int64(due.sequences.count)
    return due
  }

  /// Moves the tolerance to what nine of ten overtaken packets stay under.
  private mutating func learn(overtakenFor span: TimeSpan) {
    guard span < Self.mostReordering * 2 else { return }
    let step =
      span > reordering ? TimeSpan.microseconds(4_500) : TimeSpan.microseconds(-500)
    reordering = min(max(reordering + step, Self.leastReordering), Self.mostReordering)
  }
}
