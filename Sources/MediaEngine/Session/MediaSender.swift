import Congestion
import Wire

/// The sending half of a session: its sound and, unless it is audio only, its picture, over one path.
struct MediaSender: ~Copyable {
  /// Headers and tags of 50 sound packets a second, in bit/s: 40 bytes each.
  private static let soundOverhead = 50 * 40 * 8
  /// Under this room in all the sound makes itself small, down to the second figure: libopus' speech is
  /// whole at 16 kbit/s, with error correction in it.
  private static let narrow = 110_000
  private static let leastSoundBitrate = 16_000
  /// Of a narrow path, the sound leaves so much to reports and to the path's own swings.
  private static let soundShare = (6, 10)
  /// From this room on, four copies of the sound leave enough for the picture.
  private static let wide = 450_000
  /// A report of so much loss tells of an outage, which copies do not help.
  private static let outageLoss = 0.9
  /// A longer delay than this above the path's own is a queue of ours.
  private static let standingQueue = TimeSpan.milliseconds(80)

  private var audio: AudioSender
  private let video: VideoSender?
  private var path: PathSender
  private var redundancy = RedundancyDepth()
  private var reportedSoundLoss = 0.0
  private var reportedLoss = 0.0
  private var changes: [PictureChange] = []
  private let soundBitrate: Int
  private let wantedPicture: Int

  init(
    media: NegotiatedMedia, configuration: MediaConfiguration, seed: UInt64,
    buffer: UnsafeMutableRawBufferPointer, now: MonotonicTime
  ) throws(MediaError) {
    var generator = SplitMix64(seed: seed)
    let audio = try AudioSender(
      configuration: configuration, track: media.audio, using: &generator)
    switch configuration.video {
    case .none: video = nil
    case .counter(let source):
      video = try VideoSender(
        configuration: configuration, source: source, track: media.video, now: now,
        using: &generator)
    }
    self.audio = audio
    path = PathSender(buffer: buffer, now: now)
    soundBitrate = configuration.audioBitrate
    wantedPicture = configuration.videoBitrate
  }

  /// The sources that are sent, sound first.
  var sources: [SSRC] {
    mutating get {
      var sources: [SSRC] = []
      if let sound = audio.track?.ssrc { sources.append(sound) }
      return sources + (video?.sources ?? [])
    }
  }

  /// What each source has sent, for its report.
  var streams: [(SSRC, SentStream)] {
    var streams: [(SSRC, SentStream)] = []
    if let ssrc = audio.track?.ssrc, audio.stream.hasSent { streams.append((ssrc, audio.stream)) }
    return streams + (video?.reports ?? [])
  }

  /// Figures of everything sent.
  var statistics: SentStatistics {
    var all = video?.figures ?? SentStatistics()
    all.packetsSent = path.packets
    all.bytesSent = path.bytes
    all.probeBytesSent = path.probeBytes
    all.retransmittedPacketsSent += audio.retransmitted
    all.audioBitrate = audio.bitrate
    all.redundancy = audio.depth
    all.estimate = path.estimate
    all.pathLoss = path.loss
    all.queueingDelayMs = path.queueingDelay.milliseconds
    all.acknowledged = path.acknowledged
    all.reportedLoss = reportedLoss
    return all
  }

  /// When `poll` has something to do next. (Mutating, because a getter of a noncopyable that a class
  /// holds works on a copy of all of it, and this one is asked for all the time.)
  var nextWake: MonotonicTime? {
    mutating get {
      var wake = audio.nextWake
      if let next = video?.nextWake { wake = wake.map { min($0, next) } ?? next }
      if let next = path.nextWake { wake = wake.map { min($0, next) } ?? next }
      return wake
    }
  }

  /// What the path carries in all, in bit/s, where known.
  var uplink: Int? { mutating get { path.estimate } }

  /// Captures, encodes and sends what is due: sound first, always.
  mutating func poll(
    at now: MonotonicTime, wallClock: WallClock,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    path.advance(
      to: now, pictureBitrate: video?.rate.bitrate ?? 0, wait: video?.wait(at: now) ?? .zero)
    share(at: now)
    audio.poll(at: now, wallClock: wallClock, path: &path, send: send)
    guard let video else { return }
    video.poll(at: now, wallClock: wallClock, path: &path, send: send)
    guard let track = video.track else { return }
    // A fifth more than all of it, so that the ladder's margin has room to show itself.
    let wanted = (soundCost + wantedPicture) * 6 / 5
    path.sendProbe(
      wanted: wanted, track: track, at: now,
      pad: { video.writePadding($0, at: now, into: $1) }, send: send)
  }

