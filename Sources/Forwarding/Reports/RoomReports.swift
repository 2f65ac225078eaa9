import Congestion
import Wire

// The RTCP that the relay writes. Each packet is a compound of its own: it opens with a receiver
// report and our canonical name unless the participant takes reduced-size RTCP (RFC 5506).
extension Room {
  /// Asks a participant for a keyframe of its picture.
  mutating func sendKeyframeRequest(
    for ssrc: SSRC, to index: Int, into sink: inout ForwardSink
  ) {
    guard let slot = sink.reserve(),
      let request = participants[index].tracks[Participant.track(.video)].agreement?.keyframeRequest
    else { return }
    var bytes = slot.mutableBytes
    let start = openCompound(for: index, in: &bytes)
    let sender = participants[index].reportSSRC
    let length: Int?
    switch request {
    case .none: length = nil
    case .pictureLoss:
      length = PictureLossIndication(senderSSRC: sender, mediaSSRC: ssrc)
        .write(into: &bytes, at: start)
    case .fullIntra:
      length = FullIntraRequest.write(
        senderSSRC: sender,
        entry: .init(ssrc: ssrc, commandSequence: participants[index].intraRequests),
        into: &bytes, at: start)
      participants[index].intraRequests &+= 1
    }
    if let length { sink.commit(to: index, kind: .rtcp, length: start + length) }
  }

  /// Asks a participant for what is missing of its streams.
  mutating func sendNACKs(to index: Int, now: MonotonicTime, into sink: inout ForwardSink) {
    for track in 0..<participants[index].tracks.count {
      sendNACK(of: track, to: index, now: now, into: &sink)
    }
  }

  private mutating func sendNACK(
    of track: Int, to index: Int, now: MonotonicTime, into sink: inout ForwardSink
  ) {
    guard participants[index].tracks[track].missing.count > 0,
      participants[index].tracks[track].agreement?.allowsNACK == true,
      let ssrc = participants[index].tracks[track].ssrc
    else { return }
    if sink.isBehind { return participants[index].tracks[track].missing.putOff(now: now) }
    var batch = LostSequences()
    let hasGivenUp = participants[index].tracks[track].missing.takeDue(
      now: now, roundTrip: participants[index].roundTrip,
      isLossy: participants[index].tracks[track].lossFraction > ResendEchoes.lossy, into: &batch)
    // What could not be had again leaves pictures that no receiver can show: only a keyframe helps.
    if hasGivenUp, participants[index].tracks[track].kind == .video {
      wantKeyframe(from: index, layer: track - Participant.track(.video))
    }
    guard batch.count > 0, let slot = sink.reserve() else { return }
    var bytes = slot.mutableBytes
    let start = openCompound(for: index, in: &bytes)
    guard
      let length = batch.write(
        sender: participants[index].reportSSRC, media: ssrc, into: &bytes, at: start)
    else { return }
    sink.commit(to: index, kind: .rtcp, length: start + length)
    participants[index].tracks[track].noteNACK(of: batch.count)
  }

  /// So long feedback that is due waits for a packet to the same participant, while such packets flow:
  /// behind it, in one system call with it, it costs no wake-up and nearly nothing to send. A packet of
  /// sound, or the end of a picture, comes within this.
  static var feedbackPatience: TimeSpan { .milliseconds(20) }
  /// Without a packet to it for this long nothing flows to a participant.
  static var flowPause: TimeSpan { .milliseconds(60) }

  /// When the room is to be woken for feedback to a participant; nil while there is none to give. Of sound
  /// alone it is due long after the latest packet: where packets flow now, they are taken to do so then.
  @inline(__always)
  func feedbackWake(of index: Int, now: MonotonicTime) -> MonotonicTime? {
    guard let due = participants[index].arrivals.dueAt else { return nil }
    let then = participants[index].arrivals.isSoundAlone ? now : due
    return then - paths[index].lastSent < Self.flowPause ? due + Self.feedbackPatience : due
  }

  /// Lets feedback that is due leave behind the packet to the same participant that was just put into
  /// the sink.
  @inline(__always)
  mutating func sendFeedbackAlong(
    to index: Int, now: MonotonicTime, into sink: inout ForwardSink
  ) {
    guard let due = participants[index].arrivals.dueAt, due <= now else { return }
    sendFeedbackNow(to: index, now: now, into: &sink)
  }

  @inline(never)
  private mutating func sendFeedbackNow(
    to index: Int, now: MonotonicTime, into sink: inout ForwardSink
  ) {
    sendFeedback(to: index, now: now, into: &sink)
    plan(at: now)
  }

