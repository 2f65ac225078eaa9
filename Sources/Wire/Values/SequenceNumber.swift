/// An RTP sequence number; arithmetic is modulo 2^16 (RFC 3550 §5.1).
public struct SequenceNumber: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The number in host order.
  public var rawValue: UInt16

  /// The sequence number with this value.
  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The sequence number with this value.
  @inlinable
  public init(_ rawValue: UInt16) { self.rawValue = rawValue }

  /// How far `other` is ahead, the short way round: from 65535 to 1 it is 2, back it is -2.
  @inlinable
  public func distance(to other: Self) -> Int16 {
    Int16(bitPattern: other.rawValue &- rawValue)
  }

  /// Whether this number is ahead of `other` by less than half the number space.
  @inlinable
  public func isNewer(than other: Self) -> Bool { other.distance(to: self) > 0 }

  /// The number `count` further on, or back where negative.
  @inlinable
  public func advanced(by count: Int) -> Self {
    Self(rawValue: rawValue &+ UInt16(truncatingIfNeeded: count))
  }

  /// The number after this one.
  @inlinable
  public var next: Self { Self(rawValue: rawValue &+ 1) }
}

/// A sequence number counted on across wraps: the number of cycles in the upper bits.
public struct ExtendedSequenceNumber: RawRepresentable, Hashable, Comparable, Sendable,
  BitwiseCopyable
{
  /// 65536 × cycles + the sequence number.
  public var rawValue: UInt64

  /// The extended sequence number with this value.
  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The extended sequence number with this value.
  @inlinable
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// The sixteen bits that travel.
  @inlinable
  public var truncated: SequenceNumber {
    SequenceNumber(rawValue: UInt16(truncatingIfNeeded: rawValue))
  }

  /// The low 32 bits, as receiver reports carry them (RFC 3550 §6.4.1).
  @inlinable
  public var low32: UInt32 { UInt32(truncatingIfNeeded: rawValue) }

  /// How far `other` is ahead; negative where it is behind.
  @inlinable
  public func distance(to other: Self) -> Int64 {
    Int64(bitPattern: other.rawValue &- rawValue)
  }

  /// The number `count` further on, or back where negative.
  @inlinable
  public func advanced(by count: Int) -> Self {
    Self(rawValue: rawValue &+ UInt64(bitPattern: Int64(count)))
  }

  /// Whether `a` comes before `b`.
  @inlinable
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Extends 16-bit sequence numbers to 64 bits by taking each as the one nearest to the highest so far.
///
/// The first number lands in the second cycle, so that packets overtaken by it, up to 32768 of them,
/// still have a number of their own:
///
///     in:   65534  65535      1      0
///     out: 131070 131071 131073 131072
public struct SequenceExtender: Hashable, Sendable, BitwiseCopyable {
  /// The highest number so far; nil before the first.
  public private(set) var highest: ExtendedSequenceNumber?

  /// An extender that has seen nothing.
  public init() {}

  /// What `number` would be extended to, without taking note of it. Lets a caller decide on a packet
  /// before it is known to be genuine.
  public func extended(_ number: SequenceNumber) -> ExtendedSequenceNumber {
    guard let highest else {
      return ExtendedSequenceNumber(rawValue: 0x1_0000 | UInt64(number.rawValue))
    }
    return highest.advanced(by: Int(highest.truncated.distance(to: number)))
  }

  /// Extends `number` and remembers it if it is the highest.
  public mutating func extend(_ number: SequenceNumber) -> ExtendedSequenceNumber {
    let result = extended(number)
    // A long run of numbers going backwards cannot take the count below zero: late ones do not move
    // `highest`, and `highest` starts above 2^16.
    if let highest, result <= highest { return result }
    highest = result
    return result
  }
}
