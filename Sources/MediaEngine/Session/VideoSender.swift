import Congestion
import Wire

/// The sending half of the picture: source, level, and one stream per size.
///
/// A class, because an audio-only session has none and Swift 6.3 cannot read through an optional of a
/// noncopyable struct.
final class VideoSender {
  /// What the smaller of two sizes takes, in bit/s: a share of what there is, at most what it is worth.
  private static let halfShare = (1, 4)
  private static let mostForHalf = 150_000
  /// From this loss on, what is sent again is sent twice: a second round trip is a frozen picture.
  private static let heavyLoss = 0.04
  /// From this loss on, and where there is room, base pictures are sent twice unasked.
  private static let burstyLoss = 0.07

  /// What is sent and how; nil where the relay refused it.
  var track: NegotiatedMedia.SendTrack? {
    didSet { if track != oldValue { rebuild() } }
  }
  /// Set from outside as the network allows.
  var rate: RateController
  private(set) var keyFrameRequests: Int64 = 0

  private let configuration: MediaConfiguration
  private let source: UInt8
  private let fullSize: (width: Int, height: Int)
  private var streams: [PictureStream] = []
  /// Figures of streams that a rejoin ended.
  private var earlier = SentStatistics()
  private var generator: SplitMix64
  private var frameNumber: UInt16 = 0
  private var start: MonotonicTime?
  private var nextFrame = MonotonicTime.zero
  private var release: MonotonicTime?
  private var wasMoving = true

  init(
    configuration: MediaConfiguration, source: UInt8, track: NegotiatedMedia.SendTrack?,
    now: MonotonicTime, using generator: inout some RandomNumberGenerator
  ) throws(MediaError) {
    // Even at half the size; the counter's grid wants a picture that is wider than high.
    let height = min(max(configuration.height & ~3, 144), 1080)
    let width = min(max(configuration.width & ~3, height), 1920)
    fullSize = (width, height)
    self.configuration = configuration
    rate = RateController(configuration: configuration, now: now)
    self.source = source
    self.track = track
    self.generator = SplitMix64(seed: generator.next())
    if let track { streams = try makeStreams(track) }
  }

  /// Each stream's source and what it has sent.
  var reports: [(SSRC, SentStream)] {
    streams.filter { $0.stream.hasSent }.map { ($0.ssrc, $0.stream) }
  }

  /// The sources that are sent.
  var sources: [SSRC] { streams.map(\.ssrc) }

  /// Figures of all streams.
  var figures: SentStatistics {
    var figures = streams.reduce(into: earlier) { $0.add($1) }
    figures.keyFrameRequestsReceived = keyFrameRequests
    figures.videoBitrate = rate.level.isMoving ? rate.bitrate : 0
    figures.framesPerSecond = rate.framesPerSecond
    figures.pictureLevel = rate.level
    return figures
  }

  /// When `poll` has something to do next.
  var nextWake: MonotonicTime? {
    guard track != nil else { return nil }
    let capture = rate.framesPerSecond > 0 ? nextFrame : nil
    guard let release else { return capture }
    return capture.map { min($0, release) } ?? release
  }

  /// For how long pictures have been waiting to leave.
  func wait(at now: MonotonicTime) -> TimeSpan {
    streams.reduce(.zero) { max($0, $1.wait(at: now)) }
  }

  /// Makes a stream's next picture a key frame: the other end asked for one.
  func requestKeyFrame(of ssrc: SSRC) {
    guard let stream = streams.first(where: { $0.ssrc == ssrc }) else { return }
    keyFrameRequests += 1
    stream.requestKeyFrame()
  }

  /// Begins again on another transport.
  func restart() {
    for stream in streams { stream.restart() }
    rate.restart()
  }

  /// Notes that a packet was asked for again.
  func resend(
    _ sequence: SequenceNumber, of ssrc: SSRC, at now: MonotonicTime, roundTrip: TimeSpan,
    loss: Double
  ) {
    guard let stream = streams.first(where: { $0.ssrc == ssrc }) else { return }
    stream.resend(sequence, at: now, roundTrip: roundTrip, twice: loss > Self.heavyLoss)
    release = now
  }

