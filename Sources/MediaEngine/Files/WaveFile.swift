/// Recorded sound, held as 48 kHz mono PCM16.
///
/// Reads RIFF WAVE files of 16-bit PCM at any rate from 8 to 96 kHz, mono or stereo: what speech
/// synthesisers and sound editors write.
public struct WaveFile: Sendable, Equatable {
  /// The samples, 48 000 a second.
  public var samples: [Int16]

  /// A longer file than this is refused: ten minutes of 48 kHz stereo.
  private static let maximumBytes = 116_000_000

  /// Sound from samples of 48 kHz mono.
  public init(samples: [Int16]) { self.samples = samples }

  /// Reads a file and converts it to 48 kHz mono.
  public init(path: String) throws(MediaError) {
    let file = try BinaryFile(path: path, mode: "rb")
    let bytes = try file.read(count: Self.maximumBytes)
    guard let samples = Self.decode(bytes) else { throw .unsupportedFile(path: path) }
    self.samples = samples
  }

  /// The length in milliseconds.
  public var milliseconds: Int { samples.count / 48 }

  /// Writes the sound as a 48 kHz mono PCM16 file.
  public func write(path: String) throws(MediaError) {
    var writer = try WaveWriter(path: path)
    try samples.withUnsafeBufferPointer { buffer throws(MediaError) in
      try writer.append(buffer)
    }
    try writer.finish()
  }

  /// Finds the format and the data among a file's chunks.
  ///
  ///     "RIFF" size "WAVE"  { id:4  size:4 (little-endian)  data, padded to an even length }
  ///
  /// A `data` chunk may claim more than the file has: programs that write to a pipe (espeak-ng's
  /// --stdout) put a large number there. What is there counts.
  static func decode(_ bytes: [UInt8]) -> [Int16]? {
    guard bytes.count >= 12, bytes[0..<4].elementsEqual("RIFF".utf8),
      bytes[8..<12].elementsEqual("WAVE".utf8)
    else { return nil }
    var channels = 0
    var rate = 0
    var offset = 12
    while offset + 8 <= bytes.count {
      let size = Int(load32(bytes, offset + 4))
      let body = offset + 8
      if bytes[offset..<offset + 4].elementsEqual("fmt ".utf8) {
        guard size >= 16, body + 16 <= bytes.count else { return nil }
        // Format 1 is PCM; 0xFFFE is the extensible form, whose first sub-format word is the same.
        let format = load16(bytes, body)
        channels = Int(load16(bytes, body + 2))
        rate = Int(load32(bytes, body + 4))
        guard format == 1 || format == 0xFFFE, (1...2).contains(channels),
          (8_000...96_000).contains(rate), load16(bytes, body + 14) == 16
        else { return nil }
      } else if bytes[offset..<offset + 4].elementsEqual("data".utf8) {
        guard channels > 0 else { return nil }
        let length = min(size, bytes.count - body)
        return convert(bytes, from: body, length: length, channels: channels, rate: rate)
      }
      offset = body + size + (size & 1)
    }
    return nil
  }

  /// Mixes to mono and resamples to 48 kHz by cubic interpolation.
  private static func convert(
    _ bytes: [UInt8], from start: Int, length: Int, channels: Int, rate: Int
  ) -> [Int16]? {
    let frames = length / (2 * channels)
    guard frames > 0 else { return nil }
    var mono = [Int16](repeating: 0, count: frames)
    for i in 0..<frames {
      var sum = 0
      for channel in 0..<channels {
        sum += Int(Int16(bitPattern: load16(bytes, start + 2 * (i * channels + channel))))
      }
      mono[i] = Int16(sum / channels)
    }
    if rate == 48_000 { return mono }
    let count = frames * 48_000 / rate
    var samples = [Int16](repeating: 0, count: count)
    for i in 0..<count {
      let position = Double(i) * Double(rate) / 48_000
      let index = Int(position)
      let t = position - Double(index)
      let a = Double(mono[max(index - 1, 0)])
      let b = Double(mono[min(index, frames - 1)])
      let c = Double(mono[min(index + 1, frames - 1)])
      let d = Double(mono[min(index + 2, frames - 1)])
      // Catmull and Rom's spline through b and c.
      let value =
        b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
      samples[i] = Int16(min(max(value, -32_768), 32_767))
    }
    return samples
  }

  private static func load16(_ bytes: [UInt8], _ offset: Int) -> UInt16 {
    UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
  }

  private static func load32(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    UInt32(load16(bytes, offset)) | UInt32(load16(bytes, offset + 2)) << 16
  }
}
