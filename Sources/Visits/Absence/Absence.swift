/// Names an absence.
public struct AbsenceID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Why a support worker is away, as coarse as the rules need it: never a diagnosis, and never told
/// to a citizen.
public enum AbsenceKind: String, Codable, Sendable, Hashable, CaseIterable {
  /// Ill, or at home with an ill child (sygdom).
  case illness
  /// Holiday, known beforehand (ferie).
  case holiday
  /// A course, a meeting or anything else.
  case other
}

/// A time in which a support worker holds no visits (B11).
public struct Absence: Hashable, Sendable, Codable {
  /// The absence's id.
  public var id: AbsenceID
  /// The municipality.
  public var tenant: TenantID
  /// Who is away.
  public var worker: PersonID
  /// Why, coarsely.
  public var kind: AbsenceKind
  /// From when until when. Made longer or shorter when more is known.
  public var window: TimeWindow
  /// Who reported it: the worker or a colleague. Nil where a calendar system did.
  public var reportedBy: PersonID?
  /// When it was reported.
  public var reportedAt: UTCMilliseconds
  /// When it was taken back altogether; nil while it stands.
  public var withdrawnAt: UTCMilliseconds?

  /// An absence.
  public init(
    id: AbsenceID, tenant: TenantID, worker: PersonID, kind: AbsenceKind, window: TimeWindow,
    reportedBy: PersonID? = nil, reportedAt: UTCMilliseconds, withdrawnAt: UTCMilliseconds? = nil
  ) {
    self.id = id
    self.tenant = tenant
    self.worker = worker
    self.kind = kind
    self.window = window
    self.reportedBy = reportedBy
    self.reportedAt = reportedAt
    self.withdrawnAt = withdrawnAt
  }

  /// The longest absence, in days: a leave of a year and a half. Longer is a mistyped year.
  public static let longestDays = 550

  /// Whether it keeps `worker` from a visit in `window`.
  public func covers(_ worker: PersonID, in window: TimeWindow) -> Bool {
    withdrawnAt == nil && worker == self.worker && self.window.overlaps(window)
  }

  /// Whether the visit cannot be held by its worker because of it.
  public func affects(_ visit: Visit) -> Bool {
    visit.tenant == tenant && covers(visit.workerID, in: visit.window)
  }

  /// The absence, or the reason why it cannot be entered.
  ///
  /// It may have begun already: most illness is reported when it has.
  public func checked() throws(Refusal) -> Absence {
    guard !window.isEmpty else { throw .absenceEmpty }
    guard window.minutes <= Self.longestDays * 1440 else {
      throw .absenceTooLong(days: Self.longestDays)
    }
    return self
  }
}

extension Visit {
  /// The time it is planned to take.
  var window: TimeWindow { TimeWindow(start: start, end: end) }
}

extension Initiator {
  /// The person, where it is someone who gives support.
  var supporter: PersonID? { role?.givesSupport == true ? person : nil }

  /// The person, where they are one of those who book; throws where others do. Whose citizens they
  /// may do it for is the access rules' to say.
  func requireBooker() throws(Refusal) -> PersonID {
    switch self {
    case .person(let id, role: .supportWorker, _), .person(let id, role: .teamLead, _),
      .person(let id, role: .operations, _):
      return id
    case .person(_, role: .caseWorker, _), .person(_, role: .administrator, _):
      throw .bookingIsForTheTeam
    case .person(_, role: .citizen, _), .system: throw .onlyStaffBooks
    }
  }
}
