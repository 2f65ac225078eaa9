import Wire

/// When a kind of work that takes long, a command or a step of a handshake, may be done beside media.
///
/// At once where all media that came is through. Where more of it waits than a turn takes in, the calls
/// that run are late already, and each such piece makes them later: then it is one in `patience` only,
/// so that whoever joins gets in all the same.
struct LongWork {
  /// Ten of it leave nine tenths of the time to media.
  static let patience = TimeSpan.milliseconds(10)

  private var latest: MonotonicTime?

  /// Whether a piece may be done.
  func isAllowed(mediaWaits: Bool, at now: MonotonicTime) -> Bool {
    guard mediaWaits, let latest else { return true }
    return now - latest >= Self.patience
  }

  /// Tells that a piece was done.
  mutating func note(at now: MonotonicTime) { latest = now }
}
