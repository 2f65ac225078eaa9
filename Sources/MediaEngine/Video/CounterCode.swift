/// What is drawn into a proof picture: 48 bits and a checksum.
///
///      0               16              40      48              64
///     +---------------+-----------------------+-------+---------------+
///     | frame number  | wall clock, ms mod 2^24 | source | CRC-16     |
///     +---------------+-----------------------+-------+---------------+
public struct CounterCode: Equatable, Sendable {
  /// The picture's number, counting modulo 2^16.
  public var frame: UInt16
  /// Wall-clock milliseconds at capture modulo 2^24 (4.7 hours), or `noClock`.
  public var clock: UInt32
  /// Who drew it.
  public var source: UInt8

  /// The clock value of pictures that carry no time, such as those of a looped file.
  public static let noClock: UInt32 = 0xFF_FFFF

  /// A code drawn at `milliseconds` since 1970.
  public init(frame: UInt16, milliseconds: Int64, source: UInt8) {
    // The one value that means "no clock" is moved a millisecond.
    let clock = UInt32(truncatingIfNeeded: milliseconds) & 0xFF_FFFF
    self.init(frame: frame, clock: clock == Self.noClock ? clock - 1 : clock, source: source)
  }

  /// A code of given fields; only the low 24 bits of `clock` are drawn.
  public init(frame: UInt16, clock: UInt32, source: UInt8) {
    self.frame = frame
    self.clock = clock & 0xFF_FFFF
    self.source = source
  }

  /// The code as drawn, most significant bit first.
  public var bits: UInt64 {
    let body = UInt64(frame) << 32 | UInt64(clock) << 8 | UInt64(source)
    return body << 16 | UInt64(Self.checksum(body))
  }

  /// Reads a drawn code; nil where the checksum does not fit.
  public init?(bits: UInt64) {
    let body = bits >> 16
    guard Self.checksum(body) == UInt16(truncatingIfNeeded: bits) else { return nil }
    frame = UInt16(truncatingIfNeeded: body >> 32)
    clock = UInt32(truncatingIfNeeded: body >> 8) & 0xFF_FFFF
    source = UInt8(truncatingIfNeeded: body)
  }

  /// CRC-16/IBM-3740 (polynomial 0x1021, start 0xFFFF) of the low 48 bits. The start value keeps an
  /// all-black picture from being a valid code.
  static func checksum(_ body: UInt64) -> UInt16 {
    var crc: UInt16 = 0xFFFF
    var shift: UInt64 = 40
    while true {
      crc ^= UInt16(truncatingIfNeeded: body >> shift & 0xFF) << 8
      var bit = 0
      while bit < 8 {
        crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1
        bit += 1
      }
      if shift == 0 { return crc }
      shift -= 8
    }
  }
}
