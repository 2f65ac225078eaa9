import MediaEngine
import Wire

/// Sound that tells when it was spoken: every sample's value is the time, in units of 10 ms, so that a
/// listener knows of each block it hears how old it is, and of each zero that it was invented.
///
/// Encoder and decoder do no signal processing. Their packets have Opus' sizes, begin like Opus' SILK
/// mode (RFC 6716 §3.1, §4.2.3) and carry, like Opus' in-band error correction, the frame before
/// theirs.
///
///     TOC | V L … | this frame's time (2) | the previous frame's time (2) | filling …
enum SpokenTime {
  /// 20 ms of SILK in wide band, mono, one frame (configuration 9).
  static let toc: UInt8 = 9 << 3
  /// Values run from 1 to this one and begin again: 5 minutes. 0 is silence.
  private static let values: Int64 = 30_000
  private static let unit = TimeSpan.milliseconds(10)

  /// The value of sound spoken at `time`.
  static func value(at time: MonotonicTime) -> Int16 {
    Int16(time.nanoseconds / unit.nanoseconds % values + 1)
  }

  /// How old a sample is when heard at `time`; nil for silence and for the cross-fades that
  /// time-stretching makes out of two times.
  static func age(of sample: Int16, heardAt time: MonotonicTime) -> TimeSpan? {
    guard sample > 0, Int64(sample) <= values else { return nil }
    let heard = time.nanoseconds / unit.nanoseconds % values + 1
    let units = (heard - Int64(sample) + values) % values
    let age = unit * units
    return age < longestAge ? age : nil
  }

  /// No sound of a call is older.
  private static let longestAge = TimeSpan.seconds(10)

  /// Writes a frame of 20 ms that was spoken from the time of `value` on.
  static func fill(_ samples: UnsafeMutablePointer<Int16>, from value: Int16) {
    samples.update(repeating: value, count: 480)
    (samples + 480).update(repeating: value == Int16(values) ? 1 : value + 1, count: 480)
  }
}

/// Turns the time into packets.
final class SpokenTimeEncoder: SoundEncoder {
  private let clock: SimulatedClock
  private var bitrate: Int
  private var writesCorrection = true
  private var previous: Int16 = 0
  private var silentFrames = 0

  /// libopus takes ten frames of silence to believe in it, and then says so again every 400 ms.
  private static let (silenceAfter, refresh) = (10, 20)

  init(bitrate: Int, clock: SimulatedClock) {
    self.bitrate = bitrate
    self.clock = clock
  }

  func setBitrate(_ bitrate: Int) { self.bitrate = bitrate }

  func expectLoss(_ share: Double) { writesCorrection = share >= 0.01 }

  func encode(
    _ samples: UnsafePointer<Int16>, into bytes: UnsafeMutablePointer<UInt8>, capacity: Int
  ) throws(MediaError) -> Int {
    silentFrames = samples[0] == 0 && samples[480] == 0 ? silentFrames + 1 : 0
    if silentFrames > Self.silenceAfter {
      bytes[0] = SpokenTime.toc
      previous = 0
      return (silentFrames - Self.silenceAfter) % Self.refresh == 1 ? 2 : 1
    }
    // The frame is over now: it began to be spoken 20 ms ago.
    let value = SpokenTime.value(at: clock.now - .milliseconds(20))
    let length = min(max(bitrate / 400, 12), capacity)
    bytes.update(repeating: 0x5A, count: length)
    bytes[0] = SpokenTime.toc
    // V: voice. L: correction data for the frame before.
    bytes[1] = 0x80 | (writesCorrection && previous != 0 ? 0x40 : 0)
    Self.store(value, at: bytes + 2)
    Self.store(previous, at: bytes + 4)
    previous = value
    return length
  }

  private static func store(_ value: Int16, at bytes: UnsafeMutablePointer<UInt8>) {
    bytes[0] = UInt8(value >> 8)
    bytes[1] = UInt8(truncatingIfNeeded: value)
  }
}

/// Turns packets back into the time.
final class SpokenTimeDecoder: SoundDecoder {
  func decode(
    _ packet: UnsafePointer<UInt8>, length: Int, into samples: UnsafeMutablePointer<Int16>
  ) -> Int? {
    guard packet[0] == SpokenTime.toc else { return nil }
    guard length >= 12 else {
      // A packet that only says that the talker is silent.
      samples.update(repeating: 0, count: 960)
      return 960
    }
    SpokenTime.fill(samples, from: Int16(packet[2]) << 8 | Int16(packet[3]))
    return 960
  }

  func decodeCorrection(
    in packet: UnsafePointer<UInt8>, length: Int, count: Int,
    into samples: UnsafeMutablePointer<Int16>
  ) -> Int? {
    guard length >= 12, count == 960 else { return nil }
    SpokenTime.fill(samples, from: Int16(packet[4]) << 8 | Int16(packet[5]))
    return count
  }

  func conceal(count: Int, into samples: UnsafeMutablePointer<Int16>) -> Int? {
    samples.update(repeating: 0, count: count)
    return count
  }
}
