import Glibc
import Wire

/// The source of sent sound: 20 ms at a time, tied to the clocks.
struct SoundCapture: ~Copyable {
  /// Samples in a frame: 20 ms.
  static let frameSamples = OpusEncoder.frameSamples

  /// The frame as last captured.
  let samples: UnsafeMutablePointer<Int16>
  private let source: AudioSource
  private let tones: ToneSequence?
  /// The next sample's position in time, counted at 48 kHz since 1970.
  private var position: Int64 = 0
  private var speechOffset = 0

  init(_ source: AudioSource) {
    self.source = source
    if case .tones = source { tones = ToneSequence() } else { tones = nil }
    samples = .allocate(capacity: Self.frameSamples)
    samples.initialize(repeating: 0, count: Self.frameSamples)
  }

  deinit { samples.deallocate() }

  /// Says when the next frame begins, in milliseconds since 1970.
  mutating func align(milliseconds: Int64) { position = max(milliseconds, 0) * 48 }

  /// Captures the next frame.
  mutating func capture() {
    switch source {
    case .silence: break
    case .tones: tones?.write(samples, count: Self.frameSamples, from: position)
    case .speech(let file): copySpeech(file)
    }
    position += Int64(Self.frameSamples)
  }

  /// The frame's level as RFC 6464 wants it: dB below overload, and whether it is likely speech.
  func level() -> AudioLevel {
    var sum = 0
    var i = 0
    while i < Self.frameSamples {
      let sample = Int(samples[i])
      sum &+= sample &* sample
      i += 1
    }
    guard sum > 0 else { return .silence }
    let power = Double(sum) / Double(Self.frameSamples) / (32_768 * 32_768)
    let decibels = min(max(-10 * log10(power), 0), 127)
    return AudioLevel(isVoice: decibels < 50, negativeDecibels: UInt8(decibels))
  }

  private mutating func copySpeech(_ file: WaveFile) {
    guard !file.samples.isEmpty else { return }
    file.samples.withUnsafeBufferPointer { recorded in
      var done = 0
      while done < Self.frameSamples {
        let run = min(Self.frameSamples - done, recorded.count - speechOffset)
        // A recording with samples has a base address.
        memcpy(samples + done, recorded.baseAddress! + speechOffset, run * 2)
        done += run
        speechOffset += run
        if speechOffset == recorded.count { speechOffset = 0 }
      }
    }
  }
}
