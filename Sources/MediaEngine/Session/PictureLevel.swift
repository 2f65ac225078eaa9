public import Congestion
public import Wire

extension PictureLevel {
  /// The level's name in events, reports and the ledger.
  public var name: String {
    switch self {
    case .full: "full"
    case .fewerFrames: "fewer-frames"
    case .smaller: "smaller"
    case .held: "held"
    case .soundOnly: "sound-only"
    }
  }
}

/// A step on the picture's ladder, and why.
public struct PictureChange: Sendable, Equatable {
  /// Why the level changed.
  public enum Cause: String, Sendable, Codable {
    /// Our own network has become narrower.
    case senderNetwork = "sender-network"
    /// The other end cannot take more, says the relay.
    case receiverNetwork = "receiver-network"
    /// There is room again.
    case recovered
  }

  /// The level from now on.
  public var level: PictureLevel
  /// Why.
  public var cause: Cause
  /// When.
  public var time: MonotonicTime

  /// A change to `level`.
  public init(level: PictureLevel, cause: Cause, time: MonotonicTime) {
    self.level = level
    self.cause = cause
    self.time = time
  }
}
