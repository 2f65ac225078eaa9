public import Wire

// What the relay consumes of RTCP (RFC 7667 §3.7: a selective forwarding middlebox terminates it):
// sender reports set clocks, receiver reports become figures, NACKs are answered from the history,
// requests for keyframes are passed on, throttled; what is told of a path goes to what is sent on it.
// Everything else is ignored.
extension Room {
  /// Consumes one compound RTCP packet from a participant.
  public mutating func receiveRTCP(
    from index: Int, packet: UnsafeRawBufferPointer, at now: MonotonicTime,
    into sink: inout ForwardSink
  ) {
    guard isPresent(index) else { return }
    let bytes = packet.bytes
    guard var reader = try? CompoundReader(parsing: bytes) else {
      participants[index].discarded &+= 1
      return
    }
    while let part = reader.next(in: bytes) {
      let content = bytes.extracting(part.range)
      switch part.kind {
      case .senderReport:
        guard let report = try? SenderReport(parsing: content) else { continue }
        noteSenderReport(report, from: index, now: now)
        noteBlocks(report.blocks, from: index, now: now)
      case .receiverReport:
        guard let report = try? ReceiverReport(parsing: content) else { continue }
        noteBlocks(report.blocks, from: index, now: now)
      case .genericNACK:
        guard let request = try? GenericNACK(parsing: content) else { continue }
        answer(request, in: content, from: index, now: now, into: &sink)
      case .pictureLossIndication:
        guard let request = try? PictureLossIndication(parsing: content) else { continue }
        passOnKeyframeRequest(for: request.mediaSSRC, from: index, now: now)
      case .fullIntraRequest:
        guard let request = try? FullIntraRequest(parsing: content) else { continue }
        for entry in 0..<request.entryCount {
          passOnKeyframeRequest(
            for: request.entry(entry, in: content).ssrc, from: index, now: now)
        }
      case .extendedReport:
        guard let report = try? ExtendedReport(parsing: content) else { continue }
        if let time = report.referenceTime {
          participants[index].reference = (report.ssrc, time.middle32, now)
        }
      case .transportWideFeedback:
        guard let feedback = try? TransportWideFeedback(parsing: content) else { continue }
        noteFeedback(feedback, in: content, from: index, now: now, into: &sink)
      case .receiverEstimatedMaximumBitrate:
        guard let report = try? ReceiverEstimatedMaximumBitrate(parsing: content) else { continue }
        noteReceiverEstimate(report, from: index, now: now, into: &sink)
      case .sourceDescription, .goodbye, .other:
        continue
      }
    }
    sendKeyframeRequests(now: now, into: &sink)
  }

  private mutating func noteSenderReport(
    _ report: SenderReport, from index: Int, now: MonotonicTime
  ) {
    for track in 0..<participants[index].tracks.count
    where participants[index].tracks[track].ssrc == report.ssrc {
      participants[index].clock.note(sent: report.ntpTime, arrival: clock.time(at: now))
      participants[index].tracks[track].reported.note(
        sent: report.ntpTime, timestamp: report.rtpTimestamp.rawValue, now: now)
    }
  }

  private mutating func noteBlocks(_ blocks: ReportBlocks, from index: Int, now: MonotonicTime) {
    for block in 0..<blocks.count {
      let report = blocks[block]
      guard let stream = stream(with: report.ssrc, of: index) else { continue }
      participants[index].streams[stream].noteReport(
        cumulativeLost: Int64(report.cumulativeLost), jitter: report.jitter)
      // Sound's loss is its sender's as well: it is not repaired on its way to us.
      if stream % 2 == 1 { paths[index].note(fractionLost: report.fractionLost, at: now) }
      noteLoss(report, of: stream, from: index, now: now)
      if let roundTrip = NTPTime.roundTrip(
        now: clock.time(at: now), lastReport: report.lastSenderReport,
        delaySinceLastReport: report.delaySinceLastSenderReport)
      {
        setRoundTrip(index, roundTrip)
      }
    }
  }

  private mutating func answer(
    _ request: GenericNACK, in content: RawSpan, from index: Int, now: MonotonicTime,
    into sink: inout ForwardSink
  ) {
    guard let stream = stream(with: request.mediaSSRC, of: index),
      let origin = origin(of: stream, to: index), participants[index].isConnected,
      // Into an outage nothing is sent again: what comes out of it is too old.
      !paths[index].isSilent
    else { return }
    let roundTrip = participants[index].roundTrip
    let echoes = ResendEchoes.count(
      for: paths[index].lossFraction, behind: paths[index].queueingDelay)
    participants[origin.participant].tracks[origin.track].keepFor(
      PacketHistory.longestReach, at: now)
    request.forEachLost(in: content) { sequence in
      let isSent = participants[index].streams[stream].resend(
        sequence.rawValue, from: participants[origin.participant].tracks[origin.track].history,
        to: index, on: &paths[index], now: now, roundTrip: roundTrip, into: &sink)
      guard isSent else { return }
      participants[index].echoes.note(
        sequence.rawValue, of: UInt8(truncatingIfNeeded: stream), times: echoes, now: now)
    }
    if let due = participants[index].echoes.dueAt { schedule(at: due) }
  }

  /// Sends the repeated answers that are due.
  mutating func sendEchoes(to index: Int, now: MonotonicTime, into sink: inout ForwardSink) {
    while let echo = participants[index].echoes.take(at: now) {
      guard let origin = origin(of: Int(echo.stream), to: index), !paths[index].isSilent
      else { continue }
      _ = participants[index].streams[Int(echo.stream)].resend(
        echo.sequence, from: participants[origin.participant].tracks[origin.track].history,
        to: index, on: &paths[index], now: now, roundTrip: participants[index].roundTrip,
        isEcho: true, into: &sink)
    }
  }

  private mutating func passOnKeyframeRequest(
    for ssrc: SSRC, from index: Int, now: MonotonicTime
  ) {
    guard let stream = stream(with: ssrc, of: index), stream % 2 == 1 else { return }
    participants[index].streams[stream].noteKeyframeRequest()
    // A picture that is held needs no keyframe, and one that began a round trip ago may not have been
    // seen when the request left: what is lost of it will be asked for by itself.
    let roundTrip = participants[index].roundTrip
    guard !participants[index].streams[stream].isHeld,
      participants[index].streams[stream].keyframeAt.map({ now - $0 >= roundTrip }) ?? true,
      let source = participants[index].seats.occupant(of: stream / 2)
    else { return }
    wantKeyframe(from: source, for: index)
  }

  /// Which of the streams we send to a participant has this SSRC.
  private func stream(with ssrc: SSRC, of index: Int) -> Int? {
    for stream in 0..<participants[index].streams.count
    where participants[index].streams[stream].agreement?.ssrc == ssrc { return stream }
    return nil
  }
}