  /// Tells a participant when its packets arrived.
  mutating func sendFeedback(to index: Int, now: MonotonicTime, into sink: inout ForwardSink) {
    guard let due = participants[index].arrivals.dueAt, now >= due else { return }
    let video = participants[index].tracks[Participant.track(.video)].ssrc
    let audio = participants[index].tracks[Participant.track(.audio)].ssrc
    guard let media = video ?? audio else { return }
    // One is enough but for a burst; what is left over waits for the next turn.
    for _ in 0..<4 {
      guard let slot = sink.reserve() else { return }
      var bytes = slot.mutableBytes
      let start = openCompound(for: index, in: &bytes)
      guard
        let length = participants[index].arrivals.writeFeedback(
          into: &bytes, at: start, sender: participants[index].reportSSRC, media: media, now: now)
      else { return }
      sink.commit(to: index, kind: .rtcp, length: start + length)
    }
  }

  /// Sends a participant its receiver report, the answer to its reference time, and a sender report
  /// for each slot stream that flows.
  mutating func sendReports(to index: Int, now: MonotonicTime, into sink: inout ForwardSink) {
    guard now >= participants[index].reportsDueAt, let first = sink.reserve() else { return }
    // A second, give or take a quarter, so that rooms do not report in step (RFC 3550 §6.2).
    let wait = 750 + Int64(generator.next(upperBound: UInt32(500)))
    participants[index].reportsDueAt = now + .milliseconds(wait)
    keepSent(to: index, at: now)
    var slot = first
    var offset = writeReceiverReport(for: index, now: now, into: slot)
    for stream in 0..<participants[index].streams.count {
      guard let report = senderReport(of: stream, to: index, now: now) else { continue }
      if let length = append(report, for: index, to: slot, at: offset) {
        offset += length
        continue
      }
      sink.commit(to: index, kind: .rtcp, length: offset)
      guard let next = sink.reserve() else { return }
      slot = next
      offset = append(report, for: index, to: slot, at: 0) ?? 0
    }
    if offset > 0 { sink.commit(to: index, kind: .rtcp, length: offset) }
  }

  private mutating func writeReceiverReport(
    for index: Int, now: MonotonicTime, into slot: UnsafeMutableRawBufferPointer
  ) -> Int {
    var bytes = slot.mutableBytes
    var blocks = ReportBlocks()
    for track in 0..<participants[index].tracks.count {
      if let block = participants[index].tracks[track].takeReportBlock(now: now) {
        blocks.append(block)
      }
    }
    let sender = participants[index].reportSSRC
    var offset = ReceiverReport(ssrc: sender, blocks: blocks).write(into: &bytes) ?? 0
    offset += describe(sender, of: index, in: &bytes, at: offset)
    if let reference = participants[index].reference {
      let answer = ExtendedReport.ReferenceAnswer(
        ssrc: reference.ssrc, lastReference: reference.time,
        delaySinceLastReference: NTPTime.shortDelay(now - reference.arrivedAt))
      let answers = InlineArray<1, ExtendedReport.ReferenceAnswer>(repeating: answer)
      offset +=
        ExtendedReport.write(
          ssrc: sender, referenceTime: nil, answers: answers.span, into: &bytes, at: offset) ?? 0
    }
    return offset
  }

  /// The sender report of a slot's stream: its source's own clock, moved to ours.
  private func senderReport(of stream: Int, to index: Int, now: MonotonicTime) -> SenderReport? {
    guard let agreement = participants[index].streams[stream].agreement,
      let origin = origin(of: stream, to: index)
    else { return nil }
    let time = clock.time(at: now)
    guard
      let theirs = participants[origin.participant].clock.senderTime(at: time),
      let timestamp = participants[origin.participant].tracks[origin.track].reported.timestamp(
        at: theirs, clockRate: participants[index].streams[stream].kind.clockRate)
    else { return nil }
    let info = participants[index].streams[stream].senderInfo(sourceTimestamp: timestamp)
    return SenderReport(
      ssrc: agreement.ssrc, ntpTime: time, rtpTimestamp: RTPTimestamp(rawValue: info.timestamp),
      packetCount: info.packets, octetCount: info.octets)
  }

  private func append(
    _ report: SenderReport, for index: Int, to slot: UnsafeMutableRawBufferPointer, at offset: Int
  ) -> Int? {
    var bytes = slot.mutableBytes
    guard let length = report.write(into: &bytes, at: offset) else { return nil }
    let described = describe(report.ssrc, of: index, in: &bytes, at: offset + length)
    return described > 0 ? length + described : nil
  }

  private func describe(
    _ ssrc: SSRC, of index: Int, in bytes: inout MutableRawSpan, at offset: Int
  ) -> Int {
    SourceDescription.write(
      ssrc: ssrc, canonicalName: participants[index].cname, into: &bytes, at: offset) ?? 0
  }

  /// Begins a compound where the participant wants full ones; returns its length so far.
  func openCompound(for index: Int, in bytes: inout MutableRawSpan) -> Int {
    guard !participants[index].allowsReducedSize else { return 0 }
    let sender = participants[index].reportSSRC
    let length = ReceiverReport(ssrc: sender).write(into: &bytes) ?? 0
    return length + describe(sender, of: index, in: &bytes, at: length)
  }
}
