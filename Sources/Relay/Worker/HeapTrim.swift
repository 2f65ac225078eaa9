import Wire

/// When to give free memory back to the kernel.
///
/// Everybody joins on the hour. A handshake takes some 75 KiB for as long as it lasts, between what its
/// session keeps; freed, that stays with the process as holes in its heap until somebody asks for it. So
/// once nobody has come or gone for a while it is given back. Giving it back takes as long as a step of a
/// handshake, which is why it is not done after every one.
struct HeapTrim {
  /// How long nobody has come or gone by then.
  static let calm = TimeSpan.seconds(1)

  private var connected: Int64 = 0
  private var sessions = 0
  /// When somebody last came or went; nil where all has been given back since.
  private var changedAt: MonotonicTime?

  /// Tells how many have connected in all, and how many sessions there are, `halfOpen` of them not yet
  /// connected; whether it is time, which is once for each calm.
  mutating func isDue(
    connected: Int64, sessions: Int, halfOpen: Int, at now: MonotonicTime
  ) -> Bool {
    if connected != self.connected || sessions != self.sessions {
      self.connected = connected
      self.sessions = sessions
      changedAt = now
    }
    guard let changedAt, halfOpen == 0, now - changedAt >= Self.calm else { return false }
    self.changedAt = nil
    return true
  }
}
