/// From an absence to an agreement with every citizen it touches (B11–B13).
///
/// ```
///              propose               agree
///   open ─────────────▶ proposed ───────────▶ settled
///    │ ▲                   │                     ▲
///    │ └──── decline ──────┘                     │
///    └──────────── settle (colleague spoke with the citizen) ┘
///   open, proposed ── the worker is back, the visit is over or changed ──▶ dropped
/// ```
/// A visit is never given to somebody else, moved or called off here without the citizen's recorded
/// word, however long that takes.
public struct AbsenceRules: Sendable {
  /// How long ago an agreed start may lie, in minutes: the colleague rings and settles in one go.
  public var graceMinutes = 5

  /// The default rules.
  public init() {}

  /// The to-dos that an absence makes necessary or superfluous, as they become; those that stay as
  /// they are left out.
  ///
  /// Asked when an absence is reported, changed or taken back and when a visit of its worker's is
  /// booked, moved or over: asking again changes nothing. `visits` are the worker's visits in the
  /// absence and the visits that `existing` are about, whoever holds them now.
  public func reconcile(
    _ absence: Absence, existing: [AbsenceTask], visits: [Visit]
  ) -> [AbsenceTask] {
    var tasks: [VisitID: AbsenceTask] = [:]
    for task in existing where task.absence == absence.id { tasks[task.visit] = task }
    var changed: [AbsenceTask] = []
    for visit in visits {
      let task = tasks.removeValue(forKey: visit.id)
      guard visit.awaitsItsTime, absence.affects(visit) else {
        if var task, task.isPending {
          task.state = .dropped
          changed.append(task)
        }
        continue
      }
      switch task?.state {
      case nil: changed.append(AbsenceTask(absence: absence.id, visit: visit))
      case .dropped?, .settled?:
        // It has come back: the absence is longer again, or somebody moved the visit into it.
        changed.append(AbsenceTask(absence: absence.id, visit: visit))
      case .open?, .proposed?:
        guard var task, task.dueAt != visit.start else { continue }
        // Moved within the absence: what was proposed was about another time.
        task.dueAt = visit.start
        task.state = .open
        task.remedy = nil
        changed.append(task)
      }
    }
    // Visits that are gone altogether.
    for var task in tasks.values.sorted(by: { $0.visit.rawValue < $1.visit.rawValue })
    where task.isPending {
      task.state = .dropped
      changed.append(task)
    }
    return changed
  }

  /// What a command does to the to-do about `visit`, or throws.
  public func apply(
    _ command: AbsenceCommand, to task: AbsenceTask, about visit: Visit, absences: [Absence],
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> AbsenceChange {
    let step = AbsenceStep(
      task: task, visit: visit, absences: absences, initiator: initiator, now: now,
      graceMinutes: graceMinutes)
    switch command {
    case .take: return try step.take()
    case .propose(let remedy): return try step.propose(remedy)
    case .agree: return try step.agree()
    case .decline(let reason): return try step.decline(note: VisitRules.checkedNote(reason))
    case .settle(let remedy, let way): return try step.settle(remedy, way: way)
    }
  }
}

/// One command about an absence at work.
private struct AbsenceStep {
  let task: AbsenceTask
  let visit: Visit
  let absences: [Absence]
  let initiator: Initiator
  let now: UTCMilliseconds
  let graceMinutes: Int

  func take() throws(Refusal) -> AbsenceChange {
    let colleague = try initiator.requireBooker()
    try requirePending()
    return change { $0.owner = colleague }
  }

  func propose(_ remedy: AbsenceRemedy) throws(Refusal) -> AbsenceChange {
    let colleague = try initiator.requireBooker()
    try requirePending()
    _ = try visitAfter(remedy)
    return change { task in
      task.state = .proposed
      task.remedy = remedy
      task.owner = task.owner ?? colleague
      task.note = nil
    }
  }

