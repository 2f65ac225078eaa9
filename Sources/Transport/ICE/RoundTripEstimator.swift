import Wire

/// A path's smoothed round trip (RFC 6298 §2), from answered checks.
///
/// Worked: a first answer after 40 ms gives 40 ms; a second after 80 ms gives 40 + (80 - 40) / 8 = 45 ms.
struct RoundTripEstimator: BitwiseCopyable {
  /// The smoothed round trip; nil before the first answer.
  private(set) var smoothed: TimeSpan?
  /// The last one by itself: while a queue drains the smoothed one is old.
  private(set) var latest = TimeSpan.zero
  /// How many answers it rests on.
  private(set) var samples = 0

  /// Takes in one measured round trip.
  mutating func add(_ sample: TimeSpan) {
    samples &+= 1
    latest = sample
    guard let old = smoothed else {
      smoothed = sample
      return
    }
    smoothed = TimeSpan(nanoseconds: old.nanoseconds + (sample - old).nanoseconds / 8)
  }
}
