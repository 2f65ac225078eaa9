public import Wire

// What the relay consumes of RTCP (RFC 7667 §3.7: a selective forwarding middlebox terminates it):
// sender reports set clocks, receiver reports become figures, NACKs are answered from the history,
// requests for keyframes are passed on, throttled. Everything else is ignored.
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
        passOnKeyframeRequest(for: request.mediaSSRC, from: index)
      case .fullIntraRequest:
        guard let request = try? FullIntraRequest(parsing: content) else { continue }
        for entry in 0..<request.entryCount {
          passOnKeyframeRequest(for: request.entry(entry, in: content).ssrc, from: index)
        }
      case .extendedReport:
        guard let report = try? ExtendedReport(parsing: content) else { continue }
        if let time = report.referenceTime {
          participants[index].reference = (report.ssrc, time.middle32, now)
        }
      case .sourceDescription, .goodbye, .transportWideFeedback,
        .receiverEstimatedMaximumBitrate, .other:
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
    guard let stream = stream(with: request.mediaSSRC, of: index), stream % 2 == 1,
      let source = participants[index].seats.occupant(of: stream / 2), isPresent(source)
    else { return }
    let track = Participant.track(.video)
    let run = participants[source].tracks[track].run
    guard participants[index].streams[stream].isForwarding(run) else { return }
    let roundTrip = participants[index].roundTrip
    let isConnected = participants[index].isConnected
    guard isConnected else { return }
    request.forEachLost(in: content) { sequence in
      participants[index].streams[stream].resend(
        sequence.rawValue, from: participants[source].tracks[track].history, to: index, now: now,
        roundTrip: roundTrip, into: &sink)
    }
  }

  private mutating func passOnKeyframeRequest(for ssrc: SSRC, from index: Int) {
    guard let stream = stream(with: ssrc, of: index), stream % 2 == 1 else { return }
    participants[index].streams[stream].noteKeyframeRequest()
    guard let source = participants[index].seats.occupant(of: stream / 2) else { return }
    wantKeyframe(from: source)
  }

  /// Which of the streams we send to a participant has this SSRC.
  private func stream(with ssrc: SSRC, of index: Int) -> Int? {
    for stream in 0..<participants[index].streams.count
    where participants[index].streams[stream].agreement?.ssrc == ssrc { return stream }
    return nil
  }
}
