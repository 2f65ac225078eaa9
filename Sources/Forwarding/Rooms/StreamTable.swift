import Wire

/// Which of a participant's streams an SSRC is: declared in its offer, or learned from its packets.
///
/// Bounded, and only ever changed by packets that passed SRTP's authentication, so that nobody on
/// the outside can fill it (jitsi-videobridge#2428). When it is full the learned one that was
/// unused longest makes room; declared ones stay.
struct StreamTable: BitwiseCopyable {
  /// What an SSRC carries.
  struct Role: BitwiseCopyable, Equatable {
    /// Sound or picture.
    var kind: TrackKind
    /// Whether it carries retransmissions (RFC 4588).
    var isRetransmission: Bool
    /// Which of the encodings of a picture, 0 for the smallest.
    var layer: Int8 = 0
  }

  private struct Entry: BitwiseCopyable {
    var ssrc: UInt32 = 0
    var role: Role?
    var isDeclared = false
    var usedAt = MonotonicTime.zero
  }

  /// SSRCs held: sound and three encodings of a picture with their retransmissions, and half as many
  /// again.
  private static let capacity = 12

  private var entries = InlineArray<12, Entry>(repeating: Entry())

  /// What an SSRC carries; nil where it is not known.
  mutating func role(of ssrc: SSRC, now: MonotonicTime) -> Role? {
    for index in 0..<Self.capacity where entries[index].ssrc == ssrc.rawValue {
      guard let role = entries[index].role else { continue }
      entries[index].usedAt = now
      return role
    }
    return nil
  }

  /// Enters an SSRC.
  mutating func bind(_ ssrc: SSRC, to role: Role, isDeclared: Bool, now: MonotonicTime) {
    var victim: Int?
    for index in 0..<Self.capacity {
      guard entries[index].role != nil else {
        victim = index
        break
      }
      if entries[index].ssrc == ssrc.rawValue {
        victim = index
        break
      }
      guard !entries[index].isDeclared else { continue }
      if let present = victim, entries[present].usedAt <= entries[index].usedAt { continue }
      victim = index
    }
    guard let victim else { return }
    entries[victim] = Entry(ssrc: ssrc.rawValue, role: role, isDeclared: isDeclared, usedAt: now)
  }
}
