import Congestion
public import Wire

/// A native participant's media: what it sends, what it receives in its slots, and the proof of it.
///
/// Sans-IO: mutate with a packet or a time, and packets come out through `send`. It reads no clock,
/// owns no thread and no socket. Drive it from one thread: `poll` every 5-10 ms or at `nextWake`.
///
///     session.isConnected = true                    // once the transport is secured
///     session.receiveRTP(packet, at: now)           // decrypted
///     session.poll(at: now) { kind, buffer, length in transport.protect… }
///
/// One session lasts a whole visit: after a rejoin, `resume` goes on with new tracks while encoders,
/// counters and proof carry over.
public final class MediaSession {
  /// Spare bytes after every packet handed to `send`, for the authentication tag: SRTP's and SRTCP's
  /// trailer of any suite fits.
  public static let trailerRoom = 320

  /// Where received sound and picture go besides the measurements.
  public var output = MediaOutput()

  /// Whether packets can be sent: ICE and DTLS are up. Nothing is captured before.
  public var isConnected = false {
    didSet { if isConnected, !oldValue { sender.restart() } }
  }

  private let wallClock: WallClock
  private let start: MonotonicTime
  private let configuration: MediaConfiguration
  private var sender: MediaSender
  private var slots: [SlotReceiver] = []
  private var reports = ReportSchedule()
  private var arrivals: ArrivalReporter
  /// Packets that were asked for since the last `poll`.
  private var requests: [(SSRC, SequenceNumber)] = []
  private var roundTrip: TimeSpan?
  private var lastPoll: MonotonicTime
  private var media: NegotiatedMedia
  /// Under which source feedback is given.
  private var reporter: SSRC { media.audio?.ssrc ?? media.video?.ssrc ?? SSRC(rawValue: 1) }
  private let buffer: UnsafeMutableRawBufferPointer

  /// A round trip to assume before one was measured.
  private static let assumedRoundTrip = TimeSpan.milliseconds(100)

  /// Media for what was negotiated. `start` is the participant's own answer or join, from which the
  /// first sound and picture are timed; `seed` makes the random starting points of its streams.
  public init(
    media: NegotiatedMedia, configuration: MediaConfiguration, wallClock: WallClock, seed: UInt64,
    startedAt start: MonotonicTime
  ) throws(MediaError) {
    self.media = media
    self.configuration = configuration
    self.wallClock = wallClock
    self.start = start
    lastPoll = start
    buffer = .allocate(
      byteCount: OutgoingPacket.maximumLength + Self.scratchRoom + Self.trailerRoom, alignment: 16)
    arrivals = ArrivalReporter(media)
    sender = try MediaSender(
      media: media, configuration: configuration, seed: seed, buffer: buffer, now: start)
    for (number, slot) in media.slots.enumerated() {
      slots.append(try SlotReceiver(number: number, media: slot, configuration: configuration))
    }
  }

  /// More requests than this between two polls are not answered.
  private static let mostRequests = 512

  /// Room for the longest Opus packet behind the longest header, and for a full report.
  private static let scratchRoom = 512

  deinit { buffer.deallocate() }

  /// When `poll` has something to do next; never later than 100 ms after the last `poll`.
  public var nextWake: MonotonicTime {
    var wake = lastPoll + .milliseconds(100)
    if isConnected, let next = sender.nextWake { wake = min(wake, next) }
    for slot in slots {
      if let next = slot.nextWake { wake = min(wake, next) }
    }
    if isConnected, let next = arrivals.dueAt {
      wake = min(wake, next)
    }
    return max(wake, lastPoll + .milliseconds(1))
  }

  /// Does everything that is due at `now`: captures, encodes, sends, plays, shows and reports.
  ///
  /// `send` gets each plaintext packet in a buffer that begins with it and has `trailerRoom` bytes
  /// after it; the buffer is valid and writable during the call.
  public func poll(
    at now: MonotonicTime, send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    lastPoll = now
    for slot in slots {
      slot.advance(at: now, wallClock: wallClock, roundTrip: trip, output: output)
    }
    guard isConnected else { return }
    sender.poll(at: now, wallClock: wallClock, send: send)
    resend(at: now, send: send)
    for change in sender.takePictureChanges() { output.pictureLevel?(change) }
    sendFeedback(at: now, send: send)
    arrivals.send(
      at: now, uplink: sender.uplink, reporter: reporter, into: buffer
    ) { send(.rtcp, buffer, $0) }
    if reports.takeDue(at: now) { sendReports(at: now, send: send) }
  }

