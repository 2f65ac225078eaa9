/// An IPv4 or IPv6 transport address without its protocol; trivial, hashable, 24 bytes.
///
/// IPv4 is held in its IPv4-mapped form (`::ffff:a.b.c.d`, RFC 4291 §2.5.5.2), so one comparison
/// serves both families. It prints itself redacted: addresses are personal data.
public struct SocketAddress: Hashable, Sendable, BitwiseCopyable {
  /// The first eight address bytes, in host order.
  public var high: UInt64
  /// The last eight address bytes, in host order.
  public var low: UInt64
  /// The port, in host order.
  public var port: UInt16

  /// An address from its IPv6 halves, in host order.
  @inlinable
  public init(high: UInt64, low: UInt64, port: UInt16) {
    self.high = high
    self.low = low
    self.port = port
  }

  /// An IPv4 address in host order: `0x7F00_0001` is 127.0.0.1.
  @inlinable
  public init(ipv4: UInt32, port: UInt16) {
    self.init(high: 0, low: 0x0000_FFFF_0000_0000 | UInt64(ipv4), port: port)
  }

  /// Whether this is an IPv4 address in its mapped form.
  @inlinable
  public var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

  /// The IPv4 address in host order; meaningful only where `isIPv4`.
  @inlinable
  public var ipv4: UInt32 { UInt32(truncatingIfNeeded: low) }
}

extension SocketAddress: Redacted {
  /// The address with its host part removed, fit for a log.
  public var description: String {
    isIPv4 ? "\(ipv4 >> 24).\((ipv4 >> 16) & 0xFF).x.x:\(port)" : "[ipv6]:\(port)"
  }
}
