import Wire

/// The last sender report of a received stream (RFC 3550 §6.4.1): echoed in our reports (LSR, DLSR),
/// from which the other end measures the round trip; and what ties the stream's timestamps to the
/// sender's clock.
struct SenderReportMemory {
  private var middle: UInt32 = 0
  private var sent = NTPTime(rawValue: 0)
  private var timestamp = RTPTimestamp(rawValue: 0)
  private var arrival = MonotonicTime.zero

  /// Notes a report that arrived at `now`.
  mutating func note(_ report: borrowing SenderReport, at now: MonotonicTime) {
    middle = report.ntpTime.middle32
    sent = report.ntpTime
    timestamp = report.rtpTimestamp
    arrival = now
  }

  /// How long after its moment on the sender's clock what has an RTP timestamp is heard or shown at
  /// `time` on ours; nil before the first report. The clocks have nothing to do with each other, so
  /// only differences between such delays mean anything.
  func delay(
    of timestamp: RTPTimestamp, clockRate: Int64, at time: MonotonicTime
  ) -> TimeSpan? {
    guard sent.rawValue != 0 else { return nil }
    let ticks = Int64(self.timestamp.distance(to: timestamp))
    let moment = sent.advanced(by: TimeSpan(nanoseconds: ticks &* 1_000_000_000 / clockRate))
    return TimeSpan(nanoseconds: time.nanoseconds) - Self.epoch.distance(to: moment)
  }

  private static let epoch = NTPTime(millisecondsSince1970: 0)

  /// A report block on `ssrc` with what `meter` measured.
  func block(
    on ssrc: SSRC, meter: inout ReceptionMeter, at now: MonotonicTime
  ) -> ReportBlock {
    ReportBlock(
      ssrc: ssrc, fractionLost: meter.takeFractionLost(),
      cumulativeLost: Int32(clamping: meter.lost), highestSequence: meter.extendedHighest,
      jitter: meter.jitter, lastSenderReport: middle,
      delaySinceLastSenderReport: middle == 0 ? 0 : NTPTime.shortDelay(now - arrival))
  }
}