  /// Takes a decrypted RTP packet. Packets of unknown sources are ignored.
  public func receiveRTP(_ packet: UnsafeRawBufferPointer, at now: MonotonicTime) {
    guard let header = try? RTPHeader(parsing: packet.bytes) else { return }
    arrivals.note(header, in: packet.bytes, at: now)
    for slot in slots where slot.receive(header, packet: packet, at: now) {
      // A frame may be complete now: showing it at once saves a tick of delay.
      slot.advance(at: now, wallClock: wallClock, roundTrip: trip, output: output)
      return
    }
  }

  /// Takes a decrypted compound RTCP packet.
  public func receiveRTCP(_ packet: UnsafeRawBufferPointer, at now: MonotonicTime) {
    let bytes = packet.bytes
    guard var reader = try? CompoundReader(parsing: bytes) else { return }
    while let part = reader.next(in: bytes) {
      let content = bytes.extracting(part.range)
      switch part.kind {
      case .senderReport:
        guard let report = try? SenderReport(parsing: content) else { continue }
        for slot in slots { slot.receive(report, at: now) }
        noteBlocks(report.blocks, at: now)
      case .receiverReport:
        guard let report = try? ReceiverReport(parsing: content) else { continue }
        noteBlocks(report.blocks, at: now)
      case .genericNACK:
        guard let request = try? GenericNACK(parsing: content) else { continue }
        request.forEachLost(in: content) { sequence in
          if requests.count < Self.mostRequests { requests.append((request.mediaSSRC, sequence)) }
        }
      case .pictureLossIndication:
        guard let request = try? PictureLossIndication(parsing: content) else { continue }
        sender.requestKeyFrame(of: request.mediaSSRC)
      case .fullIntraRequest:
        guard let request = try? FullIntraRequest(parsing: content) else { continue }
        for index in 0..<request.entryCount {
          sender.requestKeyFrame(of: request.entry(index, in: content).ssrc)
        }
      case .receiverEstimatedMaximumBitrate:
        guard let estimate = try? ReceiverEstimatedMaximumBitrate(parsing: content) else {
          continue
        }
        sender.note(receiverLimit: Int(clamping: estimate.bitrate))
      case .transportWideFeedback:
        guard let feedback = try? TransportWideFeedback(parsing: content) else { continue }
        sender.receive(feedback, in: content, at: now)
      case .sourceDescription, .goodbye, .extendedReport, .other:
        break
      }
    }
  }

  /// Goes on after a rejoin with newly negotiated tracks. Sending stops until `isConnected` is set
  /// again. Slots keep their place; slots that are new begin empty.
  public func resume(media: NegotiatedMedia) throws(MediaError) {
    isConnected = false
    self.media = media
    roundTrip = nil
    sender.use(media)
    sender.pathChanged(at: lastPoll)
    arrivals = ArrivalReporter(media)
    requests.removeAll()
    reports.restart()
    for (number, slot) in media.slots.enumerated() {
      if number < slots.count {
        slots[number].restart(media: slot)
      } else {
        slots.append(try SlotReceiver(number: number, media: slot, configuration: configuration))
      }
    }
    for number in media.slots.count..<max(slots.count, media.slots.count) {
      slots[number].restart(media: NegotiatedMedia.ReceiveSlot(audio: nil, video: nil))
    }
  }

  /// Says that packets go another way from now on (another address, another socket): the estimate of
  /// what the path carries begins anew, from a cautious share of what it was.
  public func pathChanged(at now: MonotonicTime) { sender.pathChanged(at: now) }

  /// Takes a round trip that the transport measured, fresher than those from reports.
  public func note(roundTrip trip: TimeSpan) {
    roundTrip = trip
    sender.note(roundTrip: trip)
  }

