import Glibc
import Wire

/// One sent picture stream: encoder, RTP, pacing and retransmission. A participant sends one, or one
/// per size (simulcast).
final class PictureStream {
  /// 512 packets are over five seconds at 400 kbit/s and well over one at 2 Mbit/s.
  private static let historyPackets = 512
  /// Key frames are made at most this often, however many are asked for.
  private static let keyFramePause = TimeSpan.milliseconds(400)
  /// Pictures are coded in two temporal layers: every other one is referred to by no other, so that the
  /// loss of one of those is a picture less and nothing more, and a relay may leave them out.
  private static let temporalLayers = 2
  /// A packet that is sent again twice takes this pause, so that one burst of loss does not take both.
  private static let echoPause = TimeSpan.milliseconds(40)
  private static let repeatPause = TimeSpan.milliseconds(80)
  /// While the oldest waiting packet has waited this long, no more pictures are made: a narrow path gets
  /// fewer of them, not older ones.
  private static let longestQueue = TimeSpan.milliseconds(80)

  /// The stream's source.
  let ssrc: SSRC
  /// The source of its retransmissions.
  let retransmissionSSRC: SSRC?
  /// Its name among several sizes; nil where there is one.
  let layer: String?
  /// Whether pictures that others refer to are sent a second time unasked, after the pause that a burst
  /// of loss takes: half of them is cheaper than a picture that stands still for a round trip.
  var repeatsBase = false
  /// For reports.
  private(set) var stream: SentStream
  /// Pictures and key frames encoded, packets sent again.
  private(set) var framesEncoded: Int64 = 0
  private(set) var keyFramesEncoded: Int64 = 0
  private(set) var retransmitted: Int64 = 0

  private let codecs: MediaCodecs
  private var encoder: any PictureEncoder
  private var size: (width: Int, height: Int)
  private var picture: CounterPicture?
  private var history = PacketHistory(capacity: historyPackets)
  private var repairs: RetransmissionStream
  private var pictureID: UInt16
  private var baseIndex: UInt8
  private var isUpperNext = false
  private var wantsKeyFrame = true
  private var lastKeyFrame: MonotonicTime?
  private var fresh: [(sequence: SequenceNumber, isBase: Bool)] = []
  private var freshSince: MonotonicTime?
  /// Since when packets have been waiting without a break.
  private var waitsSince: MonotonicTime?
  private var again: [SequenceNumber] = []
  /// What is sent again a second time, and when.
  private var echoes: [(sequence: SequenceNumber, due: MonotonicTime)] = []

  /// A stream of pictures of `size`.
  init(
    ssrc: SSRC, retransmissionSSRC: SSRC?, layer: String?, size: (width: Int, height: Int),
    bitrate: Int, codecs: MediaCodecs, using generator: inout some RandomNumberGenerator
  ) throws(MediaError) {
    self.ssrc = ssrc
    self.retransmissionSSRC = retransmissionSSRC
    self.layer = layer
    self.size = size
    self.codecs = codecs
    encoder = try codecs.pictureEncoder(Self.settings(size, bitrate))
    if encoder.readsPixels { picture = CounterPicture(width: size.width, height: size.height) }
    stream = SentStream(clockRate: 90_000, using: &generator)
    pictureID = UInt16.random(in: 0..<0x8000, using: &generator)
    baseIndex = UInt8.random(in: .min ... .max, using: &generator)
    repairs = RetransmissionStream(using: &generator)
  }

  private static func settings(_ size: (width: Int, height: Int), _ bitrate: Int)
    -> PictureEncoderSettings
  {
    PictureEncoderSettings(
      width: size.width, height: size.height, bitrate: bitrate, temporalLayers: temporalLayers)
  }

  /// Whether packets wait.
  var hasPackets: Bool { !fresh.isEmpty || !again.isEmpty || !echoes.isEmpty }

