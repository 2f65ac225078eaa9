/// Following up a visit that was not answered (H1–H3).
///
/// Its changes are a follow-up and nothing else: no visit and no series is among them, so that none
/// can be called off by it.
public struct NoShowRules: Sendable {
  /// How patient.
  public var policy: NoShowPolicy

  /// Rules under a policy.
  public init(policy: NoShowPolicy = NoShowPolicy()) {
    self.policy = policy
  }

  /// The follow-up that an outcome begins; nil where the visit was answered, called off, or failed
  /// for technical reasons: none of that is the citizen's not coming.
  ///
  /// - Parameter before: How many visits in a row were not answered before this one.
  public func open(
    after outcome: VisitOutcome, inARow before: Int, at now: UTCMilliseconds
  ) -> NoShowPath? {
    guard outcome.kind == .notAnswered else { return nil }
    // One who said no thank you was reached, and is not rung again. One who was not at home is.
    let declined = outcome.notAnswered == .declined
    let step: NoShowStep = declined ? .toDo : outcome.notAnswered == .notThere ? .phone : .tryAgain
    return NoShowPath(
      visit: outcome.visit, citizen: outcome.citizen, worker: outcome.worker,
      cause: outcome.notAnswered, inARow: max(0, before) + 1, openedAt: now, step: step,
      due: due(step, from: now))
  }

  /// The follow-up as it is at `now`: a step that lay too long gives way to the next, and a to-do
  /// that lay too long reaches the team lead. Nothing ends by time.
  public func advance(_ path: NoShowPath, to now: UTCMilliseconds) -> NoShowPath {
    guard path.isOpen else { return path }
    var path = path
    if path.step == .tryAgain,
      now >= path.due.adding(minutes: policy.retryAfterMinutes)
    {
      go(&path, to: .phone, from: path.due.adding(minutes: policy.retryAfterMinutes))
    }
    if path.step == .phone, now >= path.due { go(&path, to: .toDo, from: path.due) }
    let escalation = path.due.adding(minutes: policy.escalateAfterMinutes)
    if path.step == .toDo || path.step == .readiness, path.escalatedAt == nil, now >= escalation {
      path.escalatedAt = escalation
    }
    return path
  }

  /// What a command does to a follow-up, or throws.
  public func apply(
    _ command: NoShowCommand, to path: NoShowPath, by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> NoShowPath {
    try requireTeam(initiator)
    guard path.isOpen else { throw .followUpOver }
    var path = advance(path, to: now)
    switch command {
    case .tried(let way, let reached):
      path.tries.append(ContactTry(way: way, reached: reached, by: initiator.person, at: now))
      if reached { settle(&path, .reached, at: now) } else { moveOn(&path, after: way, at: now) }
    case .writeReadiness(let level, let text):
      guard let text = try OutcomeRules.note(text, longest: OutcomeRules.longestNote) else {
        throw .readinessNeedsWords
      }
      path.readiness = ReadinessNote(level: level, text: text, by: initiator.person, at: now)
      if path.wasReached { settle(&path, .reached, at: now) }
    case .handOver(let worker):
      path.worker = worker
      path.escalatedAt = nil
      path.due = due(path.step, from: now)
    case .close(let ending):
      guard ending != .reached || path.wasReached else { throw .notReachedYet }
      if ending == .citizensWish, !path.wasReached { throw .notReachedYet }
      guard !needsReadiness(path) else { throw .readinessFirst(inARow: path.inARow) }
      path.ending = ending
      path.endedAt = now
    }
    return path
  }

  /// The partners that may be told that the citizen was not reached, with what they are told: those
  /// the citizen has named and agreed to, once ringing and the telephone have not helped (H3). Of
  /// one who said no thank you nobody is told: that citizen was reached.
  public func partnerAlerts(
    for path: NoShowPath, consents: ConsentRegister, citizenName: String, on day: LocalDate
  ) -> [PartnerAlert] {
    guard path.isOpen, !path.wasReached, path.cause != .declined,
      path.step == .toDo || path.step == .readiness
    else {
      return []
    }
    return consents.valid(.partnerAlert, on: day).compactMap { consent in
      consent.recipient.map {
        PartnerAlert(
          consent: consent.id, recipient: $0, contact: consent.contact,
          text: .partnerAlert(name: citizenName))
      }
    }
  }

  // MARK: Steps

  private func needsReadiness(_ path: NoShowPath) -> Bool {
    path.inARow >= policy.readinessAfter && path.readiness == nil
  }

  private func settle(
    _ path: inout NoShowPath, _ ending: NoShowPath.Ending, at now: UTCMilliseconds
  ) {
    if needsReadiness(path) {
      go(&path, to: .readiness, from: now)
    } else {
      path.ending = ending
      path.endedAt = now
    }
  }

  private func moveOn(_ path: inout NoShowPath, after way: ContactWay, at now: UTCMilliseconds) {
    switch path.step {
    case .tryAgain:
      let rings = path.tries.filter { $0.way == .ring }.count
      if way == .phone {
        go(&path, to: .toDo, from: now)
      } else {
        go(&path, to: rings >= policy.retries ? .phone : .tryAgain, from: now)
      }
    case .phone:
      if way == .phone || way == .inPerson { go(&path, to: .toDo, from: now) }
    case .toDo, .readiness:
      // Somebody is at it: the next look is a day away again, and the lead need not wait for it.
      path.due = due(path.step, from: now)
      path.escalatedAt = nil
    }
  }

  private func go(_ path: inout NoShowPath, to step: NoShowStep, from time: UTCMilliseconds) {
    path.step = step
    path.due = due(step, from: time)
  }

  private func due(_ step: NoShowStep, from time: UTCMilliseconds) -> UTCMilliseconds {
    switch step {
    case .tryAgain: time.adding(minutes: policy.retryAfterMinutes)
    case .phone: time.adding(minutes: policy.phoneMinutes)
    case .toDo, .readiness: time.adding(minutes: policy.toDoMinutes)
    }
  }

  private func requireTeam(_ initiator: Initiator) throws(Refusal) {
    switch initiator.role {
    case .supportWorker, .teamLead, nil: return
    case .citizen, .caseWorker, .operations, .administrator: throw .followUpIsForTheTeam
    }
  }
}

/// Word to a partner that the citizen was not reached.
public struct PartnerAlert: Hashable, Sendable {
  /// The consent it rests on.
  public var consent: ConsentID
  /// The partner, as the citizen named them.
  public var recipient: String
  /// Where they are told; nil where somebody rings them.
  public var contact: ConsentContact?
  /// What they are told.
  public var text: Notice

  /// Word to a partner.
  public init(consent: ConsentID, recipient: String, contact: ConsentContact?, text: Notice) {
    self.consent = consent
    self.recipient = recipient
    self.contact = contact
    self.text = text
  }
}
