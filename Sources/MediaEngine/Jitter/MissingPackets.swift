import Wire

/// Which packets of a picture stream are missing, when to ask for them, and when to give up.
struct MissingPackets {
  private struct Missing {
    var sequence: Int64
    var noticed: MonotonicTime
    var asked: MonotonicTime?
    var tries = 0
  }

  /// More missing packets than this are not worth asking for: a key frame is smaller.
  private static let mostMissing = 120
  /// A packet may overtake its predecessors by this much before they are asked for.
  private static let reordering = TimeSpan.milliseconds(8)
  /// The least pause between two requests for the same packet.
  private static let leastPause = TimeSpan.milliseconds(25)
  /// Bounds of how long a packet is waited for, between which it is four round trips: then two
  /// requests have certainly failed.
  private static let leastWait = TimeSpan.milliseconds(150)
  private static let mostWait = TimeSpan.milliseconds(600)

  private var missing: [Missing] = []
  private var newest: Int64?
  /// Packets asked for, each time counted.
  private(set) var askedFor: Int64 = 0

  /// Whether nothing is missing.
  var isEmpty: Bool { missing.isEmpty }

  /// Notes a packet that came. Returns false where so much is missing that only a key frame helps.
  mutating func note(_ sequence: Int64, at now: MonotonicTime) -> Bool {
    guard let newest else {
      self.newest = sequence
      return true
    }
    if sequence <= newest {
      missing.removeAll { $0.sequence == sequence }
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

  /// Forgets packets that no frame needs any more.
  mutating func forget(before sequence: Int64) {
    if !missing.isEmpty { missing.removeAll { $0.sequence < sequence } }
  }

  /// Forgets everything.
  mutating func removeAll() {
    missing.removeAll()
    newest = nil
  }

  /// The packets to ask for now, oldest first, and whether any was given up.
  mutating func due(
    at now: MonotonicTime, roundTrip: TimeSpan
  ) -> (sequences: [Int64], gaveUp: Bool) {
    guard !missing.isEmpty else { return ([], false) }
    let wait = min(max(roundTrip * 4, Self.leastWait), Self.mostWait)
    let before = missing.count
    missing.removeAll { now - $0.noticed > wait }
    var sequences: [Int64] = []
    // A quarter more than the round trip, so that an answer under way is not asked for again.
    let pause = max(roundTrip * 5, Self.leastPause * 4)
    for i in missing.indices {
      if let asked = missing[i].asked {
        guard (now - asked) * 4 >= pause else { continue }
      } else {
        guard now - missing[i].noticed >= Self.reordering else { continue }
      }
      missing[i].asked = now
      missing[i].tries += 1
      sequences.append(missing[i].sequence)
    }
    askedFor += Int64(sequences.count)
    return (sequences, missing.count < before)
  }
}
