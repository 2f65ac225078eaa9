/// One command at work: the visit before it, who gives it and when.
struct VisitStep {
  let visit: Visit
  let initiator: Initiator
  let now: UTCMilliseconds
  let colleagues: Set<PersonID>
  var observers: Set<PersonID> = []

  // MARK: Ringing

  func ring() throws(Refusal) -> VisitChange {
    if visit.form == .group { return try open() }
    try requireWorker(else: .onlyWorkerRings)
    guard visit.isRelayed else { throw visit.notRelayed }
    switch visit.state {
    case .ended: throw .visitOver
    case .cancelled: throw .visitCancelled
    case .booked, .missed, .ringing, .active: break
    }
    // A repeated request must not restart the ring: it would never end.
    if visit.isBeingRung { return unchanged }
    return change([entry(.rung, cause: visit.state == .booked ? .requested : .again)]) { visit in
      if visit.state != .active { visit.state = .ringing }
      visit.ringExpiresAt = now.adding(milliseconds: VisitRules.ringMilliseconds)
    }
  }

  /// Opens a group's room: nobody is rung in front of the others; members come in when they like
  /// and see first who is there (D10).
  private func open() throws(Refusal) -> VisitChange {
    let person = try requireInRoom()
    switch visit.state {
    case .active: return unchanged
    case .ended: throw .visitOver
    case .cancelled: throw .visitCancelled
    case .booked, .missed, .ringing:
      guard person == visit.workerID else { throw .meetingNotBegun }
      return change([entry(.answered, cause: .requested)]) { $0.state = .active }
    }
  }

  func answer() throws(Refusal) -> VisitChange {
    if visit.form == .group { return try open() }
    if isInvited { return try comeIn() }
    try requireCitizen()
    guard visit.isBeingRung else {
      switch visit.state {
      case .active:
        // The answer's reply may have been lost on its way and the client asks again.
        if visit.answeredDevice == initiator.device { return unchanged }
        throw .answeredElsewhere
      case .missed: throw .ringOver
      case .ended: throw .visitOver
      case .cancelled: throw .visitCancelled
      case .booked, .ringing: throw .notRinging
      }
    }
    // A ring whose time is up but that nobody has stopped yet is still answered: the citizen
    // pressed the button while it rang.
    return change([entry(.answered, cause: .requested)]) { visit in
      visit.state = .active
      visit.ringExpiresAt = nil
      visit.answeredDevice = initiator.device
    }
  }

  /// One who was invited to somebody's visit (H7) is rung when it has begun, comes in or does not, and
  /// may come later: to the visit it makes no difference.
  private func comeIn() throws(Refusal) -> VisitChange {
    switch visit.state {
    case .active: return unchanged
    case .ended: throw .visitOver
    case .cancelled: throw .visitCancelled
    case .booked, .ringing, .missed: throw .notBegun
    }
  }

  func decline(note: String?) throws(Refusal) -> VisitChange {
    if isInvited { return try comeIn() }
    try requireCitizen()
    guard visit.isBeingRung else {
      switch visit.state {
      case .missed: return unchanged
      case .active: throw .visitInProgress
      case .ended: throw .visitOver
      case .cancelled: throw .visitCancelled
      case .booked, .ringing: throw .notRinging
      }
    }
    return stopRing(entry(.declined, cause: .requested, note: note))
  }

  func expireRing() -> VisitChange {
    guard let expiry = visit.ringExpiresAt, now >= expiry else { return unchanged }
    return stopRing(entry(.missed, participant: visit.citizenID, cause: .timeout))
  }

  private func stopRing(_ entry: LedgerDraft) -> VisitChange {
    change([entry]) { visit in
      if visit.state == .ringing { visit.state = .missed }
      visit.ringExpiresAt = nil
    }
  }

  // MARK: Ending

