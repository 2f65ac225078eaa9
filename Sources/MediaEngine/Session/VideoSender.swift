import Glibc
import Wire

/// The sending half of the picture: source, VP8, RTP, pacing and retransmission.
///
/// A class, because an audio-only session has none and Swift 6.3 cannot read through an optional of a
/// noncopyable struct.
final class VideoSender {
  /// How much faster than the mean rate packets leave: a key frame is out within a few frames' time
  /// and still does not fill a home router's queue at once.
  private static let pacingFactor = 4
  /// Unused pacing time beyond this is lost, in milliseconds: the driver's ticks are 5-10 ms apart.
  private static let longestBurstMs = 15
  /// Key frames are made at most this often, however many are asked for.
  private static let keyFramePause = TimeSpan.milliseconds(400)

  /// What is sent and how; nil where the relay refused it.
  var track: NegotiatedMedia.SendTrack?
  /// For reports.
  private(set) var stream: SentStream
  private(set) var figures = SentStatistics()
  /// Set from outside as the network allows.
  var rate: RateController

  private var encoder: VP8Encoder
  private var picture: CounterPicture
  private let source: UInt8
  private let fullSize: (width: Int, height: Int)
  private var history = PacketHistory()
  private var frameNumber: UInt16 = 0
  private var pictureID: UInt16
  private var retransmissionSequence: SequenceNumber
  private var start: MonotonicTime?
  private var nextFrame = MonotonicTime.zero
  private var wantsKeyFrame = true
  private var lastKeyFrame: MonotonicTime?
  private var fresh: [SequenceNumber] = []
  private var again: [SequenceNumber] = []
  private var budget = 0
  private var lastPaced: MonotonicTime?

  init(
    configuration: MediaConfiguration, source: UInt8, track: NegotiatedMedia.SendTrack?,
    using generator: inout some RandomNumberGenerator
  ) throws(MediaError) {
    // Even at half the size; the counter's grid wants a picture that is wider than high.
    let height = min(max(configuration.height & ~3, 144), 1080)
    let width = min(max(configuration.width & ~3, height), 1920)
    fullSize = (width, height)
    encoder = try VP8Encoder(width: width, height: height, bitrate: configuration.videoBitrate)
    picture = CounterPicture(width: width, height: height)
    rate = RateController(configuration: configuration)
    self.source = source
    self.track = track
    stream = SentStream(clockRate: 90_000, using: &generator)
    pictureID = UInt16.random(in: 0..<0x8000, using: &generator)
    retransmissionSequence = SequenceNumber(
      rawValue: UInt16.random(in: 0..<0x8000, using: &generator))
  }

  /// When `poll` has something to do next.
  var nextWake: MonotonicTime? {
    guard track != nil else { return nil }
    guard fresh.isEmpty, again.isEmpty else { return lastPaced.map { $0 + .milliseconds(5) } }
    return rate.framesPerSecond > 0 ? nextFrame : nil
  }

  /// Makes the next picture a key frame: the other end asked for one.
  func requestKeyFrame() {
    figures.keyFrameRequestsReceived += 1
    wantsKeyFrame = true
  }

  /// Begins again on another transport or track.
  func restart() {
    wantsKeyFrame = true
    lastKeyFrame = nil
    fresh.removeAll()
    again.removeAll()
    history.removeAll()
    rate.restart()
  }

  /// Notes that a packet was asked for again; it goes out with the next `poll`.
  func resend(_ sequence: SequenceNumber, at now: MonotonicTime, roundTrip: TimeSpan) {
    // The same packet is asked for once a round trip; more often is an echo of the same loss.
    let pause = max(TimeSpan(nanoseconds: roundTrip.nanoseconds / 2), .milliseconds(10))
    guard again.count < 256, history.mayResend(sequence, at: now, pause: pause) else { return }
    again.append(sequence)
  }

