import Testing
import Wire

@Suite("Opus table of contents")
struct OpusTOCTests {
  /// RFC 6716 §3.1, table 2: frame sizes in units of 2.5 ms.
  private static let sizes =
    [4, 8, 16, 24, 4, 8, 16, 24, 4, 8, 16, 24, 4, 8, 4, 8] + [1, 2, 4, 8, 1, 2, 4, 8]
    + [1, 2, 4, 8, 1, 2, 4, 8]

  @Test("every configuration has the frame size and mode of table 2")
  func configurations() throws {
    for configuration in 0..<32 {
      let packet = [UInt8(configuration) << 3]
      let toc = try OpusTOC(parsing: packet.span.bytes)
      #expect(Int(toc.configuration) == configuration)
      #expect(toc.samplesPerFrame == Self.sizes[configuration] * 120)
      #expect(toc.frameCount == 1)
      #expect(toc.mode == (configuration < 12 ? .silk : configuration < 16 ? .hybrid : .celt))
      #expect(!toc.isStereo)
    }
  }

  @Test("frame count codes 0 to 3")
  func frameCounts() throws {
    // Configuration 31: CELT, 20 ms.
    for (packet, frames) in [("fc", 1), ("fd", 2), ("fe", 2), ("ff83", 3), ("ff06", 6)] {
      let bytes = hex(packet)
      let toc = try OpusTOC(parsing: bytes.span.bytes)
      #expect(toc.isStereo)
      #expect(toc.frameCount == frames)
      #expect(toc.samples == frames * 960)
    }
  }

  @Test("packets of no frames, or of more than 120 ms, are refused")
  func refused() {
    for (packet, error) in [
      ("", ParseError.truncated), ("ff", .truncated), ("ff00", .invalidField),
      ("ff07", .invalidField), ("ffbf", .invalidField), ("1b03", .invalidField),
    ] {
      let bytes = hex(packet)
      #expect(throws: error) { try OpusTOC(parsing: bytes.span.bytes) }
    }
  }

  @Test("48 frames of 2.5 ms are allowed")
  func shortest() throws {
    let packet = hex("e330")
    #expect(try OpusTOC(parsing: packet.span.bytes).samples == 5760)
  }
}
