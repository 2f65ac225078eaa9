/// Writes received sound to a 48 kHz mono PCM16 WAVE file as it comes.
public struct WaveWriter: ~Copyable {
  private let file: BinaryFile
  private var sampleCount = 0

  /// Creates or replaces the file. The header claims no sound until `finish`.
  public init(path: String) throws(MediaError) {
    let file = try BinaryFile(path: path, mode: "wb")
    try file.write(Self.header(sampleCount: 0))
    self.file = file
  }

  /// Appends samples of 48 kHz mono.
  public mutating func append(_ samples: UnsafeBufferPointer<Int16>) throws(MediaError) {
    // WAVE is little-endian, and so is every machine this runs on.
    try file.write(UnsafeRawBufferPointer(samples))
    sampleCount += samples.count
  }

  /// Completes the header and closes the file.
  public consuming func finish() throws(MediaError) {
    try file.seek(to: 0)
    try file.write(Self.header(sampleCount: sampleCount))
    try file.flush()
  }

  /// The 44 bytes before the samples: RIFF, `fmt ` (PCM, mono, 48 kHz, 16 bits) and `data`.
  private static func header(sampleCount: Int) -> [UInt8] {
    let length = UInt32(clamping: sampleCount * 2)
    var header = [UInt8]()
    func append(_ value: UInt32, bytes: Int) {
      for i in 0..<bytes { header.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
    }
    header += Array("RIFF".utf8)
    append(length &+ 36, bytes: 4)
    header += Array("WAVEfmt ".utf8)
    append(16, bytes: 4)
    append(1, bytes: 2)
    append(1, bytes: 2)
    append(48_000, bytes: 4)
    append(96_000, bytes: 4)
    append(2, bytes: 2)
    append(16, bytes: 2)
    header += Array("data".utf8)
    append(length, bytes: 4)
    return header
  }
}
