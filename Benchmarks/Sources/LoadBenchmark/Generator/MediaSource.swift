import Wire

/// What one participant sends: Opus every 20 ms, VP8 in pictures of five packets, a keyframe where one
/// is asked for. Behind the headers that relays read the payload is filler, and its last bytes are a
/// stamp that tells its receiver when it left.
struct MediaSource {
  /// Packets of one picture.
  static let packetsPerPicture = 5
  /// Bytes of one sound packet's payload: 100 with its header.
  private static let audioPayload = 76
  /// Bytes of VP8 in one packet: 1 100 with the headers.
  private static let videoPayload = 1_074
  /// A keyframe's tag, start code and size, 640 × 360 (RFC 6386 §9.1), and another frame's tag.
  private static let keyframe: [UInt8] = [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01]
  private static let deltaFrame: [UInt8] = [0x11, 0, 0]

  let audioSSRC: SSRC
  let videoSSRC: SSRC
  /// Whether the next picture is a keyframe; the first one always is.
  var wantsKeyframe = true
  private var isKeyframe = true
  private var audioSequence: UInt16 = 1_000
  private var videoSequence: UInt16 = 2_000
  private var transportSequence: UInt16 = 3_000
  private var audioPackets: UInt32 = 0
  private var videoPackets: UInt32 = 0
  private var pictures: UInt32 = 0

  /// The media of leg `index`.
  init(index: Int) {
    audioSSRC = SSRC(rawValue: 0x1000_0000 + UInt32(index))
    videoSSRC = SSRC(rawValue: 0x2000_0000 + UInt32(index))
  }

  /// Writes the next sound packet, stamped; its length.
  mutating func writeSound(into slot: UnsafeMutableRawBufferPointer, at time: Int64) -> Int? {
    var bytes = slot.mutableBytes
    var writer = RTPHeaderWriter(
      payloadType: SessionText.opus, sequenceNumber: SequenceNumber(rawValue: audioSequence),
      timestamp: RTPTimestamp(rawValue: audioPackets &* 960), ssrc: audioSSRC,
      marker: audioPackets == 0, into: &bytes)
    writer.add(
      audioLevel: AudioLevel(isVoice: true, negativeDecibels: 30), id: SessionText.audioLevelID,
      to: &bytes)
    writer.add(
      transportSequence: SequenceNumber(rawValue: transportSequence),
      id: SessionText.transportSequenceID, to: &bytes)
    guard let header = writer.finish(in: &bytes) else { return nil }
    // 20 ms of CELT, stereo (RFC 6716 §3.1).
    bytes.storeUInt8(0xFC, at: header)
    let end = header + Self.audioPayload
    MediaStamp(nanoseconds: time).write(into: slot, endingAt: end)
    audioSequence &+= 1
    transportSequence &+= 1
    audioPackets &+= 1
    return end
  }

  /// Writes packet `part` of the current picture, stamped; the last one ends it.
  mutating func writePicture(
    part: Int, into slot: UnsafeMutableRawBufferPointer, at time: Int64
  ) -> Int? {
    let isLast = part == Self.packetsPerPicture - 1
    if part == 0 {
      isKeyframe = wantsKeyframe
      wantsKeyframe = false
    }
    var bytes = slot.mutableBytes
    var writer = RTPHeaderWriter(
      payloadType: SessionText.vp8, sequenceNumber: SequenceNumber(rawValue: videoSequence),
      timestamp: RTPTimestamp(rawValue: pictures &* 3_000), ssrc: videoSSRC, marker: isLast,
      into: &bytes)
    writer.add(
      transportSequence: SequenceNumber(rawValue: transportSequence),
      id: SessionText.transportSequenceID, to: &bytes)
    let descriptor = VP8PayloadDescriptor(
      startsPartition: part == 0, pictureID: UInt16(truncatingIfNeeded: pictures & 0x7FFF),
      temporalBaseIndex: UInt8(truncatingIfNeeded: pictures), temporalLayer: 0)
    guard let header = writer.finish(in: &bytes),
      let length = descriptor.write(into: &bytes, at: header)
    else { return nil }
    let payload = header + length
    if part == 0 {
      let tag = isKeyframe ? Self.keyframe : Self.deltaFrame
      for offset in tag.indices { bytes.storeUInt8(tag[offset], at: payload + offset) }
    }
    let end = payload + Self.videoPayload
    MediaStamp(nanoseconds: time).write(into: slot, endingAt: end)
    videoSequence &+= 1
    transportSequence &+= 1
    videoPackets &+= 1
    if isLast { pictures &+= 1 }
    return end
  }

  /// The sender reports of what it sends, as a compound packet of RTCP.
  func writeReports(
    into slot: UnsafeMutableRawBufferPointer, kinds: MediaKinds, at realtime: Int64
  ) -> Int? {
    let time = NTPTime(nanosecondsSince1970: realtime)
    var bytes = slot.mutableBytes
    let sound = SenderReport(
      ssrc: audioSSRC, ntpTime: time,
      rtpTimestamp: RTPTimestamp(rawValue: audioPackets &* 960), packetCount: audioPackets,
      octetCount: audioPackets &* UInt32(Self.audioPayload))
    guard let end = sound.write(into: &bytes, at: 0) else { return nil }
    guard kinds == .soundAndPicture else { return end }
    let picture = SenderReport(
      ssrc: videoSSRC, ntpTime: time, rtpTimestamp: RTPTimestamp(rawValue: pictures &* 3_000),
      packetCount: videoPackets, octetCount: videoPackets &* UInt32(Self.videoPayload))
    guard let length = picture.write(into: &bytes, at: end) else { return nil }
    return end + length
  }
}

/// The last 16 bytes of every payload: a mark, and when the packet was made.
struct MediaStamp {
  private static let mark: UInt64 = 0x6265_736F_6567_2E31
  private static let length = 16
  /// CLOCK_REALTIME, the clock that the kernel marks arrivals with.
  var nanoseconds: Int64

  init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The stamp of an opened packet that ends at `end`; nil where it has none.
  init?(in packet: UnsafeRawPointer, endingAt end: Int) {
    guard end >= 12 + Self.length,
      packet.loadUnaligned(fromByteOffset: end - 16, as: UInt64.self) == Self.mark
    else { return nil }
    nanoseconds = packet.loadUnaligned(fromByteOffset: end - 8, as: Int64.self)
  }

  func write(into slot: UnsafeMutableRawBufferPointer, endingAt end: Int) {
    slot.storeBytes(of: Self.mark, toByteOffset: end - 16, as: UInt64.self)
    slot.storeBytes(of: nanoseconds, toByteOffset: end - 8, as: Int64.self)
  }
}
