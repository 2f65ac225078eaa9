/// The bounds within which a path's estimate moves, in bit/s.
public struct CongestionConfiguration: Hashable, Sendable, BitwiseCopyable {
  /// What is assumed before anything is known: what libwebrtc assumes too.
  public var startBitrate: Int
  /// The estimate is never below this: speech is sent in any case.
  public var minimumBitrate: Int
  /// The estimate is never above this.
  public var maximumBitrate: Int

  /// Bounds; put in order where they are not.
  public init(
    startBitrate: Int = 300_000, minimumBitrate: Int = 30_000, maximumBitrate: Int = 6_000_000
  ) {
    self.minimumBitrate = max(1_000, minimumBitrate)
    self.maximumBitrate = max(self.minimumBitrate, maximumBitrate)
    self.startBitrate = min(max(startBitrate, self.minimumBitrate), self.maximumBitrate)
  }
}
