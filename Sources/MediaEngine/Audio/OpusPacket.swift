/// What can be told from an Opus packet without decoding it.
enum OpusPacket {
  /// Whether a packet only says that the talker is silent (RFC 6716 §2.1.9): a lone TOC byte, or one
  /// with a single byte of frame.
  static func isDiscontinuous(length: Int) -> Bool { length <= 2 }

  /// Whether a packet carries FEC data for the frame before it.
  ///
  /// RFC 6716 §4.2.3: a SILK layer begins with one voice-activity bit per 20 ms frame and then one
  /// LBRR (FEC) bit. CELT-only packets have neither. Packets of several Opus frames (TOC code 1-3)
  /// are reported as without: no speech encoder sends them at 20 ms.
  ///
  ///      0 1 2 3 4 5 6 7   0 1 2 ...
  ///     +-+-+-+-+-+-+-+-+ +-+-+-
  ///     | config  |s| c | |V|L|        one frame of 10 or 20 ms: V = voice, L = LBRR
  ///     +-+-+-+-+-+-+-+-+ +-+-+-
  static func hasCorrection(_ packet: UnsafePointer<UInt8>, length: Int) -> Bool {
    guard length > 2 else { return false }
    let toc = packet[0]
    let config = toc >> 3
    // 16 ... 31 are CELT only; 12 ... 15 are hybrid of 10 and 20 ms.
    guard config < 16, toc & 0x03 == 0 else { return false }
    // SILK-only sizes are 10, 20, 40, 60 ms, of 1, 1, 2 and 3 SILK frames.
    let silkFrames: UInt8 = config < 12 ? [1, 1, 2, 3][Int(config & 0x03)] : 1
    return packet[1] & (0x80 >> silkFrames) != 0
  }
}
