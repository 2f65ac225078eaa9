import Wire

/// Keeps a participant's picture in step with the sound (lip sync).
///
/// Sound and picture come over buffers of their own, each as long as its own network trouble makes it.
/// A sender report says which RTP timestamp of a stream belongs to which moment of the sender's clock
/// (RFC 3550 §6.4.1), the same clock for both. So of each can be said how long after that moment it is
/// heard or shown: its *delay*. Whether the sender's clock is right does not matter, because only the
/// difference of the two delays is used.
///
/// A picture that would be shown noticeably before its sound is held back for it. Sound never waits for
/// a picture: waiting is what hurts a conversation.
struct LipSync {
  /// Sound this much after its picture is not noticed: ITU-R BT.1359-1 has the threshold at 125 ms. The
  /// rest is for the steps in which sound and picture come.
  static let unnoticedLate = TimeSpan.milliseconds(60)
  /// No picture waits longer than this for its sound.
  static let mostHeld = TimeSpan.milliseconds(400)
  /// Delays further apart are not of one moment: reports of two participants, or of a clock that was set.
  static let implausible = TimeSpan.seconds(2)
  /// How often the two are compared, and by how much a picture is moved each time: a fifth of the time,
  /// so that no picture stands long enough to be a freeze.
  static let interval = TimeSpan.milliseconds(100)
  static let step = TimeSpan.milliseconds(20)
  /// Differences within this are left alone: the sound's delay is moved by time-stretching all the time.
  private static let tolerance = TimeSpan.milliseconds(10)

  /// How much longer than for its own sake the picture is held back.
  private(set) var pictureHold = TimeSpan.zero
  private var comparedAt: MonotonicTime?

  /// Compares the delay of the sound that is heard with the one that the picture would have for its own
  /// sake; nil where there is none, or where no report tells. True where something has changed.
  mutating func compare(
    sound: TimeSpan?, picture: TimeSpan?, at now: MonotonicTime
  ) -> Bool {
    if let comparedAt, now - comparedAt < Self.interval { return false }
    comparedAt = now
    guard let sound, let picture, picture - sound < Self.implausible,
      sound - picture < Self.implausible
    else {
      defer { pictureHold = .zero }
      return pictureHold != .zero
    }
    let wanted = min(max(sound - picture - Self.unnoticedLate, .zero), Self.mostHeld)
    let change = wanted - pictureHold
    if change > Self.tolerance {
      pictureHold = pictureHold + min(change, Self.step)
    } else if change < .zero - Self.tolerance {
      pictureHold = pictureHold + max(change, .zero - Self.step)
    }
    return true
  }
}
