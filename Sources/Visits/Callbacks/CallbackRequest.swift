/// Names a request to be called.
public struct CallbackID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Where a request to be called came from.
public enum CallbackOrigin: String, Codable, Sendable, Hashable, CaseIterable {
  /// The citizen pressed "ring mig op" (E2).
  case button
  /// The citizen rang back and nobody was there.
  case ringBack = "ring-back"
  /// The drop-in queue closed before the citizen's turn, or the citizen was not reached there.
  case dropIn = "drop-in"
  /// A booked visit was rung in vain (H1).
  case missedVisit = "missed-visit"
}

/// Where a request to be called is in its life.
public enum CallbackState: String, Codable, Sendable, Hashable, CaseIterable {
  /// Nobody has taken it.
  case waiting
  /// A worker has taken it and is to call; nobody else can.
  case claimed
  /// They have talked.
  case done
  /// The citizen took it back.
  case withdrawn

  /// Whether somebody is still to call.
  public var isOpen: Bool { self == .waiting || self == .claimed }
}

/// How far a request that nobody has taken has been carried.
public enum Escalation: Int, Codable, Sendable, Hashable, CaseIterable, Comparable {
  /// Shown to the citizen's own worker, the backup and whoever has the duty.
  case duty = 0
  /// Shown to everybody in the team, with a sound.
  case team = 1
  /// Told to the team lead; the citizen is shown the number that is answered at once.
  case lead = 2

  /// Whether `a` is carried less far.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A citizen asks to be called (E2, E23, B14). At most one per citizen is open.
public struct CallbackRequest: Hashable, Sendable, Codable {
  /// The request's id.
  public var id: CallbackID
  /// The municipality.
  public var tenant: TenantID
  /// Who wants to be called.
  public var citizen: PersonID
  /// The team that is asked.
  public var team: TeamID
  /// Whether it is urgent ("akut behov").
  public var isUrgent: Bool
  /// Where it came from.
  public var origin: CallbackOrigin
  /// What it is about, in a few words; never needed.
  public var about: String?
  /// Where it is in its life.
  public var state: CallbackState
  /// When it was made.
  public var createdAt: UTCMilliseconds
  /// When somebody should have taken it, counted in the team's contact hours.
  public var dueAt: UTCMilliseconds
  /// How far it has been carried.
  public var escalation: Escalation
  /// When it is carried further, unless taken; nil when it is not.
  public var escalatesAt: UTCMilliseconds?
  /// Who was first to see it ("Set af Anne kl. 10.12").
  public var seenBy: PersonID?
  /// When.
  public var seenAt: UTCMilliseconds?
  /// Who has taken it.
  public var claimedBy: PersonID?
  /// When.
  public var claimedAt: UTCMilliseconds?
  /// How often the citizen was called in vain.
  public var attempts: Int
  /// Not before this is the citizen called again; nil when at any time.
  public var retryAt: UTCMilliseconds?
  /// When it was done or withdrawn.
  public var closedAt: UTCMilliseconds?
  /// The visit in which they talked, where there is one.
  public var visit: VisitID?

  /// A new request; the rules set the times.
  init(
    id: CallbackID, tenant: TenantID, citizen: PersonID, team: TeamID, isUrgent: Bool,
    origin: CallbackOrigin, about: String?, createdAt: UTCMilliseconds
  ) {
    self.id = id
    self.tenant = tenant
    self.citizen = citizen
    self.team = team
    self.isUrgent = isUrgent
    self.origin = origin
    self.about = about
    state = .waiting
    self.createdAt = createdAt
    dueAt = createdAt
    escalation = .duty
    attempts = 0
  }

  /// The order in which the team should take requests: urgent ones first, then by when they are
  /// due, then by age (B14). Those already taken, and those to be tried again later, come last.
  public static func inOrder(
    _ requests: [CallbackRequest], at now: UTCMilliseconds
  ) -> [CallbackRequest] {
    func rank(_ request: CallbackRequest) -> Int {
      if request.state == .claimed { return 3 }
      if let retry = request.retryAt, retry > now { return 2 }
      return request.isUrgent ? 0 : 1
    }
    return requests.filter(\.state.isOpen).sorted { a, b in
      (rank(a), a.dueAt, a.createdAt, a.id.rawValue) < (
        rank(b), b.dueAt, b.createdAt, b.id.rawValue
      )
    }
  }
}
