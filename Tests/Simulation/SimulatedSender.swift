import Wire

/// Makes a participant's packets: sound every 20 ms, a picture of three packets every 50 ms, each
/// with its own number in its last four bytes, so that a receiver knows exactly what it got.
struct SimulatedSender {
  static let audioInterval = TimeSpan.milliseconds(20)
  static let videoInterval = TimeSpan.milliseconds(50)
  static let packetsPerPicture = 3

  let streams: SimulatedOffer.Streams
  /// How loud the sound says it is, in -dBov.
  var loudness: UInt8 = 20
  /// Whether it sends.
  var isSending = false
  /// Packets made so far.
  private(set) var audioCount = 0
  private(set) var videoCount = 0
  /// Keyframes that were asked for.
  private(set) var keyframeRequests = 0
  private var audioSequence: UInt16
  private var videoSequence: UInt16
  private var retransmissionSequence: UInt16 = 100
  private var nextReport = MonotonicTime.zero
  private var nextAudio = MonotonicTime.zero
  private var nextVideo = MonotonicTime.zero
  private var history: [UInt16: [UInt8]] = [:]
  private var pictureID: UInt16 = 0x100
  private var wantsKeyframe = true

  /// A sender that starts near the end of the sequence numbers, so that every run crosses it.
  init(streams: SimulatedOffer.Streams) {
    self.streams = streams
    audioSequence = 65_500
    videoSequence = 65_400
  }

  /// When it next has something.
  var nextWake: MonotonicTime? { isSending ? min(nextAudio, nextVideo) : nil }

  /// Starts sending.
  mutating func start(at now: MonotonicTime) {
    guard !isSending else { return }
    isSending = true
    nextAudio = now
    nextVideo = now
  }

  /// The packets that are due.
  mutating func packets(at now: MonotonicTime) -> [[UInt8]] {
    guard isSending else { return [] }
    var due: [[UInt8]] = []
    while nextAudio <= now {
      due.append(audioPacket())
      nextAudio = nextAudio + Self.audioInterval
    }
    while nextVideo <= now {
      due += picture(at: nextVideo)
      nextVideo = nextVideo + Self.videoInterval
    }
    return due
  }