  func agree() throws(Refusal) -> AbsenceChange {
    let citizen = try requireCitizen()
    if task.state == .settled { return AbsenceChange(task: task) }
    try requirePending()
    guard task.state == .proposed, let remedy = task.remedy else { throw .nothingProposed }
    return try settled(remedy, CitizenAgreement(way: .screen, recordedBy: citizen, at: now))
  }

  func decline(note: String?) throws(Refusal) -> AbsenceChange {
    _ = try requireCitizen()
    try requirePending()
    guard task.state == .proposed else { return AbsenceChange(task: task) }
    return change { task in
      task.state = .open
      task.remedy = nil
      task.note = note
    }
  }

  func settle(_ remedy: AbsenceRemedy, way: AgreementWay) throws(Refusal) -> AbsenceChange {
    let colleague = try initiator.requireBooker()
    // A repeated request whose reply was lost.
    if task.state == .settled, task.remedy == remedy { return AbsenceChange(task: task) }
    try requirePending()
    guard way != .screen else { throw .onlyCitizenAgreesOnScreen }
    return try settled(remedy, CitizenAgreement(way: way, recordedBy: colleague, at: now))
  }

  private func settled(
    _ remedy: AbsenceRemedy, _ agreement: CitizenAgreement
  ) throws(Refusal) -> AbsenceChange {
    let after = try visitAfter(remedy)
    var result = change { task in
      task.state = .settled
      task.remedy = remedy
      task.agreement = agreement
      task.owner = task.owner ?? initiator.supporter
    }
    let kind: LedgerKind = remedy.kind == .cancel ? .cancelled : .moved
    let entry = LedgerDraft(
      at: now, kind: kind, participant: initiator.person, cause: .absence(remedy.kind),
      device: initiator.device)
    result.visit = VisitChange(visit: after, entries: [entry])
    return result
  }

  /// The visit as the remedy makes it, or why that is no remedy.
  private func visitAfter(_ remedy: AbsenceRemedy) throws(Refusal) -> Visit {
    var after = visit
    if remedy.kind == .cancel {
      after.state = .cancelled
      after.ringExpiresAt = nil
      return after
    }
    after.workerID = remedy.worker ?? visit.workerID
    after.start = remedy.start ?? visit.start
    after.state = .booked
    switch remedy.kind {
    case .substitute:
      guard after.workerID != visit.workerID, after.start == visit.start else {
        throw .remedyIncomplete
      }
    case .move:
      guard after.start != visit.start else { throw .remedyIncomplete }
    case .phone:
      after.mediaMode = .phone
      if after.form == .physical { after.form = .screen }
    case .cancel: break
    }
    guard after.start >= now.adding(minutes: -graceMinutes) else { throw .startsInThePast }
    if let absence = absences.first(where: { $0.affects(after) }) {
      throw .workerAway(until: absence.window.end)
    }
    return after
  }

  private func requirePending() throws(Refusal) {
    guard task.isPending else { throw .taskDone }
    // Rung or ended meanwhile, by a colleague who did not wait for the to-do.
    guard visit.awaitsItsTime else {
      switch visit.state {
      case .ended: throw .visitOver
      case .cancelled: throw .visitCancelled
      case .booked, .ringing, .active, .missed: throw .visitInProgress
      }
    }
  }

  private func requireCitizen() throws(Refusal) -> PersonID {
    guard let person = initiator.person, person == task.citizen else { throw .notYourVisit }
    return person
  }

  private func change(_ body: (inout AbsenceTask) -> Void) -> AbsenceChange {
    var changed = task
    body(&changed)
    return AbsenceChange(task: changed)
  }
}

extension Visit {
  /// Whether it has been agreed and not yet been held.
  var awaitsItsTime: Bool { state == .booked || state == .missed }
}

extension LedgerCause {
  /// The visit's worker is away, and this was agreed instead: `absence-substitute` and so on.
  public static func absence(_ kind: RemedyKind) -> LedgerCause {
    LedgerCause(rawValue: "absence-\(kind.rawValue)")
  }
}
