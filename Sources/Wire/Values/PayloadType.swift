/// An RTP payload type, 0 ... 127 (RFC 3550 §5.1).
public struct PayloadType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The payload type. Values above 127 cannot be sent: writers keep the low seven bits.
  public var rawValue: UInt8

  /// The payload type with this number.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The payload type with this number.
  @inlinable
  public init(_ rawValue: UInt8) { self.rawValue = rawValue }
}

extension PayloadType: CustomStringConvertible {
  /// The number as SDP writes it.
  public var description: String { String(rawValue) }
}