  /// The media timestamp of the last picture, for padding.
  func timestamp(at now: MonotonicTime) -> RTPTimestamp { stream.timestamp(at: now) }

  /// Makes the next picture a key frame.
  func requestKeyFrame() { wantsKeyFrame = true }

  /// Begins again on another transport: with a key frame, and without what waited before.
  func restart() {
    wantsKeyFrame = true
    lastKeyFrame = nil
    fresh.removeAll()
    again.removeAll()
    echoes.removeAll()
    freshSince = nil
    waitsSince = nil
    history.removeAll()
  }

  /// Forgets what waits: the picture is held from now on.
  func hold() {
    fresh.removeAll()
    again.removeAll()
    echoes.removeAll()
    freshSince = nil
    waitsSince = nil
    history.removeAll()
    wantsKeyFrame = true
  }

  /// For how long packets have been waiting without a break.
  func wait(at now: MonotonicTime) -> TimeSpan { waitsSince.map { now - $0 } ?? .zero }

  /// Goes on with pictures of another size: a new encoder, whose first picture is a key frame.
  func resize(to size: (width: Int, height: Int), bitrate: Int) {
    guard size != self.size else { return }
    // Without memory for another encoder the old size has to do.
    guard let next = try? codecs.pictureEncoder(Self.settings(size, bitrate)) else { return }
    encoder = next
    self.size = size
    isUpperNext = false
    if encoder.readsPixels { picture = CounterPicture(width: size.width, height: size.height) }
  }

  /// Notes that a packet was asked for again; it goes out with the next `pace`.
  func resend(
    _ sequence: SequenceNumber, at now: MonotonicTime, roundTrip: TimeSpan, twice: Bool
  ) {
    guard again.count < 256, history.mayResend(sequence, at: now, roundTrip: roundTrip) else {
      return
    }
    again.append(sequence)
    if twice { echoes.append((sequence, now + Self.echoPause)) }
  }

  /// Whether there is room for another picture in the queue.
  func isReady(at now: MonotonicTime) -> Bool {
    guard let freshSince else { return true }
    return now - freshSince < Self.longestQueue
  }

  /// Encodes a picture. `units` is its time since the stream's start in 90 kHz.
  func encode(
    _ code: CounterCode, units: Int64, bitrate: Int, framesPerSecond: Int,
    track: NegotiatedMedia.SendTrack, at now: MonotonicTime
  ) {
    let isKeyFrame = takeKeyFrameWish(at: now)
    picture?.draw(code)
    encoder.setRate(bitrate: bitrate, framesPerSecond: framesPerSecond)
    let isUpper = isUpperNext && !isKeyFrame
    let source = SourceFrame(
      code: code, timestamp: units, duration: UInt(90_000 / max(framesPerSecond, 1)),
      temporalLayer: isUpper ? 1 : 0, pixels: picture?.picture.view)
    var encoded: [UInt8] = []
    var madeKeyFrame = false
    do {
      try encoder.encode(source, keyFrame: isKeyFrame) { bytes, frame in
        encoded.append(contentsOf: bytes)
        madeKeyFrame = frame.isKeyFrame
      }
    } catch {
      // libvpx refuses a picture only when it is out of memory; the next one may do.
      wantsKeyFrame = true
      return
    }
    framesEncoded += 1
    if madeKeyFrame { keyFramesEncoded += 1 }
    let isBase = madeKeyFrame || !isUpper
    if isBase { baseIndex &+= 1 }
    isUpperNext = isBase
    packetize(
      encoded, timestamp: stream.timestamp(after: units), isBase: isBase, track: track, at: now)
  }

  private func takeKeyFrameWish(at now: MonotonicTime) -> Bool {
    guard wantsKeyFrame else { return false }
    if let lastKeyFrame, now - lastKeyFrame < Self.keyFramePause { return false }
    wantsKeyFrame = false
    lastKeyFrame = now
    return true
  }

