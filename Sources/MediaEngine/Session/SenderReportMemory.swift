import Wire

/// The last sender report of a received stream, to be echoed in our reports (RFC 3550 §6.4.1: LSR,
/// DLSR), from which the other end measures the round trip.
struct SenderReportMemory {
  private var middle: UInt32 = 0
  private var arrival = MonotonicTime.zero

  /// Notes a report that arrived at `now`.
  mutating func note(_ report: borrowing SenderReport, at now: MonotonicTime) {
    middle = report.ntpTime.middle32
    arrival = now
  }

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
