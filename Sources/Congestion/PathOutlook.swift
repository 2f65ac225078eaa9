public import Wire

/// What a `CongestionController` concludes, all together.
///
/// A controller is some kilobytes; whoever asks it one question at a time pays for a copy of it with
/// each. It changes its mind only when it is told something, so that asking once after that is enough.
public struct PathOutlook: Sendable, BitwiseCopyable {
  /// What the path carries of ours, in bit/s.
  public var estimate = 0
  /// The rate at which the picture's packets may leave now, in bit/s.
  public var pacingRate = 0
  /// What arrived in the last half second, in bit/s.
  public var acknowledged = 0
  /// How long packets wait in the path beyond what the way itself takes.
  public var queueingDelay = TimeSpan.zero
  /// The part of the packets that is lost, smoothed over some seconds, 0 ... 1.
  public var lossFraction = 0.0
  /// Whether the path's queue is being emptied.
  public var isDraining = false
  /// Whether no feedback comes although we send.
  public var isSilent = false
  /// Whether another flow keeps the path's queue full.
  public var isCompeting = false
  /// Whether the path has been asked once how much it carries.
  public var hasAnswer = false
  /// What the last probe that met no limit found.
  public var found: FoundRate?
  /// Whether we send clearly less than the estimate.
  public var isApplicationLimited = true

  /// What is thought of a path before anything is known.
  public init() {}
}

extension CongestionController {
  /// What it concludes now. Mutating, though it changes nothing, or it would be copied for the question.
  public mutating func conclude() -> PathOutlook {
    var outlook = PathOutlook()
    outlook.estimate = estimate
    outlook.pacingRate = pacingRate
    outlook.acknowledged = acknowledged
    outlook.queueingDelay = queueingDelay
    outlook.lossFraction = lossFraction
    outlook.isDraining = isDraining
    outlook.isSilent = isSilent
    outlook.isCompeting = isCompeting
    outlook.hasAnswer = hasAnswer
    outlook.found = found
    outlook.isApplicationLimited = isApplicationLimited
    return outlook
  }
}
