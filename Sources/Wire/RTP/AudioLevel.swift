/// A client-to-mixer audio level (RFC 6464 §3).
///
///      0 1 2 3 4 5 6 7
///     +-+-+-+-+-+-+-+-+
///     |V|    level    |
///     +-+-+-+-+-+-+-+-+
public struct AudioLevel: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The byte as it travels.
  public var rawValue: UInt8

  /// The quietest level.
  @inlinable
  public static var silence: AudioLevel { AudioLevel(rawValue: 127) }

  /// The level that travels as `rawValue`.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A level of `-negativeDecibels` dBov; more than 127 counts as 127.
  @inlinable
  public init(isVoice: Bool, negativeDecibels: UInt8) {
    rawValue = (isVoice ? 0x80 : 0) | min(negativeDecibels, 127)
  }

  /// Whether the sender takes the packet for speech.
  @inlinable
  public var isVoice: Bool { rawValue & 0x80 != 0 }

  /// How far below overload the level is: 0 is the loudest, 127 is silence.
  @inlinable
  public var negativeDecibels: UInt8 { rawValue & 0x7F }
}