  /// Captures, encodes and sends what is due at `now`. `buffer` is scratch space.
  func poll(
    at now: MonotonicTime, wallClock: WallClock, transport: inout TransportSequence,
    buffer: UnsafeMutableRawBufferPointer,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    guard let track else { return }
    captureIfDue(at: now, wallClock: wallClock, track: track)
    pace(at: now, track: track, transport: &transport, buffer: buffer, send: send)
  }

  private func captureIfDue(
    at now: MonotonicTime, wallClock: WallClock, track: NegotiatedMedia.SendTrack
  ) {
    let framesPerSecond = rate.framesPerSecond
    figures.videoBitrate = framesPerSecond > 0 ? rate.bitrate : 0
    figures.framesPerSecond = framesPerSecond
    guard framesPerSecond > 0 else { return }
    if start == nil {
      start = now
      nextFrame = now
    }
    guard let start, now >= nextFrame else { return }
    let interval = TimeSpan(nanoseconds: 1_000_000_000 / Int64(framesPerSecond))
    // A driver that was late skips pictures; it does not catch up.
    nextFrame = now - nextFrame > interval ? now + interval : nextFrame + interval

    // A source that cannot get rid of its packets must not pile up more of them: at four times the
    // rate, half a second of waiting packets means that the driver does not poll.
    guard fresh.count < 200 else { return }

    if rate.chooseSize(at: now) { resize() }
    let isKeyFrame = takeKeyFrameWish(at: now)
    picture.draw(
      CounterCode(
        frame: frameNumber, milliseconds: wallClock.milliseconds(at: now), source: source))
    frameNumber &+= 1
    encoder.setBitrate(rate.bitrate)
    let units = (now - start).nanoseconds / 1000 * 90 / 1000
    let timestamp = stream.timestamp(after: units)
    var encoded: [UInt8] = []
    var madeKeyFrame = false
    do {
      try encoder.encode(
        picture.picture, timestamp: units, duration: UInt(90_000 / framesPerSecond),
        keyFrame: isKeyFrame
      ) { bytes, isKey in
        encoded.append(contentsOf: bytes)
        madeKeyFrame = isKey
      }
    } catch {
      // libvpx refuses a picture only when it is out of memory; the next one may do.
      wantsKeyFrame = true
      return
    }
    figures.framesEncoded += 1
    if madeKeyFrame { figures.keyFramesEncoded += 1 }
    packetize(encoded, timestamp: timestamp, capture: now, track: track)
  }

  /// Goes on with pictures of another size: a new encoder, whose first picture is a key frame.
  private func resize() {
    let divisor = rate.isHalfSize ? 2 : 1
    let (width, height) = (fullSize.width / divisor, fullSize.height / divisor)
    // Without memory for another encoder the old size has to do.
    guard let fresh = try? VP8Encoder(width: width, height: height, bitrate: rate.bitrate) else {
      return
    }
    encoder = fresh
    picture = CounterPicture(width: width, height: height)
  }

  private func takeKeyFrameWish(at now: MonotonicTime) -> Bool {
    guard wantsKeyFrame else { return false }
    if let lastKeyFrame, now - lastKeyFrame < Self.keyFramePause { return false }
    wantsKeyFrame = false
    lastKeyFrame = now
    return true
  }

  /// Cuts a frame into packets of even size, each with the payload descriptor of RFC 7741 §4.2: its
  /// start bit in the first, and a picture id of 15 bits.
  private func packetize(
    _ frame: [UInt8], timestamp: RTPTimestamp, capture: MonotonicTime,
    track: NegotiatedMedia.SendTrack
  ) {
    guard !frame.isEmpty else { return }
    let room =
      OutgoingPacket.maximumLength - OutgoingPacket.maximumHeaderLength
      - VP8PayloadDescriptor.maximumLength
    let count = (frame.count + room - 1) / room
    frame.withUnsafeBytes { frame in
      for index in 0..<count {
        let begin = frame.count * index / count
        let end = frame.count * (index + 1) / count
        let sequence = stream.takeSequence()
        let place = history.place(for: sequence)
        let header = OutgoingPacket.writeHeader(
          track, sequence: sequence, timestamp: timestamp, marker: index == count - 1, level: nil,
          into: place)
        let descriptor = VP8PayloadDescriptor(startsPartition: index == 0, pictureID: pictureID)
        var bytes = place.mutableBytes
        guard let header, let length = descriptor.write(into: &bytes, at: header) else { continue }
        let payload = header + length
        UnsafeMutableRawBufferPointer(rebasing: place[payload...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: frame[begin..<end]))
        history.commit(sequence, length: payload + end - begin)
        stream.note(
          payload: length + end - begin, timestamp: timestamp, capture: capture)
        fresh.append(sequence)
      }
    }
    pictureID = (pictureID &+ 1) & 0x7FFF
  }