  /// Cuts a frame into packets of even size, each with the payload descriptor of RFC 7741 §4.2: its
  /// start bit in the first, a picture id of 15 bits, and the temporal layer.
  private func packetize(
    _ frame: [UInt8], timestamp: RTPTimestamp, isBase: Bool, track: NegotiatedMedia.SendTrack,
    at now: MonotonicTime
  ) {
    guard !frame.isEmpty else { return }
    // Retransmissions carry the original number in front.
    let room =
      OutgoingPacket.maximumLength - OutgoingPacket.maximumHeaderLength
      - VP8PayloadDescriptor.maximumLength - 2
    let count = (frame.count + room - 1) / room
    frame.withUnsafeBytes { frame in
      for index in 0..<count {
        let begin = frame.count * index / count
        let end = frame.count * (index + 1) / count
        let sequence = stream.takeSequence()
        let place = history.place(for: sequence)
        let header = OutgoingPacket.writeHeader(
          track, sequence: sequence, timestamp: timestamp, marker: index == count - 1, level: nil,
          ssrc: ssrc, layer: layer, into: place)
        let descriptor = VP8PayloadDescriptor(
          startsPartition: index == 0, isNonReference: !isBase, pictureID: pictureID,
          temporalBaseIndex: baseIndex, temporalLayer: isBase ? 0 : 1, isLayerSync: !isBase)
        var bytes = place.mutableBytes
        guard let header, let length = descriptor.write(into: &bytes, at: header) else { continue }
        let payload = header + length
        UnsafeMutableRawBufferPointer(rebasing: place[payload...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: frame[begin..<end]))
        history.commit(sequence, length: payload + end - begin)
        stream.note(payload: length + end - begin, timestamp: timestamp, capture: now)
        if fresh.isEmpty {
          freshSince = now
          waitsSince = now
        }
        fresh.append((sequence, isBase))
      }
    }
    pictureID = (pictureID &+ 1) & 0x7FFF
  }

  /// Sends as many waiting packets as may leave now, repeated ones first: a frame waits for them at the
  /// other end.
  func pace(
    at now: MonotonicTime, track: NegotiatedMedia.SendTrack, path: inout PathSender,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    while let index = echoes.firstIndex(where: { $0.due <= now }) {
      again.append(echoes.remove(at: index).sequence)
    }
    while let sequence = again.first {
      guard let packet = history.packet(sequence) else {
        again.removeFirst()
        continue
      }
      guard path.mayLeave(packet.count + 2, at: now) else { return }
      again.removeFirst()
      let length = repairs.write(
        sequence, from: history, track: track, ssrc: retransmissionSSRC, layer: layer,
        into: path.buffer)
      guard let length else { continue }
      retransmitted += 1
      path.sendPicture(length, track: track, at: now, send: send)
    }
    while let (sequence, isBase) = fresh.first {
      guard let packet = history.packet(sequence), let from = packet.baseAddress,
        let bytes = path.buffer.baseAddress
      else {
        fresh.removeFirst()
        continue
      }
      guard path.mayLeave(packet.count, at: now) else { break }
      fresh.removeFirst()
      freshSince = now
      memcpy(bytes, from, packet.count)
      if isBase, repeatsBase { echoes.append((sequence, now + Self.repeatPause)) }
      path.sendPicture(packet.count, track: track, at: now, send: send)
    }
    if fresh.isEmpty {
      freshSince = nil
      waitsSince = nil
    }
  }

  /// Writes a packet of padding on the retransmission stream; nil where there is none.
  func writePadding(
    _ bytes: Int, at now: MonotonicTime, track: NegotiatedMedia.SendTrack,
    into buffer: UnsafeMutableRawBufferPointer
  ) -> Int? {
    repairs.writePadding(
      bytes, timestamp: stream.timestamp(at: now), track: track, ssrc: retransmissionSSRC,
      layer: layer, into: buffer)
  }
}