  /// Sends newly negotiated tracks from now on.
  mutating func use(_ media: NegotiatedMedia) {
    audio.track = media.audio
    video?.track = media.video
    restart()
  }

  /// Begins again on a fresh transport: with a key frame, and without what waited before.
  mutating func restart() {
    audio.restart()
    video?.restart()
  }

  /// Goes on over another path.
  mutating func pathChanged(at now: MonotonicTime) { path.pathChanged(at: now) }

  /// Sends a packet again.
  mutating func resend(
    _ sequence: SequenceNumber, of ssrc: SSRC, at now: MonotonicTime, roundTrip: TimeSpan,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    if ssrc == audio.track?.ssrc {
      audio.resend(sequence, at: now, roundTrip: roundTrip, path: &path, send: send)
    } else {
      video?.resend(
        sequence, of: ssrc, at: now, roundTrip: roundTrip, loss: max(path.loss, reportedSoundLoss))
    }
  }

  /// Makes the next picture a key frame.
  mutating func requestKeyFrame(of ssrc: SSRC) { video?.requestKeyFrame(of: ssrc) }

  /// Takes the share of a source's packets that the other end lost, 0 ... 1.
  mutating func note(loss: Double, of ssrc: SSRC, at now: MonotonicTime) {
    guard loss < Self.outageLoss else { return }
    reportedLoss = loss
    if ssrc == audio.track?.ssrc {
      // Up at once, down over some reports: bursts come again.
      reportedSoundLoss = max(reportedSoundLoss * 0.8 + loss * 0.2, min(loss, 0.12) * 0.5)
      redundancy.note(loss: max(reportedSoundLoss, path.loss), at: now)
      audio.expectLoss(reportedSoundLoss)
    } else {
      video?.rate.note(loss: loss, at: now)
    }
  }

  /// Takes the relay's estimate of what the receiver can take in all, in bit/s.
  mutating func note(receiverLimit: Int) { video?.rate.note(receiverLimit: receiverLimit) }

  /// Takes a measured round trip.
  mutating func note(roundTrip: TimeSpan) { path.note(roundTrip: roundTrip) }

  /// Takes what arrived of what was numbered.
  mutating func receive(
    _ feedback: TransportWideFeedback, in content: RawSpan, at now: MonotonicTime
  ) { path.receive(feedback, in: content, at: now) }

  /// Takes the steps on the picture's ladder since the last call.
  mutating func takePictureChanges() -> [PictureChange] {
    defer { changes.removeAll() }
    return changes
  }

  /// What the sound takes now, in bit/s.
  private var soundCost: Int { audio.bitrate * (1 + audio.depth) + Self.soundOverhead }

  /// Divides the room: first the sound with what protects it, then the picture.
  private mutating func share(at now: MonotonicTime) {
    // An outage says nothing about the path's width: everything stays as it was, and goes on so.
    guard !path.isSilent else { return }
    let room = min(path.estimate ?? .max, video?.rate.limit ?? .max)
    audio.setBitrate(soundBitrate(in: room))
    let isNegotiated = audio.track?.redundantPayloadType != nil
    audio.depth = isNegotiated ? min(redundancy.depth, copies(in: room)) : 0
    guard let video else { return }
    let change = video.rate.update(
      estimate: path.estimate, loss: path.loss, others: soundCost,
      sound: audio.bitrate + Self.soundOverhead, at: now)
    if let change { changes.append(change) }
  }

  /// How many copies of earlier packets fit: a path they fill loses more than they save. Where no queue
  /// stands, it is loss that makes the room small, and against loss they are the remedy.
  private func copies(in room: Int) -> Int {
    let fitting = (min(room, 1 << 30) * 9 / 10 - Self.soundOverhead) / max(audio.bitrate, 1) - 1
    let isQueue = path.queueingDelay > Self.standingQueue || room < Self.narrow
    guard !isQueue else { return max(fitting, 0) }
    return room < Self.wide ? max(fitting, 2) : .max
  }

  private func soundBitrate(in room: Int) -> Int {
    guard room < Self.narrow else { return soundBitrate }
    let rest = room * Self.soundShare.0 / Self.soundShare.1 - Self.soundOverhead
    // Steps of 2 kbit/s, so that the encoder is not told of every swing.
    return min(max(rest / 2000 * 2000, Self.leastSoundBitrate), soundBitrate)
  }
}
