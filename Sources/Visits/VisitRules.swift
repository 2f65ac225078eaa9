/// A visit's life: which command does what in which state, for whom. Pure; time is given.
///
/// ```
///            ring            answer           hangUp, end
///   booked ───────▶ ringing ───────▶ active ─────────────▶ ended
///     │ ▲             │ decline, expireRing, hangUp
///     │ └── move ── missed ◀┘   (ring: back to ringing)
///     └── cancel (also from missed and ringing) ──▶ cancelled
/// ```
/// What was held outside the relay goes from `booked` or `missed` to `ended` by the word of whoever
/// visited (`reportHeld`).
/// A ring in state `active` leaves the state alone: somebody who dropped out is being rung back.
public struct VisitRules: Sendable {
  /// How long a ring lasts, in milliseconds. Long enough to find the screen and put on glasses,
  /// short enough that the worker is not left waiting.
  public static let ringMilliseconds: Int64 = 45_000
  /// The longest reason a person may give, in characters.
  public static let longestNote = 200

  /// What may be booked.
  public var policy: BookingPolicy
  /// Workers whose visits the initiator may see, move and call off besides her own: those of her
  /// team, who share its citizens (B13).
  public var colleagues: Set<PersonID>
  /// People who may look on at the group's meeting in question, with every member's consent (D10).
  public var observers: Set<PersonID> = []

  /// Rules under a policy.
  public init(policy: BookingPolicy = BookingPolicy(), colleagues: Set<PersonID> = []) {
    self.policy = policy
    self.colleagues = colleagues
  }

  /// What booking a visit does, or throws.
  public func book(_ proposal: BookingProposal) throws(Refusal) -> VisitChange {
    try policy.check(proposal)
    var visit = proposal.visit
    visit.state = .booked
    visit.ringExpiresAt = nil
    visit.answeredDevice = nil
    return VisitChange(visit: visit, entries: [proposal.entry(.booked)])
  }

  /// What a command does to `visit`, which is between `citizen` and `worker`, or throws.
  public func apply(
    _ command: VisitCommand, to visit: Visit, citizen: Person, worker: Person,
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> VisitChange {
    let step = VisitStep(
      visit: visit, initiator: initiator, now: now, colleagues: colleagues, observers: observers)
    switch command {
    case .ring: return try step.ring()
    case .answer: return try step.answer()
    case .decline(let reason): return try step.decline(note: Self.checkedNote(reason))
    case .expireRing: return step.expireRing()
    case .hangUp(let reason): return try step.hangUp(note: Self.checkedNote(reason))
    case .cancel(let reason, _): return try step.cancel(note: Self.checkedNote(reason))
    case .reportHeld: return try step.reportHeld()
    case .end(let cause): return step.end(cause: cause)
    case .record(let report, let key): return step.record(report, key: key)
    case .move(let start, let minutes):
      var moved = visit
      moved.start = start ?? visit.start
      moved.durationMinutes = minutes ?? visit.durationMinutes
      return try move(
        visit,
        as: BookingProposal(
          visit: moved, citizen: citizen, worker: worker, initiator: initiator, now: now,
          previous: visit))
    }
  }

  private func move(_ visit: Visit, as proposal: BookingProposal) throws(Refusal) -> VisitChange {
    try Self.requireStaff(proposal.initiator, of: visit, colleagues: colleagues)
    switch visit.state {
    case .booked, .missed: break
    case .ringing, .active: throw .visitInProgress
    case .ended: throw .visitOver
    case .cancelled: throw .visitCancelled
    }
    if proposal.visit == visit { return VisitChange(visit: visit, entries: []) }
    try policy.check(proposal)
    var moved = proposal.visit
    moved.state = .booked
    return VisitChange(visit: moved, entries: [proposal.entry(.moved)])
  }

  /// Throws unless `initiator` may send and receive media in the visit's room now.
  ///
  /// The support worker may wait in the room before ringing; a citizen enters by answering.
  public func checkJoin(_ visit: Visit, by initiator: Initiator) throws(Refusal) {
    if initiator.role == .operations { throw .operationsStayOutside }
    guard let person = initiator.person,
      visit.participants.contains(person) || observers.contains(person)
    else { throw .notYourVisit }
    guard visit.isRelayed else { throw visit.notRelayed }
    switch visit.state {
    case .active: return
    case .ended: throw .visitOver
    case .cancelled: throw .visitCancelled
    case .booked, .missed:
      guard person == visit.workerID else { throw .notBegun }
    case .ringing:
      guard person == visit.workerID else { throw .answerFirst }
    }
  }

  /// Throws unless `initiator` may see the visit.
  public func checkVisible(_ visit: Visit, to initiator: Initiator) throws(Refusal) {
    switch initiator {
    case .system: return
    case .person(_, role: .operations, _): return
    case .person(let id, let role, _):
      guard visit.participants.contains(id) || role.givesSupport && isColleagues(visit) else {
        throw .notYourVisit
      }
    }
  }

  private func isColleagues(_ visit: Visit) -> Bool { colleagues.contains(visit.workerID) }

  static func requireStaff(
    _ initiator: Initiator, of visit: Visit, colleagues: Set<PersonID>
  ) throws(Refusal) {
    switch initiator {
    case .system: return
    case .person(_, role: .operations, _): return
    case .person(_, role: .citizen, _): throw .onlyStaffBooks
    case .person(_, role: .caseWorker, _), .person(_, role: .administrator, _):
      throw .bookingIsForTheTeam
    case .person(let id, role: .supportWorker, _), .person(let id, role: .teamLead, _):
      guard id == visit.workerID || colleagues.contains(visit.workerID) else {
        throw .notYourVisit
      }
    }
  }

  /// A reason as written in the ledger: nil when blank; throws when too long.
  static func checkedNote(_ note: String?) throws(Refusal) -> String? {
    guard let note else { return nil }
    let trimmed = trimmingBlanks(note)
    guard trimmed.count <= longestNote else { throw .noteTooLong(longest: longestNote) }
    return trimmed.isEmpty ? nil : trimmed
  }
}

extension BookingProposal {
  fileprivate func entry(_ kind: LedgerKind) -> LedgerDraft {
    LedgerDraft(
      at: now, kind: kind, participant: initiator.person, cause: .requested,
      device: initiator.device)
  }
}

extension Visit {
  /// Why a visit outside the relay can neither be rung nor joined.
  var notRelayed: Refusal { form == .physical ? .physicalVisit : .phoneVisit }
}
