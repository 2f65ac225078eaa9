/// What can be done about a visit whose support worker is away (B11).
public enum RemedyKind: String, Codable, Sendable, Hashable, CaseIterable {
  /// A colleague holds it at the same time.
  case substitute
  /// It is held at another time, by the same worker or a colleague.
  case move
  /// It becomes a telephone call: by a colleague, or at another time.
  case phone
  /// It is called off.
  case cancel
}

/// One way of covering a citizen's need, to be agreed with the citizen.
public struct AbsenceRemedy: Hashable, Sendable, Codable {
  /// What is done.
  public var kind: RemedyKind
  /// Who holds the visit instead; nil for the worker it was booked with.
  public var worker: PersonID?
  /// When instead; nil for the time it was booked at.
  public var start: UTCMilliseconds?

  /// A remedy.
  public init(kind: RemedyKind, worker: PersonID? = nil, start: UTCMilliseconds? = nil) {
    self.kind = kind
    self.worker = worker
    self.start = start
  }

  /// A colleague holds it.
  public static func substitute(_ worker: PersonID) -> Self {
    Self(kind: .substitute, worker: worker)
  }

  /// It is held at another time.
  public static func move(to start: UTCMilliseconds, worker: PersonID? = nil) -> Self {
    Self(kind: .move, worker: worker, start: start)
  }

  /// It becomes a telephone call.
  public static func phone(by worker: PersonID? = nil, at start: UTCMilliseconds? = nil) -> Self {
    Self(kind: .phone, worker: worker, start: start)
  }

  /// It is called off.
  public static let cancel = Self(kind: .cancel)
}

/// Where a to-do about one visit is in its life.
public enum AbsenceTaskState: String, Codable, Sendable, Hashable, CaseIterable {
  /// Somebody must find a way.
  case open
  /// A remedy has been put to the citizen, who has not answered.
  case proposed
  /// The citizen has agreed and the visit is changed accordingly.
  case settled
  /// There is nothing left to do: the worker is back, or the visit is over or changed otherwise.
  case dropped
}

/// How the citizen agreed.
public enum AgreementWay: String, Codable, Sendable, Hashable, CaseIterable {
  /// On the citizen's own screen.
  case screen
  /// On the telephone.
  case phone
  /// By an answered message.
  case message
  /// Face to face.
  case inPerson = "in-person"
}

/// The citizen's word, as recorded. Without one nothing is changed (B11: "aftales det med borgeren").
public struct CitizenAgreement: Hashable, Sendable, Codable {
  /// How it was given.
  public var way: AgreementWay
  /// Who recorded it: the citizen, on screen, or the colleague who spoke with them.
  public var recordedBy: PersonID
  /// When.
  public var at: UTCMilliseconds

  /// An agreement.
  public init(way: AgreementWay, recordedBy: PersonID, at: UTCMilliseconds) {
    self.way = way
    self.recordedBy = recordedBy
    self.at = at
  }
}

/// A to-do: one visit that its worker cannot hold. At most one per absence and visit.
public struct AbsenceTask: Hashable, Sendable, Codable {
  /// The absence.
  public var absence: AbsenceID
  /// The visit.
  public var visit: VisitID
  /// Whose visit it is.
  public var citizen: PersonID
  /// When the visit begins: until then something must be agreed.
  public var dueAt: UTCMilliseconds
  /// Where it is in its life.
  public var state: AbsenceTaskState
  /// The colleague who sees to it; nil while it is everybody's (B13).
  public var owner: PersonID?
  /// What was put to the citizen or agreed.
  public var remedy: AbsenceRemedy?
  /// The citizen's word.
  public var agreement: CitizenAgreement?
  /// What a person wrote about it, for instance why the citizen said no.
  public var note: String?

  /// A to-do that nobody has looked at yet.
  public init(absence: AbsenceID, visit: Visit) {
    self.absence = absence
    self.visit = visit.id
    citizen = visit.citizenID
    dueAt = visit.start
    state = .open
  }

  /// Whether somebody must still do something.
  public var isPending: Bool { state == .open || state == .proposed }

  /// Whether the visit's time has come and nothing is agreed: shown first, in the team's own colour
  /// for trouble, until somebody has spoken with the citizen.
  public func isOverdue(at now: UTCMilliseconds) -> Bool { isPending && now >= dueAt }
}

/// What can be asked of a to-do.
public enum AbsenceCommand: Hashable, Sendable {
  /// A colleague takes it upon themselves.
  case take
  /// Put a remedy to the citizen.
  case propose(AbsenceRemedy)
  /// The citizen says yes to what was proposed.
  case agree
  /// The citizen says no to it.
  case decline(reason: String?)
  /// A colleague has spoken with the citizen and records what they agreed.
  case settle(AbsenceRemedy, way: AgreementWay)
}

/// What a command does to a to-do.
public struct AbsenceChange: Hashable, Sendable {
  /// The to-do afterwards.
  public var task: AbsenceTask
  /// The visit afterwards with what to write in its ledger; nil when it stays as it was. Its free
  /// time must still be checked where it is stored.
  public var visit: VisitChange?

  /// A change.
  public init(task: AbsenceTask, visit: VisitChange? = nil) {
    self.task = task
    self.visit = visit
  }
}