  /// Sends as many waiting packets as the pacing rate allows, repeated ones first: a frame waits for
  /// them at the other end.
  private func pace(
    at now: MonotonicTime, track: NegotiatedMedia.SendTrack, transport: inout TransportSequence,
    buffer: UnsafeMutableRawBufferPointer,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    let bytesPerMs = max(rate.bitrate * Self.pacingFactor / 8000, 1)
    let elapsed = lastPaced.map { (now - $0).nanoseconds / 1000 } ?? 1000
    lastPaced = now
    budget = min(
      budget + Int(elapsed) * bytesPerMs / 1000, Self.longestBurstMs * bytesPerMs)
    var sentAgain = 0
    while budget > 0, sentAgain < again.count {
      let sequence = again[sentAgain]
      sentAgain += 1
      guard let length = writeRetransmission(of: sequence, track: track, into: buffer) else {
        continue
      }
      transport.stamp(buffer, track: track)
      figures.retransmittedPacketsSent += 1
      budget -= length
      note(sent: length)
      send(.rtp, buffer, length)
    }
    again.removeFirst(sentAgain)

    var sent = 0
    while budget > 0, sent < fresh.count {
      let packet = history.packet(fresh[sent])
      sent += 1
      guard let packet, let bytes = buffer.baseAddress, let from = packet.baseAddress else {
        continue
      }
      memcpy(bytes, from, packet.count)
      transport.stamp(buffer, track: track)
      budget -= packet.count
      note(sent: packet.count)
      send(.rtp, buffer, packet.count)
    }
    fresh.removeFirst(sent)
  }

  private func note(sent length: Int) {
    figures.packetsSent += 1
    figures.bytesSent += Int64(length)
  }

  /// Writes a packet that was sent before: on its own stream with the original sequence number in
  /// front of the payload (RFC 4588 §4), or as it was where none was negotiated.
  private func writeRetransmission(
    of sequence: SequenceNumber, track: NegotiatedMedia.SendTrack,
    into buffer: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard let packet = history.packet(sequence), let from = packet.baseAddress,
      let bytes = buffer.baseAddress
    else { return nil }
    guard let ssrc = track.retransmissionSSRC, let payloadType = track.retransmissionPayloadType
    else {
      memcpy(bytes, from, packet.count)
      return packet.count
    }
    guard let header = try? RTPHeader(parsing: packet.bytes) else { return nil }
    memcpy(bytes, from, header.headerLength)
    // Marker and payload type, then the stream's own sequence number and source.
    buffer[1] = buffer[1] & 0x80 | payloadType.rawValue
    buffer[2] = UInt8(retransmissionSequence.rawValue >> 8)
    buffer[3] = UInt8(retransmissionSequence.rawValue & 0xFF)
    for i in 0..<4 {
      buffer[8 + i] = UInt8(truncatingIfNeeded: ssrc.rawValue >> (24 - 8 * i))
    }
    retransmissionSequence = retransmissionSequence.next
    buffer[header.headerLength] = UInt8(sequence.rawValue >> 8)
    buffer[header.headerLength + 1] = UInt8(sequence.rawValue & 0xFF)
    memcpy(
      bytes + header.headerLength + 2, from + header.headerLength,
      packet.count - header.headerLength)
    return packet.count + 2
  }
}
