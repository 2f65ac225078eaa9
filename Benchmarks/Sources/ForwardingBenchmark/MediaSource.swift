import Wire

/// One participant's media: Opus every 20 ms and VP8 at 30 pictures of five packets a second, as
/// plaintext RTP. The payloads are filler behind headers that the relay reads: audio level,
/// transport-wide sequence number, VP8 descriptor and frame tag, a keyframe first.
struct MediaSource {
  /// Packets of one picture.
  static let packetsPerPicture = 5
  /// Bytes of one sound packet's payload; about 100 with its header.
  private static let audioPayload = 80
  /// Bytes of VP8 in one packet; about 1100 with the headers.
  private static let videoPayload = 1_074
  /// A keyframe's tag, start code and size, 640 × 360 (RFC 6386 §9.1), and another frame's tag.
  private static let keyframe: [UInt8] = [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01]
  private static let deltaFrame: [UInt8] = [0x11, 0, 0]

  /// Its sound's SSRC.
  let audioSSRC: SSRC
  /// Its picture's.
  let videoSSRC: SSRC
  // The sequence numbers cross zero nine seconds after the start, amidst what is measured.
  private var audioSequence = SequenceNumber(rawValue: 65_086)
  private var videoSequence = SequenceNumber(rawValue: 64_186)
  private var transportSequence = SequenceNumber(rawValue: 63_736)
  private var audioPackets: UInt32 = 0
  private var pictures: UInt32 = 0
  private var videoPackets: UInt32 = 0

  /// The media of participant `index`.
  init(index: Int) {
    audioSSRC = SSRC(rawValue: 0x1000_0000 + UInt32(index))
    videoSSRC = SSRC(rawValue: 0x2000_0000 + UInt32(index))
  }

  private var audioTime: RTPTimestamp { RTPTimestamp(rawValue: audioPackets &* 960) }
  private var videoTime: RTPTimestamp { RTPTimestamp(rawValue: pictures &* 3_000) }

  /// Writes the next sound packet and returns its length; nil where it does not fit.
  mutating func writeSound(into slot: UnsafeMutableRawBufferPointer) -> Int? {
    var bytes = slot.mutableBytes
    var writer = RTPHeaderWriter(
      payloadType: SessionText.opus, sequenceNumber: audioSequence, timestamp: audioTime,
      ssrc: audioSSRC, marker: audioPackets == 0, into: &bytes)
    // A steady level: a change of speaker is an event to tell, and not part of forwarding.
    writer.add(
      audioLevel: AudioLevel(isVoice: true, negativeDecibels: 30), id: SessionText.audioLevelID,
      to: &bytes)
    writer.add(
      transportSequence: transportSequence, id: SessionText.transportSequenceID, to: &bytes)
    guard let header = writer.finish(in: &bytes), header + Self.audioPayload <= slot.count else {
      return nil
    }
    // 20 ms of CELT, stereo (RFC 6716 §3.1).
    bytes.storeUInt8(0xFC, at: header)
    audioSequence = SequenceNumber(rawValue: audioSequence.rawValue &+ 1)
    transportSequence = SequenceNumber(rawValue: transportSequence.rawValue &+ 1)
    audioPackets &+= 1
    return header + Self.audioPayload
  }

  /// Writes packet `part` of the current picture; the last one ends it.
  mutating func writePicture(part: Int, into slot: UnsafeMutableRawBufferPointer) -> Int? {
    let isLast = part == Self.packetsPerPicture - 1
    var bytes = slot.mutableBytes
    var writer = RTPHeaderWriter(
      payloadType: SessionText.vp8, sequenceNumber: videoSequence, timestamp: videoTime,
      ssrc: videoSSRC, marker: isLast, into: &bytes)
    writer.add(
      transportSequence: transportSequence, id: SessionText.transportSequenceID, to: &bytes)
    let descriptor = VP8PayloadDescriptor(
      startsPartition: part == 0, pictureID: UInt16(truncatingIfNeeded: pictures & 0x7FFF),
      temporalBaseIndex: UInt8(truncatingIfNeeded: pictures), temporalLayer: 0)
    guard let header = writer.finish(in: &bytes),
      let length = descriptor.write(into: &bytes, at: header),
      header + length + Self.videoPayload <= slot.count
    else { return nil }
    let payload = header + length
    if part == 0 {
      let tag = pictures == 0 ? Self.keyframe : Self.deltaFrame
      for offset in tag.indices { bytes.storeUInt8(tag[offset], at: payload + offset) }
    }
    videoSequence = SequenceNumber(rawValue: videoSequence.rawValue &+ 1)
    transportSequence = SequenceNumber(rawValue: transportSequence.rawValue &+ 1)
    videoPackets &+= 1
    if isLast { pictures &+= 1 }
    return payload + Self.videoPayload
  }

  /// The sender reports of both streams.
  func reports(at now: MonotonicTime) -> [SenderReport] {
    let time = NTPTime(
      nanosecondsSince1970: VirtualTime.wallMilliseconds(now) * 1_000_000)
    return [
      SenderReport(
        ssrc: audioSSRC, ntpTime: time, rtpTimestamp: audioTime, packetCount: audioPackets,
        octetCount: audioPackets &* UInt32(Self.audioPayload)),
      SenderReport(
        ssrc: videoSSRC, ntpTime: time, rtpTimestamp: videoTime, packetCount: videoPackets,
        octetCount: videoPackets &* UInt32(Self.videoPayload)),
    ]
  }
}