  /// Says goodbye (RFC 3550 §6.6): the participant leaves.
  public func finish(send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void) {
    guard isConnected else { return }
    let sources = sender.sources
    var bytes = buffer.mutableBytes
    // RFC 3550 §6.1: a compound begins with a report.
    let reporter = sources.first ?? SSRC(rawValue: 0)
    guard let report = ReceiverReport(ssrc: reporter).write(into: &bytes),
      let goodbye = Goodbye.write(sources: sources.span, into: &bytes, at: report)
    else { return }
    send(.rtcp, buffer, report + goodbye)
    isConnected = false
  }

  /// The session's figures at `now`.
  public func statistics(at now: MonotonicTime) -> MediaStatistics {
    var figures = MediaStatistics()
    figures.sent = sender.statistics
    figures.slots = slots.map { $0.statistics(at: now, since: start) }
    figures.roundTripMs = roundTrip?.milliseconds
    return figures
  }

  /// What each slot proves, in slot order.
  public func proofs() -> [ReceiverProof] {
    slots.map { $0.proof(since: start, wallClock: wallClock) }
  }

  /// What the slot with the most proof shows: the other participant of a two-party visit.
  public func proof() -> ReceiverProof {
    let proofs = proofs()
    return proofs.max { ($0.framesSeen + $0.audibleMs) < ($1.framesSeen + $1.audibleMs) }
      ?? ReceiverProof()
  }

  private func noteBlocks(_ blocks: ReportBlocks, at now: MonotonicTime) {
    for index in 0..<blocks.count {
      let block = blocks[index]
      guard sender.sources.contains(block.ssrc) else { continue }
      let trip = NTPTime.roundTrip(
        now: ntp(at: now), lastReport: block.lastSenderReport,
        delaySinceLastReport: block.delaySinceLastSenderReport)
      if let trip {
        // Smoothed like TCP's (RFC 6298 §2): an eighth of the news.
        let old = roundTrip ?? trip
        let smoothed = TimeSpan(nanoseconds: (old.nanoseconds * 7 + trip.nanoseconds) / 8)
        roundTrip = smoothed
        sender.note(roundTrip: smoothed)
      }
      sender.note(loss: Double(block.fractionLost) / 256, of: block.ssrc, at: now)
    }
  }

  /// Sends again what was asked for, sound first.
  private func resend(
    at now: MonotonicTime, send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    guard !requests.isEmpty else { return }
    for (ssrc, sequence) in requests {
      sender.resend(
        sequence, of: ssrc, at: now, roundTrip: trip, send: send)
    }
    requests.removeAll(keepingCapacity: true)
  }

  /// The round trip to the relay as far as it is known.
  private var trip: TimeSpan { roundTrip ?? Self.assumedRoundTrip }

  private func sendFeedback(
    at now: MonotonicTime, send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    for slot in slots {
      slot.takeMissing(at: now, roundTrip: trip) { source, lost in
        var bytes = buffer.mutableBytes
        let length = GenericNACK.write(
          senderSSRC: reporter, mediaSSRC: source, lost: lost.span, into: &bytes)
        if let length { send(.rtcp, buffer, length) }
      }
      guard let ssrc = slot.video.track?.ssrc, slot.takeKeyFrameWish(at: now, roundTrip: trip)
      else { continue }
      var bytes = buffer.mutableBytes
      let request = PictureLossIndication(senderSSRC: reporter, mediaSSRC: ssrc)
      if let length = request.write(into: &bytes) { send(.rtcp, buffer, length) }
    }
  }

  private func sendReports(
    at now: MonotonicTime, send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    ReportSchedule.write(
      reporter: reporter, cname: media.cname,
      sent: sender.streams, blocks: slots.flatMap { $0.takeReportBlocks(at: now) }, now: now,
      ntp: ntp(at: now), into: buffer
    ) { send(.rtcp, buffer, $0) }
  }

  private func ntp(at time: MonotonicTime) -> NTPTime {
    NTPTime(
      nanosecondsSince1970: wallClock.millisecondsAtZero &* 1_000_000 &+ time.nanoseconds)
  }
}

/// Belongs to the one thread that drives it.
@available(*, unavailable)
extension MediaSession: Sendable {}
