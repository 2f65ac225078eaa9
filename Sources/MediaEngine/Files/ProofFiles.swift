/// Makes the pair of files that turns a browser's fake camera and microphone into a proof sender.
///
/// Chromium: `--use-fake-device-for-media-stream --use-file-for-fake-video-capture=PICTURE.y4m
/// --use-file-for-fake-audio-capture=SOUND.wav`. Both files loop there without a seam in what the
/// proof counts: the sound's length is a whole number of tone cycles, and the picture's counter
/// starts anew, which `ReceiverProof.counterRestarts` counts.
public enum ProofFiles {
  /// Writes `seconds` (rounded up to whole tone cycles of 4 s) of picture and sound. The picture
  /// takes about 5 MB a second at 640x360.
  public static func write(
    picture picturePath: String, sound soundPath: String, seconds: Int, width: Int = 640,
    height: Int = 360, framesPerSecond: Int = 15, source: UInt8 = 0xFE
  ) throws(MediaError) {
    let cycles = max((seconds * 1000 + ToneSequence.cycleMs - 1) / ToneSequence.cycleMs, 1)
    let milliseconds = cycles * ToneSequence.cycleMs

    var writer = try Y4MWriter(
      path: picturePath, width: width, height: height, framesPerSecond: framesPerSecond)
    var counter = CounterPicture(width: width, height: height)
    for frame in 0..<(milliseconds * framesPerSecond / 1000) {
      counter.draw(
        CounterCode(
          frame: UInt16(truncatingIfNeeded: frame), clock: CounterCode.noClock, source: source))
      try writer.append(counter.picture.view)
    }
    try writer.finish()

    var samples = [Int16](repeating: 0, count: milliseconds * 48)
    let tones = ToneSequence(falling: true)
    samples.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { tones.write(start, count: buffer.count, from: 0) }
    }
    try WaveFile(samples: samples).write(path: soundPath)
  }
}
