import Glibc
import Wire

/// The sending half of sound: source, codec, RTP, copies and retransmission. One frame every 20 ms of
/// the injected clock, whatever the network does: sound never waits for room.
struct AudioSender: ~Copyable {
  private static let frame = TimeSpan.milliseconds(20)
  /// A driver that stalls longer than this loses the sound of the stall instead of sending a burst.
  private static let longestStall = TimeSpan.milliseconds(200)
  /// 128 packets: 2.5 s, longer than anybody waits for one.
  private static let historyPackets = 128

  /// What is sent and how; nil where the relay refused it.
  var track: NegotiatedMedia.SendTrack?
  /// For reports.
  private(set) var stream: SentStream
  /// Packets sent again because they were asked for.
  private(set) var retransmitted: Int64 = 0
  /// The bitrate that the encoder aims at, in bit/s.
  private(set) var bitrate: Int
  /// Earlier packets that each packet repeats, where RED was negotiated.
  var depth = 0
  private let encoder: any SoundEncoder
  private var capture: SoundCapture
  private var history = PacketHistory(capacity: historyPackets)
  private var repairs: RetransmissionStream
  /// The end of the next frame: a microphone hands out a frame when it is over.
  private var nextFrame: MonotonicTime?
  private var start = MonotonicTime.zero
  private var wasSilence = false

  init(
    configuration: MediaConfiguration, track: NegotiatedMedia.SendTrack?,
    using generator: inout some RandomNumberGenerator
  ) throws(MediaError) {
    encoder = try configuration.codecs.soundEncoder(configuration.audioBitrate)
    bitrate = configuration.audioBitrate
    capture = SoundCapture(configuration.audio)
    self.track = track
    stream = SentStream(clockRate: 48_000, using: &generator)
    repairs = RetransmissionStream(using: &generator)
  }

  /// When the next frame is over; nil before the first `poll`.
  var nextWake: MonotonicTime? { track == nil ? nil : nextFrame }

  /// Prepares for a share of lost packets, 0 ... 1.
  mutating func expectLoss(_ share: Double) {
    // FEC is written for expected loss only. The single lost packet of a good line should be
    // repairable too, so it never expects less than 10 %.
    encoder.expectLoss(max(share, 0.10))
  }

  /// Aims at another bitrate, in bit/s.
  mutating func setBitrate(_ wanted: Int) {
    guard wanted != bitrate else { return }
    bitrate = wanted
    encoder.setBitrate(wanted)
  }

  /// Sends the frames that are over at `now`.
  mutating func poll(
    at now: MonotonicTime, wallClock: WallClock, path: inout PathSender,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    guard let track else { return }
    var due = nextFrame ?? now + Self.frame
    if nextFrame == nil { start = due - Self.frame }
    if nextFrame == nil || now - due > Self.longestStall {
      due = max(due, now)
      // The frame that ends at `due` begins 20 ms before.
      capture.align(milliseconds: wallClock.milliseconds(at: due - Self.frame))
    }
    while due <= now {
      capture.capture()
      sendFrame(
        capturedAt: due - Self.frame, at: now, track: track, path: &path, send: send)
      due = due + Self.frame
    }
    nextFrame = due
  }

  /// Sends a packet again that was asked for, at once: it is needed within a few frames or not at all.
  mutating func resend(
    _ sequence: SequenceNumber, at now: MonotonicTime, roundTrip: TimeSpan, path: inout PathSender,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    guard let track, history.mayResend(sequence, at: now, roundTrip: roundTrip),
      let length = repairs.write(
        sequence, from: history, track: track, ssrc: track.retransmissionSSRC, into: path.buffer)
    else { return }
    retransmitted += 1
    path.sendSound(length, track: track, at: now, send: send)
  }

  /// Begins again on another transport.
  mutating func restart() { history.removeAll() }

  private mutating func sendFrame(
    capturedAt captured: MonotonicTime, at now: MonotonicTime, track: NegotiatedMedia.SendTrack,
    path: inout PathSender,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    let units = (captured - start).nanoseconds / 1000 * 48 / 1000
    let timestamp = stream.timestamp(after: units)
    let buffer = path.buffer
    guard let bytes = buffer.baseAddress else { return }
    // The payload is encoded behind the longest header and moved up to the real one.
    let scratch = (bytes + OutgoingPacket.maximumHeaderLength).assumingMemoryBound(to: UInt8.self)
    let room = OutgoingPacket.maximumLength - OutgoingPacket.maximumHeaderLength
    guard let length = try? encoder.encode(capture.samples, into: scratch, capacity: room) else {
      return
    }
    // The first packet of a silence tells the receiver that it is one; the others say nothing.
    let isSilence = OpusPacket.isDiscontinuous(length: length)
    defer { wasSilence = isSilence }
    if isSilence && wasSilence { return }
    let sequence = stream.takeSequence()
    let place = history.place(for: sequence)
    let header = OutgoingPacket.writeHeader(
      // RFC 3551 §4.1: the marker says that a talkspurt begins.
      track, sequence: sequence, timestamp: timestamp, marker: wasSilence || !stream.hasSent,
      level: capture.level(), into: place)
    guard let header, let kept = place.baseAddress else { return }
    memcpy(kept + header, scratch, length)
    history.commit(sequence, length: header + length)
    stream.note(payload: length, timestamp: timestamp, capture: captured)
    var total = writeRedundant(sequence, header: header, track: track, into: buffer)
    if total == nil {
      memcpy(bytes, kept, header + length)
      total = header + length
    }
    path.sendSound(total ?? 0, track: track, at: now, send: send)
  }

  /// Writes the newest packet with copies of those before it; nil where there are none to add.
  private func writeRedundant(
    _ sequence: SequenceNumber, header: Int, track: NegotiatedMedia.SendTrack,
    into buffer: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard depth > 0, let type = track.redundantPayloadType, let newest = history.packet(sequence),
      let parsed = try? RTPHeader(parsing: newest.bytes), let from = newest.baseAddress,
      let bytes = buffer.baseAddress
    else { return nil }
    var blocks: [RedundantAudio.Block] = []
    var total = header + 1 + parsed.payloadLength
    for distance in 1...depth {
      // Only what came right before: from offset and distance the receiver knows the packet's number.
      guard let older = history.packet(sequence.advanced(by: -distance)),
        let earlier = try? RTPHeader(parsing: older.bytes)
      else { break }
      let offset = Int(earlier.timestamp.distance(to: parsed.timestamp))
      total += 4 + earlier.payloadLength
      guard offset == distance * SoundCapture.frameSamples,
        earlier.payloadLength <= RedundantAudio.maximumBlockLength,
        total <= OutgoingPacket.maximumLength
      else { break }
      blocks.append(
        RedundantAudio.Block(
          payloadType: track.payloadType, timestampOffset: offset,
          offset: history.offset(of: sequence.advanced(by: -distance)) + earlier.headerLength,
          length: earlier.payloadLength))
    }
    guard !blocks.isEmpty else { return nil }
    blocks.reverse()
    memcpy(bytes, from, header)
    buffer[1] = buffer[1] & 0x80 | type.rawValue
    let primary = RedundantAudio.Block(
      payloadType: track.payloadType, timestampOffset: 0,
      offset: history.offset(of: sequence) + header, length: parsed.payloadLength)
    var span = buffer.mutableBytes
    let written = RedundantAudio.write(
      primary: primary, redundant: blocks.span, of: history.bytes.bytes, into: &span, at: header)
    return written.map { header + $0 }
  }
}
