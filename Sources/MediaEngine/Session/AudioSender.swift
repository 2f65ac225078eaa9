import Glibc
import Wire

/// The sending half of sound: source, Opus, RTP. One frame every 20 ms of the injected clock.
struct AudioSender: ~Copyable {
  private static let frame = TimeSpan.milliseconds(20)
  private static let frameSamples = OpusEncoder.frameSamples
  /// A driver that stalls longer than this loses the sound of the stall instead of sending a burst.
  private static let longestStall = TimeSpan.milliseconds(200)

  /// What is sent and how; nil where the relay refused it.
  var track: NegotiatedMedia.SendTrack?
  /// For reports.
  private(set) var stream: SentStream
  private var encoder: OpusEncoder
  private let source: AudioSource
  private let tones: ToneSequence?
  private let samples: UnsafeMutablePointer<Int16>
  /// The end of the next frame: a microphone hands out a frame when it is over.
  private var nextFrame: MonotonicTime?
  private var start = MonotonicTime.zero
  /// The next sample's position in time, counted at 48 kHz since 1970.
  private var position: Int64 = 0
  private var speechOffset = 0
  private var wasSilence = false

  init(
    configuration: MediaConfiguration, track: NegotiatedMedia.SendTrack?,
    using generator: inout some RandomNumberGenerator
  ) throws(MediaError) {
    encoder = try OpusEncoder(bitrate: configuration.audioBitrate)
    source = configuration.audio
    if case .tones = configuration.audio { tones = ToneSequence() } else { tones = nil }
    self.track = track
    stream = SentStream(clockRate: 48_000, using: &generator)
    samples = .allocate(capacity: Self.frameSamples)
    samples.initialize(repeating: 0, count: Self.frameSamples)
  }

  deinit { samples.deallocate() }

  /// When the next frame is over; nil before the first `poll`.
  var nextWake: MonotonicTime? { track == nil ? nil : nextFrame }

  /// Prepares for a share of lost packets, 0 ... 1.
  mutating func expectLoss(_ share: Double) {
    // FEC is written for expected loss only. The single lost packet of a good line should be
    // repairable too, so it never expects less than 10 %.
    encoder.expectLoss(max(share, 0.10))
  }

  /// Sends the frames that are over at `now`. `buffer` is scratch space.
  mutating func poll(
    at now: MonotonicTime, wallClock: WallClock, transport: inout TransportSequence,
    buffer: UnsafeMutableRawBufferPointer,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    guard let track else { return }
    var due = nextFrame ?? now + Self.frame
    if nextFrame == nil { align(frameEnd: due, wallClock: wallClock, isFirst: true) }
    if now - due > Self.longestStall {
      due = now
      align(frameEnd: due, wallClock: wallClock, isFirst: false)
    }
    while due <= now {
      capture()
      sendFrame(
        capturedAt: due - Self.frame, track: track, transport: &transport, buffer: buffer,
        send: send)
      due = due + Self.frame
    }
    nextFrame = due
  }

  /// Ties the sample position to the clocks: the frame that ends at `frameEnd` begins 20 ms before.
  private mutating func align(frameEnd: MonotonicTime, wallClock: WallClock, isFirst: Bool) {
    let begin = frameEnd - Self.frame
    if isFirst { start = begin }
    position = max(wallClock.milliseconds(at: begin), 0) * 48
  }

  private mutating func capture() {
    switch source {
    case .silence: break
    case .tones: tones?.write(samples, count: Self.frameSamples, from: position)
    case .speech(let file): copySpeech(file)
    }
    position += Int64(Self.frameSamples)
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

  private mutating func sendFrame(
    capturedAt capture: MonotonicTime, track: NegotiatedMedia.SendTrack,
    transport: inout TransportSequence, buffer: UnsafeMutableRawBufferPointer,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    let units = (capture - start).nanoseconds / 1000 * 48 / 1000
    let timestamp = stream.timestamp(after: units)
    let (level, bytes) = (self.level(), buffer.baseAddress)
    guard let bytes else { return }
    // The payload is encoded behind the longest header and moved up to the real one.
    let scratch = (bytes + OutgoingPacket.maximumHeaderLength).assumingMemoryBound(to: UInt8.self)
    let capacity = min(buffer.count - OutgoingPacket.maximumHeaderLength, OpusEncoder.maximumBytes)
    guard let length = try? encoder.encode(samples, into: scratch, capacity: capacity) else {
      return
    }
    // The first packet of a silence tells the receiver that it is one; the others say nothing.
    let isSilence = OpusPacket.isDiscontinuous(length: length)
    defer { wasSilence = isSilence }
    if isSilence && wasSilence { return }
    let header = OutgoingPacket.writeHeader(
      // RFC 3551 §4.1: the marker says that a talkspurt begins.
      track, sequence: stream.takeSequence(), timestamp: timestamp,
      marker: wasSilence || !stream.hasSent, level: level,
      into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<OutgoingPacket.maximumHeaderLength]))
    guard let header else { return }
    memmove(bytes + header, scratch, length)
    transport.stamp(buffer, track: track)
    stream.note(payload: length, timestamp: timestamp, capture: capture)
    send(.rtp, buffer, header + length)
  }

  /// The frame's level as RFC 6464 wants it: dB below overload, and whether it is likely speech.
  private func level() -> AudioLevel {
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
}