  /// The sender reports that are due, one compound for both streams (RFC 3550 §6.4.1).
  mutating func reports(at now: MonotonicTime) -> [[UInt8]] {
    guard isSending, nextReport <= now else { return [] }
    nextReport = now + .seconds(1)
    // NTP time runs with virtual time; the media clocks started with it.
    let seconds = UInt32(truncatingIfNeeded: now.nanoseconds / 1_000_000_000)
    let fraction = UInt32((now.nanoseconds % 1_000_000_000) << 32 / 1_000_000_000)
    var compound: [UInt8] = []
    let audioTime = UInt32(truncatingIfNeeded: audioCount * 960)
    let videoTime = UInt32(truncatingIfNeeded: now.nanoseconds / 100_000 * 9)
    for (ssrc, timestamp, count) in [
      (streams.audio, audioTime, audioCount), (streams.video, videoTime, videoCount),
    ] {
      compound += [0x80, 200, 0, 6]
      for value in [ssrc, seconds, fraction, timestamp, UInt32(count), UInt32(count * 100)] {
        compound += (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
      }
    }
    return [compound]
  }

  /// The packets that a peer's RTCP asks for.
  mutating func answer(_ compound: RawSpan) -> [[UInt8]] {
    guard var reader = try? CompoundReader(parsing: compound) else { return [] }
    var repairs: [[UInt8]] = []
    while let packet = reader.next(in: compound) {
      let bytes = compound.extracting(packet.range)
      switch packet.kind {
      case .genericNACK:
        guard let nack = try? GenericNACK(parsing: bytes),
          nack.mediaSSRC.rawValue == streams.video
        else { continue }
        var lost: [UInt16] = []
        nack.forEachLost(in: bytes) { lost.append($0.rawValue) }
        for number in lost {
          if let original = history[number] { repairs.append(retransmission(of: original)) }
        }
      case .pictureLossIndication, .fullIntraRequest:
        keyframeRequests += 1
        wantsKeyframe = true
      default: break
      }
    }
    return repairs
  }

  private mutating func audioPacket() -> [UInt8] {
    defer {
      audioSequence &+= 1
      audioCount += 1
    }
    // Opus TOC 0xFC: CELT, full band, 20 ms, stereo, one frame (RFC 6716 §3.1).
    return packet(
      type: SimulatedOffer.opus, sequence: audioSequence,
      timestamp: UInt32(truncatingIfNeeded: audioCount * 960), ssrc: streams.audio,
      marker: audioCount == 0, level: loudness,
      payload: [0xFC] + [UInt8](repeating: 0x55, count: 80) + Self.number(audioCount))
  }

  private mutating func picture(at time: MonotonicTime) -> [[UInt8]] {
    let isKey = wantsKeyframe
    wantsKeyframe = false
    pictureID = (pictureID + 1) & 0x7FFF
    let timestamp = UInt32(truncatingIfNeeded: time.nanoseconds / 100_000 * 9)
    return (0..<Self.packetsPerPicture).map { index in
      // X, S on the first packet; I and L and T follow (RFC 7741 §4.2): 15-bit picture id, TL0PICIDX,
      // TID 0 with Y.
      var payload: [UInt8] = [
        index == 0 ? 0x90 : 0x80, 0xE0, 0x80 | UInt8(pictureID >> 8),
        UInt8(truncatingIfNeeded: pictureID), UInt8(truncatingIfNeeded: pictureID), 0x20,
      ]
      if index == 0 {
        // The frame tag's P bit is 0 for a keyframe, whose start code and 640 × 360 follow (§4.3).
        payload += isKey ? [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01] : [0x11, 0, 0]
      }
      payload += [UInt8](repeating: 0xAA, count: 900) + Self.number(videoCount)
      let sequence = videoSequence
      let made = packet(
        type: SimulatedOffer.vp8, sequence: sequence, timestamp: timestamp, ssrc: streams.video,
        marker: index == Self.packetsPerPicture - 1, level: nil, payload: payload)
      history[sequence] = made
      history[sequence &- 500] = nil
      videoSequence &+= 1
      videoCount += 1
      return made
    }
  }

  /// RFC 4588 §4: own SSRC, number and type; the original number before the payload.
  private mutating func retransmission(of original: [UInt8]) -> [UInt8] {
    var packet = Array(original.prefix(12))
    packet[1] = (original[1] & 0x80) | SimulatedOffer.retransmission
    packet[2] = UInt8(retransmissionSequence >> 8)
    packet[3] = UInt8(truncatingIfNeeded: retransmissionSequence)
    retransmissionSequence &+= 1
    for index in 0..<4 {
      packet[8 + index] = UInt8(
        truncatingIfNeeded: streams.videoRetransmission >> (24 - 8 * UInt32(index)))
    }
    return packet + original[2...3] + original[12...]
  }

  private func packet(
    type: UInt8, sequence: UInt16, timestamp: UInt32, ssrc: UInt32, marker: Bool, level: UInt8?,
    payload: [UInt8]
  ) -> [UInt8] {
    var header: [UInt8] = [level == nil ? 0x80 : 0x90, (marker ? 0x80 : 0) | type]
    header += [UInt8(sequence >> 8), UInt8(truncatingIfNeeded: sequence)]
    for value in [timestamp, ssrc] {
      header += (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
    }
    if let level {
      // One one-byte element (RFC 8285 §4.2) with voice flag and level, padded to a word.
      header += [0xBE, 0xDE, 0, 1, SimulatedOffer.audioLevelID << 4, 0x80 | level, 0, 0]
    }
    return header + payload
  }

  private static func number(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }
}
