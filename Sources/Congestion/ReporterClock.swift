import Wire

/// Follows the other end's clock across its wraps: transport-wide feedback counts 24 bits of 64 ms,
/// twelve days (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
struct ReporterClock: BitwiseCopyable {
  /// The clock in its own units, counted on.
  private var reference: Int64?

  /// What to add to the times of `feedback` so that they count on.
  mutating func offset(of feedback: TransportWideFeedback) -> TimeSpan {
    let wire = Int64(feedback.referenceTime)
    let before = reference ?? wire
    var ahead = (wire &- before) & 0xFF_FFFF
    if ahead >= 0x80_0000 { ahead &-= 0x100_0000 }
    let extended = before &+ ahead
    reference = extended
    return TransportWideFeedback.referenceUnit * (extended &- wire)
  }
}
