/// A synchronization source: the name of one RTP stream within its session (RFC 3550 §3).
public struct SSRC: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The identifier in host order.
  public var rawValue: UInt32

  /// The source with this identifier.
  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The source with this identifier.
  @inlinable
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

extension SSRC: CustomStringConvertible {
  /// The identifier as SDP writes it, in decimal.
  public var description: String { String(rawValue) }
}
