import Wire

/// The sending half of a session: its sound and, unless it is audio only, its picture.
struct MediaSender: ~Copyable {
  private var audio: AudioSender
  private let video: VideoSender?
  private var transport = TransportSequence()
  private var figures = SentStatistics()
  private let audioBitrate: Int

  init(
    media: NegotiatedMedia, configuration: MediaConfiguration, seed: UInt64
  ) throws(MediaError) {
    var generator = SplitMix64(seed: seed)
    let audio = try AudioSender(
      configuration: configuration, track: media.audio, using: &generator)
    switch configuration.video {
    case .none: video = nil
    case .counter(let source):
      video = try VideoSender(
        configuration: configuration, source: source, track: media.video, using: &generator)
    }
    self.audio = audio
    // Opus, and 50 headers a second of RTP, SRTP, UDP and IP: 60 bytes each.
    audioBitrate = configuration.audioBitrate + 50 * 60 * 8
  }

  /// The sources that are sent, sound first.
  var sources: [SSRC] {
    [audio.track?.ssrc, video?.track?.ssrc].compactMap { $0 }
  }

  /// What each source has sent, for its report.
  var streams: [(SSRC, SentStream)] {
    var streams: [(SSRC, SentStream)] = []
    if let ssrc = audio.track?.ssrc, audio.stream.hasSent { streams.append((ssrc, audio.stream)) }
    if let ssrc = video?.track?.ssrc, let stream = video?.stream, stream.hasSent {
      streams.append((ssrc, stream))
    }
    return streams
  }

  /// Figures of everything sent.
  var statistics: SentStatistics {
    var all = video?.figures ?? SentStatistics()
    all.packetsSent += figures.packetsSent
    all.bytesSent += figures.bytesSent
    all.reportedLoss = figures.reportedLoss
    return all
  }

  /// When `poll` has something to do next.
  var nextWake: MonotonicTime? {
    let sound = audio.nextWake
    guard let picture = video?.nextWake else { return sound }
    return sound.map { min($0, picture) } ?? picture
  }

  /// Captures, encodes and sends what is due: sound first, always.
  mutating func poll(
    at now: MonotonicTime, wallClock: WallClock, buffer: UnsafeMutableRawBufferPointer,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    audio.poll(at: now, wallClock: wallClock, transport: &transport, buffer: buffer) {
      figures.packetsSent += 1
      figures.bytesSent += Int64($2)
      send($0, $1, $2)
    }
    video?.poll(
      at: now, wallClock: wallClock, transport: &transport, buffer: buffer, send: send)
  }

  /// Sends newly negotiated tracks from now on.
  mutating func use(_ media: NegotiatedMedia) {
    audio.track = media.audio
    video?.track = media.video
    restart()
  }

  /// Begins again on a fresh transport: with a key frame, and without what waited before.
  mutating func restart() { video?.restart() }

  /// Sends a picture packet again.
  mutating func resend(
    _ sequence: SequenceNumber, of ssrc: SSRC, at now: MonotonicTime, roundTrip: TimeSpan
  ) {
    guard video?.track?.ssrc == ssrc else { return }
    video?.resend(sequence, at: now, roundTrip: roundTrip)
  }

  /// Makes the next picture a key frame.
  mutating func requestKeyFrame(of ssrc: SSRC) {
    guard video?.track?.ssrc == ssrc else { return }
    video?.requestKeyFrame()
  }

  /// Takes the share of a source's packets that the other end lost, 0 ... 1.
  mutating func note(loss: Double, of ssrc: SSRC, at now: MonotonicTime) {
    if ssrc == audio.track?.ssrc {
      audio.expectLoss(loss)
      figures.reportedLoss = loss
    } else if ssrc == video?.track?.ssrc {
      video?.rate.note(loss: loss, at: now)
      figures.reportedLoss = max(figures.reportedLoss, loss)
    }
  }

  /// Takes the other end's estimate of what may be sent in all, in bit/s.
  mutating func note(estimate: Int) {
    video?.rate.note(estimate: estimate, audio: audioBitrate)
  }
}
