/// What became of a visit: told by the ledger where it can, and by the support worker.
public struct OutcomeRules: Sendable {
  /// The longest note, in characters.
  public static let longestNote = 500
  /// How long after its planned end a visit without an outcome becomes a to-do, in minutes.
  public static let missingAfterMinutes = 60

  /// Rules.
  public init() {}

  /// The outcome as the system sees it; nil while it cannot know, as for a visit face to face.
  ///
  /// - Parameter firstTry: What the call's quality was judged to be; nil to go by the ledger.
  public func outcome(
    of visit: Visit, facts: CallFacts, firstTry: Bool? = nil, at now: UTCMilliseconds
  ) -> VisitOutcome? {
    var outcome = VisitOutcome(
      visit: visit.id, citizen: visit.citizenID, worker: visit.workerID, kind: .notAnswered,
      mediaMode: visit.mediaMode, recordedAt: now)
    switch visit.state {
    case .booked, .ringing, .active: return nil
    case .cancelled:
      outcome.kind = .cancelled
      outcome.cancelledBy = canceller(facts.cancelledBy, of: visit)
      outcome.note = facts.cancellationNote
    case .missed:
      outcome.notAnswered = facts.lastRing ?? .rangOut
    case .ended:
      guard visit.isRelayed, !facts.wasReported else { return nil }
      if facts.isHeld {
        outcome.kind = firstTry ?? facts.isFirstTry ? .heldFirstTry : .heldAfterRetries
        // To the nearest minute; what was held took at least one.
        outcome.deliveredMinutes = max(1, Int((facts.togetherMilliseconds + 30_000) / 60_000))
      } else {
        outcome.kind = .technicalFailure
      }
    }
    return outcome
  }

  /// What recording a report does, or throws.
  ///
  /// - Parameters:
  ///   - known: The outcome as the system sees it.
  ///   - previous: The outcome recorded so far, which this corrects.
  public func record(
    _ report: OutcomeReport, of visit: Visit, known: VisitOutcome?, previous: VisitOutcome?,
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> VisitOutcome {
    try Self.requireWorker(initiator, of: visit)
    guard report.kind == .cancelled || visit.start <= now else { throw .outcomeTooEarly }
    if visit.state == .active || visit.state == .ringing { throw .visitInProgress }
    // What was called off was called off: it is nobody's no-show.
    guard (visit.state == .cancelled) == (report.kind == .cancelled) else {
      throw visit.state == .cancelled ? .visitWasCancelled : .cancelFirst
    }
    let cancelled = report.kind == .cancelled
    let by = report.cancelledBy ?? known?.cancelledBy
    if cancelled, by == nil || report.reason == nil { throw .cancellationIncomplete }
    let held = report.kind.isHeld
    let minutes = report.deliveredMinutes ?? known?.deliveredMinutes ?? 0
    let delivered = held ? (minutes == 0 ? visit.durationMinutes : minutes) : 0
    guard (0...1440).contains(delivered) else { throw .deliveredOutOfRange }
    return VisitOutcome(
      visit: visit.id, citizen: visit.citizenID, worker: visit.workerID, kind: report.kind,
      cancelledBy: cancelled ? by : nil, reason: cancelled ? report.reason : nil,
      notAnswered: report.kind == .notAnswered
        ? known?.notAnswered ?? (visit.form == .physical ? .notThere : .rangOut) : nil,
      deliveredMinutes: delivered,
      mediaMode: report.kind == .movedToPhone
        ? .phone : report.mediaMode ?? known?.mediaMode ?? visit.mediaMode,
      note: try Self.note(report.note, longest: Self.longestNote),
      recordedBy: initiator.person, recordedAt: now, revision: (previous?.revision ?? 0) + 1)
  }

  /// Whether the worker is to be asked what became of the visit.
  public func isMissing(
    for visit: Visit, outcome: VisitOutcome?, at now: UTCMilliseconds
  ) -> Bool {
    outcome == nil && visit.state != .active && visit.state != .ringing
      && now >= visit.end.adding(minutes: Self.missingAfterMinutes)
  }

  private func canceller(_ person: PersonID?, of visit: Visit) -> Canceller {
    switch person {
    case visit.citizenID: .citizen
    case visit.workerID: .worker
    default: .municipality
    }
  }

  /// The worker of the visit and her team lead say how it went. That the lead leads this team is for
  /// `AccessRules` to see.
  static func requireWorker(_ initiator: Initiator, of visit: Visit) throws(Refusal) {
    switch initiator {
    case .system, .person(_, role: .teamLead, _): return
    case .person(let id, role: .supportWorker, _) where id == visit.workerID: return
    case .person: throw .notYourVisit
    }
  }

  static func note(_ text: String?, longest: Int) throws(Refusal) -> String? {
    guard let text else { return nil }
    let trimmed = trimmingBlanks(text)
    guard trimmed.count <= longest else { throw .textTooLong(longest: longest) }
    return trimmed.isEmpty ? nil : trimmed
  }
}
