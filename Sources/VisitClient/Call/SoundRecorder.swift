import MediaEngine

/// Received sound on its way to a file. Used on the media thread only.
final class SoundRecorder {
  private var writer: WaveWriter?

  init?(path: String) {
    guard let writer = try? WaveWriter(path: path) else { return nil }
    self.writer = consume writer
  }

  func append(_ samples: UnsafeBufferPointer<Int16>) {
    try? writer?.append(samples)
  }

  func finish() {
    try? writer.take()?.finish()
  }
}
