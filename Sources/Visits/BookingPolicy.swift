/// A visit that somebody wants in the calendar, with what a rule needs to judge it.
public struct BookingProposal: Sendable {
  /// The visit as it would become.
  public var visit: Visit
  /// Who is visited.
  public var citizen: Person
  /// Who visits.
  public var worker: Person
  /// Who wants it.
  public var initiator: Initiator
  /// The time now.
  public var now: UTCMilliseconds
  /// The visit as it is; nil when it is new.
  public var previous: Visit?

  /// A proposal.
  public init(
    visit: Visit, citizen: Person, worker: Person, initiator: Initiator, now: UTCMilliseconds,
    previous: Visit? = nil
  ) {
    self.visit = visit
    self.citizen = citizen
    self.worker = worker
    self.initiator = initiator
    self.now = now
    self.previous = previous
  }
}

/// One further condition on bookings: where grants, opening hours and group placement plug in.
public protocol BookingRule: Sendable {
  /// Throws when the proposal must not be booked.
  func check(_ proposal: BookingProposal) throws(Refusal)
}

/// What a municipality lets be booked.
public struct BookingPolicy: Sendable {
  /// Lengths in minutes. From a two-minute check-in's calendar slot to a whole working day out.
  public var durationMinutes: ClosedRange<Int> = 5...480
  /// How far ahead, in days: a year and a bit, so that next year's series can be laid.
  public var farthestDays = 400
  /// How long ago a start may lie, in minutes: "now", said on a clock that is slow.
  public var graceMinutes = 5
  /// Forms that can be booked.
  public var forms: Set<VisitForm> = [.screen, .physical]
  /// Further conditions, asked in order.
  public var rules: [any BookingRule] = []

  /// The default policy.
  public init() {}

  /// Throws unless the proposal may be booked, as far as the proposal alone can tell: whether
  /// anybody is busy then is the store's to see.
  public func check(_ proposal: BookingProposal) throws(Refusal) {
    switch proposal.initiator.role {
    case .supportWorker, .teamLead, .operations, nil: break
    case .citizen: throw .onlyStaffBooks
    case .caseWorker, .administrator: throw .bookingIsForTheTeam
    }
    let visit = proposal.visit
    guard forms.contains(visit.form) else { throw .formNotOffered }
    guard proposal.citizen.role == .citizen else {
      throw .notACitizen(name: proposal.citizen.displayName)
    }
    guard proposal.worker.role.givesSupport else {
      throw .notASupportWorker(name: proposal.worker.displayName)
    }
    guard durationMinutes.contains(visit.durationMinutes) else {
      throw .durationOutOfRange(durationMinutes)
    }
    // A visit whose start is not touched may be made longer while its time is coming up or past.
    if visit.start != proposal.previous?.start {
      guard visit.start >= proposal.now.adding(minutes: -graceMinutes) else {
        throw .startsInThePast
      }
    }
    guard visit.start <= proposal.now.adding(minutes: farthestDays * 1440) else {
      throw .startsTooFarAhead(days: farthestDays)
    }
    for rule in rules { try rule.check(proposal) }
  }
}
