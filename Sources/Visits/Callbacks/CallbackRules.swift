/// From "ring mig op" to a talk, with nobody forgotten on the way (E2, E23, B14).
///
/// ```
///             claim                 reached
///   waiting ─────────▶ claimed ─────────────▶ done
///    │ ▲ ▲ escalates      │ release, the lock lapses, no answer
///    │ │ └── by itself    │
///    │ └──────────────────┘
///    └── withdraw (also from claimed) ──▶ withdrawn
/// ```
/// Only a talk or the citizen closes a request: calls in vain never do.
public struct CallbackRules: Sendable {
  /// How soon somebody takes an ordinary request, in minutes of contact hours.
  public var ordinaryMinutes = 120
  /// How soon somebody takes an urgent one, in minutes of contact hours.
  public var urgentMinutes = 10
  /// How long who has taken a request has to talk with the citizen, in minutes.
  public var claimMinutes = 15
  /// When the citizen is called again after a call in vain, in minutes: after the first, the second,
  /// and every further one.
  public var retryMinutes = [10, 60, 180]
  /// The longest note, in characters.
  public static let longestNote = 200

  /// The default rules.
  public init() {}

  /// The request as it becomes when the citizen asks: `open`, where they have one open already,
  /// made urgent if need be, or a new one.
  ///
  /// - Parameter hours: The team's contact hours from now on, as far as known.
  public func ask(
    id: CallbackID, tenant: TenantID, citizen: PersonID, team: TeamID, isUrgent: Bool,
    origin: CallbackOrigin = .button, about: String? = nil, open: CallbackRequest?,
    hours: TimeWindows, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> CallbackRequest {
    guard initiator.role != .citizen || initiator.person == citizen else {
      throw .notYourCallback
    }
    let about = try PersonalNumber.checked(about, longest: Self.longestNote)
    if var open, open.state.isOpen, open.citizen == citizen {
      open.about = about ?? open.about
      guard isUrgent, !open.isUrgent else { return open }
      open.isUrgent = true
      if open.state == .waiting {
        // A wait that was agreed with nobody does not hold up an emergency.
        open.retryAt = nil
        schedule(&open, from: now, hours: hours)
      }
      return open
    }
    var request = CallbackRequest(
      id: id, tenant: tenant, citizen: citizen, team: team, isUrgent: isUrgent, origin: origin,
      about: about, createdAt: now)
    schedule(&request, from: now, hours: hours)
    return request
  }

  /// The request after a worker has looked at it. The first is named to the citizen.
  public func see(
    _ request: CallbackRequest, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> CallbackRequest {
    let worker = try requireStaff(initiator)
    guard request.state.isOpen, request.seenBy == nil else { return request }
    var seen = request
    seen.seenBy = worker
    seen.seenAt = now
    return seen
  }

  /// The request taken by a worker, who alone calls then.
  ///
  /// - Parameter holderName: The name of who has taken it, for a colleague who comes second.
  public func claim(
    _ request: CallbackRequest, by initiator: Initiator, holderName: String,
    at now: UTCMilliseconds
  ) throws(Refusal) -> CallbackRequest {
    let worker = try requireStaff(initiator)
    switch request.state {
    case .done, .withdrawn: throw .callbackClosed
    case .claimed:
      if request.claimedBy == worker { return request }
      if !lapsed(request, at: now) {
        throw .callbackTaken(by: holderName, at: request.claimedAt ?? now)
      }
    case .waiting: break
    }
    var claimed = try see(request, by: initiator, at: now)
    claimed.state = .claimed
    claimed.claimedBy = worker
    claimed.claimedAt = now
    claimed.escalatesAt = nil
    claimed.retryAt = nil
    return claimed
  }

  /// The request put back by who had taken it.
  public func release(
    _ request: CallbackRequest, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> CallbackRequest {
    let worker = try requireStaff(initiator)
    if request.state == .waiting { return request }
    try requireHolder(worker, of: request)
    return putBack(request, at: now)
  }

  /// The request after a call in vain: it waits for the next try and belongs to everybody again.
  public func noAnswer(
    _ request: CallbackRequest, by initiator: Initiator, hours: TimeWindows,
    at now: UTCMilliseconds
  ) throws(Refusal) -> CallbackRequest {
    let worker = try requireStaff(initiator)
    try requireHolder(worker, of: request)
    var tried = putBack(request, at: now)
    tried.attempts += 1
    let wait = retryMinutes.isEmpty ? 60 : retryMinutes[min(tried.attempts, retryMinutes.count) - 1]
    let retry = ContactHours.adding(minutes: wait, to: now, in: hours)
    tried.retryAt = retry
    schedule(&tried, from: retry, hours: hours)
    return tried
  }

  /// The request done: they have talked. A repeat changes nothing.
  public func reached(
    _ request: CallbackRequest, in visit: VisitID? = nil, by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> CallbackRequest {
    let worker = try requireStaff(initiator)
    if request.state == .done, request.claimedBy == worker { return request }
    try requireHolder(worker, of: request)
    var done = request
    done.state = .done
    done.closedAt = now
    done.visit = visit
    done.escalatesAt = nil
    return done
  }

  /// The request taken back by the citizen. A repeat changes nothing.
  public func withdraw(
    _ request: CallbackRequest, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> CallbackRequest {
    guard initiator.person == request.citizen else { throw .notYourCallback }
    switch request.state {
    case .withdrawn, .done: return request
    case .waiting, .claimed: break
    }
    var withdrawn = request
    withdrawn.state = .withdrawn
    withdrawn.closedAt = now
    withdrawn.escalatesAt = nil
    return withdrawn
  }

  /// What time alone does to a request: a lock that has lapsed opens, and a request that nobody
  /// takes is carried further.
  public func advance(
    _ request: CallbackRequest, hours: TimeWindows, to now: UTCMilliseconds
  ) -> CallbackRequest {
    var request = request
    if request.state == .claimed, lapsed(request, at: now) {
      request = putBack(request, at: lapse(of: request) ?? now)
    }
    while request.state == .waiting, let due = request.escalatesAt, due <= now,
      let next = Escalation(rawValue: request.escalation.rawValue + 1)
    {
      request.escalation = next
      request.escalatesAt =
        next == .lead
        ? nil
        : ContactHours.adding(minutes: minutes(request), to: due, in: hours)
    }
    return request
  }

  /// When `advance` next has something to do; nil when never.
  public func nextWake(of request: CallbackRequest) -> UTCMilliseconds? {
    switch request.state {
    case .claimed: lapse(of: request)
    case .waiting: request.escalatesAt
    case .done, .withdrawn: nil
    }
  }

  // MARK: Pieces

  private func minutes(_ request: CallbackRequest) -> Int {
    request.isUrgent ? urgentMinutes : ordinaryMinutes
  }

  private func schedule(
    _ request: inout CallbackRequest, from start: UTCMilliseconds, hours: TimeWindows
  ) {
    request.dueAt = ContactHours.adding(minutes: minutes(request), to: start, in: hours)
    request.escalatesAt = request.escalation == .lead ? nil : request.dueAt
  }

  /// Back to everybody, due when it was: taking and putting back must not win time.
  private func putBack(_ request: CallbackRequest, at now: UTCMilliseconds) -> CallbackRequest {
    var back = request
    back.state = .waiting
    back.claimedBy = nil
    back.claimedAt = nil
    back.escalatesAt = request.escalation == .lead ? nil : max(request.dueAt, now)
    return back
  }

  private func lapse(of request: CallbackRequest) -> UTCMilliseconds? {
    request.claimedAt?.adding(minutes: claimMinutes)
  }

  private func lapsed(_ request: CallbackRequest, at now: UTCMilliseconds) -> Bool {
    lapse(of: request).map { now >= $0 } ?? true
  }

  private func requireStaff(_ initiator: Initiator) throws(Refusal) -> PersonID {
    guard let worker = initiator.supporter else { throw .onlyStaffCallsBack }
    return worker
  }

  private func requireHolder(_ worker: PersonID, of request: CallbackRequest) throws(Refusal) {
    switch request.state {
    case .claimed:
      guard request.claimedBy == worker else { throw .takenByColleague }
    case .waiting: throw .callbackNotTaken
    case .done, .withdrawn: throw .callbackClosed
    }
  }
}