  /// Captures, encodes and sends what is due at `now`.
  func poll(
    at now: MonotonicTime, wallClock: WallClock, path: inout PathSender,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    guard let track else { return }
    captureIfDue(at: now, wallClock: wallClock, track: track, isSilent: path.isSilent)
    let repeats = path.loss > Self.burstyLoss && rate.hasRoomForCopies
    for stream in streams {
      stream.repeatsBase = repeats
      stream.pace(at: now, track: track, path: &path, send: send)
    }
    release = streams.contains { $0.hasPackets } ? path.nextRelease(after: now) : nil
  }

  /// Writes padding to probe the path with.
  func writePadding(
    _ bytes: Int, at now: MonotonicTime, into buffer: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard let track else { return nil }
    return streams.last?.writePadding(bytes, at: now, track: track, into: buffer)
  }

  private func captureIfDue(
    at now: MonotonicTime, wallClock: WallClock, track: NegotiatedMedia.SendTrack, isSilent: Bool
  ) {
    let framesPerSecond = rate.framesPerSecond
    // What stands still, or goes nowhere, begins to move again with a picture that needs none before it.
    let isMoving = framesPerSecond > 0 && !isSilent
    if !isMoving, wasMoving { for stream in streams { stream.hold() } }
    wasMoving = isMoving
    guard framesPerSecond > 0 else { return }
    if start == nil {
      start = now
      nextFrame = now
    }
    guard let start, now >= nextFrame else { return }
    let interval = TimeSpan(nanoseconds: 1_000_000_000 / Int64(framesPerSecond))
    // A driver that was late skips pictures; it does not catch up.
    nextFrame = now - nextFrame > interval ? now + interval : nextFrame + interval
    // Into an outage nothing is shown: what is captured now would come too late anyway.
    guard !isSilent else { return }
    let shares = chooseShares()
    let used = zip(streams, shares).filter { $0.1 > 0 }
    guard used.allSatisfy({ $0.0.isReady(at: now) }) else { return }
    let code = CounterCode(
      frame: frameNumber, milliseconds: wallClock.milliseconds(at: now), source: source)
    frameNumber &+= 1
    let units = (now - start).nanoseconds / 1000 * 90 / 1000
    for (stream, bitrate) in used {
      stream.encode(
        code, units: units, bitrate: bitrate, framesPerSecond: framesPerSecond, track: track,
        at: now)
    }
  }

  /// What each stream gets, in bit/s; 0 where it rests. One stream changes its size with the level;
  /// of two, only the smaller one is sent at the lower levels.
  private func chooseShares() -> [Int] {
    let all = rate.bitrate
    guard streams.count > 1 else {
      let divisor = rate.isHalfSize ? 2 : 1
      streams.first?.resize(
        to: (fullSize.width / divisor, fullSize.height / divisor), bitrate: all)
      return [all]
    }
    if rate.isHalfSize { return [min(all, Self.mostForHalf), 0] }
    let half = min(all * Self.halfShare.0 / Self.halfShare.1, Self.mostForHalf)
    return [half, all - half]
  }

  private func rebuild() {
    let sources = track.map { $0.layers.isEmpty ? [$0.ssrc] : $0.layers.map(\.ssrc) } ?? []
    guard sources != streams.map(\.ssrc), let track else { return }
    earlier = streams.reduce(into: earlier) { $0.add($1) }
    // Without memory for another encoder there is no picture; the sound goes on.
    streams = (try? makeStreams(track)) ?? []
  }

  private func makeStreams(_ track: NegotiatedMedia.SendTrack) throws(MediaError)
    -> [PictureStream]
  {
    var made: [PictureStream] = []
    let single = NegotiatedMedia.SimulcastLayer(
      name: "", divisor: 1, ssrc: track.ssrc, retransmissionSSRC: track.ssrc)
    for layer in track.layers.isEmpty ? [single] : track.layers {
      made.append(
        try PictureStream(
          ssrc: layer.ssrc,
          retransmissionSSRC: track.layers.isEmpty
            ? track.retransmissionSSRC : layer.retransmissionSSRC,
          layer: track.layers.isEmpty ? nil : layer.name,
          size: (fullSize.width / layer.divisor, fullSize.height / layer.divisor),
          bitrate: configuration.videoBitrate, codecs: configuration.codecs, using: &generator))
    }
    return made
  }
}

extension SentStatistics {
  /// Adds a stream's figures.
  fileprivate mutating func add(_ stream: PictureStream) {
    framesEncoded += stream.framesEncoded
    keyFramesEncoded += stream.keyFramesEncoded
    retransmittedPacketsSent += stream.retransmitted
  }
}
