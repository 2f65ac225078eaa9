/// An RTP timestamp in units of its stream's clock; arithmetic is modulo 2^32 (RFC 3550 §5.1).
public struct RTPTimestamp: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The timestamp in host order.
  public var rawValue: UInt32

  /// The timestamp with this value.
  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The timestamp with this value.
  @inlinable
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// How many clock units `other` is later, the short way round.
  @inlinable
  public func distance(to other: Self) -> Int32 {
    Int32(bitPattern: other.rawValue &- rawValue)
  }

  /// Whether this is later than `other` by less than half the number space.
  @inlinable
  public func isNewer(than other: Self) -> Bool { other.distance(to: self) > 0 }

  /// The timestamp `units` later, or earlier where negative.
  @inlinable
  public func advanced(by units: Int) -> Self {
    Self(rawValue: rawValue &+ UInt32(truncatingIfNeeded: units))
  }
}