  func hangUp(note: String?) throws(Refusal) -> VisitChange {
    let person = try requireInRoom()
    switch visit.state {
    case .booked: throw .notInProgress
    case .missed, .ended, .cancelled: return unchanged
    case .ringing:
      if person == visit.citizenID { return try decline(note: note) }
      guard person == visit.workerID else { return unchanged }
      return stopRing(
        entry(.missed, participant: visit.citizenID, cause: .callerGaveUp, note: note))
    case .active:
      // One who leaves a group leaves it to the others; only the worker ends it.
      guard visit.isTwoParty || person == visit.workerID else {
        return VisitChange(visit: visit, entries: [entry(.left, cause: .hungUp, note: note)])
      }
      return finish(.ended, entry(.ended, cause: .hungUp, note: note))
    }
  }

  func end(cause: LedgerCause) -> VisitChange {
    guard visit.state == .active else { return unchanged }
    return finish(.ended, entry(.ended, cause: cause))
  }

  /// A home or telephone visit ends by a person's word: no relay saw it. Said again, it changes
  /// nothing.
  func reportHeld() throws(Refusal) -> VisitChange {
    try OutcomeRules.requireWorker(initiator, of: visit)
    switch visit.state {
    case .ended: return unchanged
    case .cancelled: throw .visitWasCancelled
    case .ringing, .active: throw .visitInProgress
    case .booked, .missed:
      guard visit.start <= now else { throw .outcomeTooEarly }
      return finish(.ended, entry(.ended, cause: .reported))
    }
  }

  func cancel(note: String?) throws(Refusal) -> VisitChange {
    if !isOwnToCallOff {
      try VisitRules.requireStaff(initiator, of: visit, colleagues: colleagues)
    }
    switch visit.state {
    case .cancelled: return unchanged
    case .ended: throw .visitOver
    case .active: throw .visitInProgress
    case .booked, .missed, .ringing:
      return finish(.cancelled, entry(.cancelled, cause: .requested, note: note))
    }
  }

  /// Whether a citizen says before a visit of her own begins that it will not be (E3). A group's
  /// meeting is the others' as well, and one that should have begun is talked about.
  private var isOwnToCallOff: Bool {
    initiator.role == .citizen && initiator.person == visit.citizenID && visit.form != .group
      && now < visit.start
  }

  private func finish(_ state: VisitState, _ entry: LedgerDraft) -> VisitChange {
    change([entry]) { visit in
      visit.state = state
      visit.ringExpiresAt = nil
    }
  }

  // MARK: Facts

  func record(_ report: MediaReport, key: String?) -> VisitChange {
    let kind: LedgerKind =
      switch report.kind {
      case .mediaConnected: .mediaConnected
      case .interrupted: .interrupted
      case .resumed: .resumed
      case .left: .left
      case .picture: .picture
      }
    let entry = LedgerDraft(
      at: now, kind: kind, participant: report.participant, cause: report.cause,
      device: report.device, session: report.session, attempt: report.attempt, key: key)
    return VisitChange(visit: visit, entries: [entry])
  }

  // MARK: Pieces

  private var unchanged: VisitChange { VisitChange(visit: visit, entries: []) }

  private func change(
    _ entries: [LedgerDraft], _ body: (inout Visit) -> Void
  ) -> VisitChange {
    var changed = visit
    body(&changed)
    return VisitChange(visit: changed, entries: entries)
  }

  private func entry(
    _ kind: LedgerKind, participant: PersonID? = nil, cause: LedgerCause, note: String? = nil
  ) -> LedgerDraft {
    LedgerDraft(
      at: now, kind: kind, participant: participant ?? initiator.person, cause: cause, note: note,
      device: initiator.device)
  }

  private var isInvited: Bool {
    visit.form != .group && initiator.person.map(visit.others.contains) == true
  }

  /// Who takes part, or looks on with everybody's consent (D10).
  private func requireInRoom() throws(Refusal) -> PersonID {
    guard let person = initiator.person,
      visit.participants.contains(person) || observers.contains(person)
    else { throw .notYourVisit }
    return person
  }

  private func requireWorker(else refusal: Refusal) throws(Refusal) {
    guard let person = initiator.person, visit.participants.contains(person) else {
      throw .notYourVisit
    }
    guard person == visit.workerID else { throw refusal }
  }

  private func requireCitizen() throws(Refusal) {
    guard let person = initiator.person, visit.participants.contains(person) else {
      throw .notYourVisit
    }
    guard person == visit.citizenID else { throw .onlyCitizenAnswers }
  }
}
