import Wire

/// What a path carries by its receiver's own word, where the receiver gives no transport-wide
/// feedback: its REMB, or else the loss in its receiver reports, in the way of libwebrtc's loss-based
/// control.
struct ReportedCapacity: BitwiseCopyable {
  /// A REMB older than this is forgotten; receivers that send any send one a second.
  static let rembLifetime = TimeSpan.seconds(10)
  /// Loss above this is taken for congestion, in 1/256.
  static let highLoss: UInt8 = 26
  /// Loss below this leaves room for more, in 1/256.
  static let lowLoss: UInt8 = 5
  /// The least it concludes, in bit/s.
  static let floor = 30_000

  private var remb: (bitrate: Int, at: MonotonicTime)?
  private var limit: Int?
  private var changedAt = MonotonicTime.zero
  /// The part of the packets lost by the latest reports, smoothed, 0 ... 1.
  private(set) var lossFraction = 0.0

  /// Takes a receiver's estimate in bit/s.
  mutating func note(receiverEstimate bitrate: UInt64, at now: MonotonicTime) {
    remb = (max(Self.floor, Int(clamping: bitrate)), now)
  }

  /// Takes the fraction lost in a receiver report (1/256) while `sent` bit/s were sent.
  mutating func note(fractionLost: UInt8, sent: Int, at now: MonotonicTime) {
    guard now - changedAt >= .milliseconds(500) else { return }
    changedAt = now
    lossFraction += (Double(fractionLost) / 256 - lossFraction) / 4
    if fractionLost > Self.highLoss {
      let base = min(limit ?? sent, max(sent, Self.floor))
      limit = max(Self.floor, base - base * Int(fractionLost) / 512)
    } else if fractionLost < Self.lowLoss, let limit {
      let raised = limit + limit * 8 / 100 + 1_000
      // Far above what is sent it says nothing.
      self.limit = raised > 2 * max(sent, 100_000) ? nil : raised
    }
  }

  /// What the path carries in bit/s; nil where nothing speaks of a limit.
  func bitrate(at now: MonotonicTime) -> Int? {
    guard let remb, now - remb.at < Self.rembLifetime else { return limit }
    return min(remb.bitrate, limit ?? .max)
  }
}
