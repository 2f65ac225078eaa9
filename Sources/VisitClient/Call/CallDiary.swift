import Wire

/// Writes down a call's joins and breaks as they happen.
struct CallDiary: Sendable {
  var report: CallReport
  let start: MonotonicTime
  /// Joins that the service answered.
  private(set) var joins = 0
  private var firstConnectedAt: MonotonicTime?

  /// A visit of hours over a broken line could make thousands of records; the first ones tell most.
  private static let capacity = 200

  init(report: CallReport, start: MonotonicTime) {
    self.report = report
    self.start = start
  }

  mutating func joining(_ attempt: Int, _ cause: ResumePolicy.JoinCause, at now: MonotonicTime) {
    guard report.attempts.count < Self.capacity else { return }
    report.attempts.append(
      AttemptRecord(attempt: attempt, cause: cause, startedMs: milliseconds(now)))
  }

  mutating func joined(_ attempt: Int, session: String) {
    var isMove = false
    change(attempt) {
      $0.session = session
      isMove = $0.cause == .moved
    }
    if !isMove { joins += 1 }
  }

  mutating func failed(_ attempt: Int, _ reason: String) {
    change(attempt) { $0.failure = reason }
  }

  mutating func connected(_ attempt: Int, profile: String, at now: MonotonicTime) {
    report.srtpProfile = profile
    firstConnectedAt = firstConnectedAt ?? now
    let milliseconds = milliseconds(now)
    change(attempt) { $0.connectedMs = milliseconds }
  }

  mutating func interrupted(_ cause: ResumePolicy.JoinCause, at now: MonotonicTime) {
    guard report.interruptions.count < Self.capacity else { return }
    report.interruptions.append(InterruptionRecord(cause: cause, startedMs: milliseconds(now)))
  }

  mutating func resumed(after span: TimeSpan) {
    guard let last = report.interruptions.indices.last,
      report.interruptions[last].mendedAfterMs == nil
    else { return }
    report.interruptions[last].mendedAfterMs = Int64(span.milliseconds)
  }

  mutating func restarting() { report.restarts += 1 }

  func finish(_ measured: MediaBoard.Measured, at now: MonotonicTime) -> CallReport {
    var report = report
    report.path = measured.path
    report.statistics = measured.statistics
    report.proofs = measured.proofs
    report.connectedMs = firstConnectedAt.map { Int64((now - $0).milliseconds) } ?? 0
    return report
  }

  private func milliseconds(_ now: MonotonicTime) -> Int64 { Int64((now - start).milliseconds) }

  private mutating func change(_ attempt: Int, _ body: (inout AttemptRecord) -> Void) {
    guard let index = report.attempts.lastIndex(where: { $0.attempt == attempt }) else { return }
    body(&report.attempts[index])
  }
}
