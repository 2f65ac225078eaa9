/// The table-of-contents byte of an Opus packet and how many frames it announces (RFC 6716 §3.1, §3.2).
///
///      0 1 2 3 4 5 6 7
///     +-+-+-+-+-+-+-+-+
///     | config  |s| c |
///     +-+-+-+-+-+-+-+-+
public struct OpusTOC: Hashable, Sendable, BitwiseCopyable {
  /// The clock of Opus in RTP, whatever it encodes (RFC 7587 §4.1): 48 kHz.
  public static let clockRate = 48_000
  /// The most samples in one packet: 120 ms.
  public static let maximumSamples = 5760

  /// The layers that a packet was coded with.
  public enum Mode: UInt8, Sendable, BitwiseCopyable {
    /// Linear prediction, for speech.
    case silk
    /// Both.
    case hybrid
    /// Transform, for music and low delay.
    case celt
  }

  /// Mode, bandwidth and frame size as one number, 0 ... 31 (§3.1, table 2).
  public let configuration: UInt8
  /// Whether there are two channels.
  public let isStereo: Bool
  /// Frames in the packet, 1 ... 48.
  public let frameCount: Int
  /// Samples of one frame at 48 kHz.
  public let samplesPerFrame: Int

  /// Parses the first bytes of a packet.
  @inlinable
  public init(parsing packet: RawSpan) throws(ParseError) {
    guard packet.byteCount >= 1 else { throw .truncated }
    let toc = packet.loadUInt8(at: 0)
    configuration = toc >> 3
    isStereo = toc & 4 != 0
    let size = configuration & 3
    samplesPerFrame =
      switch configuration {
      // 10, 20, 40, 60 ms
      case 0..<12: size == 3 ? 2880 : 480 << Int(size)
      // 10, 20 ms
      case 12..<16: 480 << Int(size & 1)
      // 2.5, 5, 10, 20 ms
      default: 120 << Int(size)
      }
    switch toc & 3 {
    case 0: frameCount = 1
    case 1, 2: frameCount = 2
    default:
      guard packet.byteCount >= 2 else { throw .truncated }
      frameCount = Int(packet.loadUInt8(at: 1) & 0x3F)
      // Requirement R5 of §3.4: at least one frame, at most 120 ms.
      guard frameCount > 0, frameCount &* samplesPerFrame <= Self.maximumSamples else {
        throw .invalidField
      }
    }
  }

  /// The layers used.
  public var mode: Mode {
    switch configuration {
    case 0..<12: .silk
    case 12..<16: .hybrid
    default: .celt
    }
  }

  /// Samples of the packet at 48 kHz: the step of the RTP timestamp.
  @inlinable
  public var samples: Int { frameCount &* samplesPerFrame }
}
