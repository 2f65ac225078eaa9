import Wire

/// Writes the compound RTCP packets of a session (RFC 3550 §6, RFC 5506 for feedback).
struct ReportSchedule {
  /// Reports go out every second: often enough for the relay's five-second samples and for a round
  /// trip that is fresh, and 1 kbit/s.
  static let interval = TimeSpan.seconds(1)
  /// The first one goes out sooner, so that the receiver can tie sound and picture together.
  static let firstInterval = TimeSpan.milliseconds(200)

  private(set) var next: MonotonicTime?

  /// Whether a report is due at `now`; the next one is then set.
  mutating func takeDue(at now: MonotonicTime) -> Bool {
    guard let due = next else {
      next = now + Self.firstInterval
      return false
    }
    guard now >= due else { return false }
    next = now + Self.interval
    return true
  }

  /// Begins again with an early report.
  mutating func restart() { next = nil }

  /// Writes reports of up to 31 blocks each, with the canonical name and the receiver's reference
  /// time (RFC 3611 §4.4), and hands each compound to `send`.
  static func write(
    reporter: SSRC, cname: String, sent: [(SSRC, SentStream)], blocks: [ReportBlock],
    now: MonotonicTime, ntp: NTPTime, into buffer: UnsafeMutableRawBufferPointer,
    send: (Int) -> Void
  ) {
    var rest = blocks[...]
    var reports = sent[...]
    repeat {
      var bytes = buffer.mutableBytes
      var held = ReportBlocks()
      while let block = rest.first, held.append(block) { rest.removeFirst() }
      let report = reports.popFirst()
      let source = report?.0 ?? reporter
      var length = 0
      if let (ssrc, stream) = report {
        length =
          SenderReport(
            ssrc: ssrc, ntpTime: ntp, rtpTimestamp: stream.timestamp(at: now),
            packetCount: stream.packets, octetCount: stream.octets, blocks: held
          ).write(into: &bytes) ?? 0
      } else {
        length = ReceiverReport(ssrc: source, blocks: held).write(into: &bytes) ?? 0
      }
      length +=
        SourceDescription.write(
          ssrc: source, canonicalName: cname, into: &bytes, at: length) ?? 0
      let none: [ExtendedReport.ReferenceAnswer] = []
      length +=
        ExtendedReport.write(
          ssrc: source, referenceTime: ntp, answers: none.span, into: &bytes, at: length) ?? 0
      send(length)
    } while !rest.isEmpty || !reports.isEmpty
  }
}
