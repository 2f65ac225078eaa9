/// Who is around a citizen: the known faces, the team behind them and the case worker (B10, B12,
/// B13).
public struct CareCircle: Hashable, Sendable, Codable {
  /// The citizen.
  public var citizen: PersonID
  /// The teams that share the citizen; usually one.
  public var teams: [TeamID]
  /// The known support worker.
  public var primaryWorker: PersonID?
  /// The named backup, first choice when the known one is away.
  public var backup: PersonID?
  /// The case worker.
  public var caseWorker: PersonID?

  /// A circle.
  public init(
    citizen: PersonID, teams: [TeamID] = [], primaryWorker: PersonID? = nil,
    backup: PersonID? = nil, caseWorker: PersonID? = nil
  ) {
    self.citizen = citizen
    self.teams = teams
    self.primaryWorker = primaryWorker
    self.backup = backup
    self.caseWorker = caseWorker
  }
}

/// Part of a citizen's record, as far as access to it differs.
public enum RecordPart: String, Codable, Sendable, Hashable, CaseIterable {
  /// Name, devices, when they were last seen: what it takes to ring somebody.
  case contact
  /// Visits and series: when, with whom, in what form.
  case visits
  /// Grants, their terms and statuses.
  case grants
  /// Goals, notes, outcomes, scores and readiness.
  case notes
  /// Consents.
  case consents
  /// Absence of somebody, to-dos and follow-ups.
  case followUps
  /// The citizen's own plan for hard days (E24, H14).
  case copingCard
  /// With whom the citizen is not placed in a group (D3). It is about others too.
  case placement
  /// How calls went technically.
  case callQuality
  /// Who saw what.
  case accessLog
}

/// What somebody wants to do with a part of a record.
public enum AccessAction: String, Codable, Sendable, Hashable, CaseIterable {
  /// See it.
  case read
  /// Change it.
  case write
  /// Take everything out, for the citizen or another system.
  case export
}

/// On what ground somebody has access.
public enum AccessBasis: String, Codable, Sendable, Hashable, CaseIterable {
  /// It is about oneself.
  case own
  /// The known support worker, the backup, or who has or had a visit with the citizen lately.
  case knownWorker
  /// A colleague of the citizen's team, or its lead.
  case team
  /// The citizen's case worker.
  case caseWorker
  /// On duty and called upon (H14).
  case duty
  /// The role itself, as operations with devices.
  case role
  /// Outside all that, for a reason that was given.
  case reason
}
