/// A grant somebody wants to record.
public struct GrantRequest: Hashable, Sendable {
  /// The new grant's id.
  public var id: GrantID
  /// The paragraph.
  public var basis: LegalBasis
  /// The first day.
  public var start: LocalDate
  /// The last day; nil for the longest a § 82 b course can be, and for an open-ended § 85 one.
  public var end: LocalDate?
  /// The most visits; nil for the policy's.
  public var visitCap: Int?
  /// The package; nil without one.
  public var package: PackageID?
  /// What is granted; nil for what the package comes with.
  public var terms: GrantTerms?
  /// What it is for.
  public var purposes: Set<SupportPurpose>
  /// Whom it is for.
  public var targetGroup: TargetGroup
  /// Why support that belongs in the café is given otherwise (A8).
  public var cafeException: String?
  /// The case or journal number of the decision.
  public var reference: String?

  /// A request.
  public init(
    id: GrantID, basis: LegalBasis, start: LocalDate, end: LocalDate? = nil, visitCap: Int? = nil,
    package: PackageID? = nil, terms: GrantTerms? = nil,
    purposes: Set<SupportPurpose> = [.everydayLife], targetGroup: TargetGroup = .psychiatry,
    cafeException: String? = nil, reference: String? = nil
  ) {
    self.id = id
    self.basis = basis
    self.start = start
    self.end = end
    self.visitCap = visitCap
    self.package = package
    self.terms = terms
    self.purposes = purposes
    self.targetGroup = targetGroup
    self.cafeException = cafeException
    self.reference = reference
  }
}

/// What can be asked of a grant that exists.
public enum GrantCommand: Hashable, Sendable {
  /// More visits, or a later last day within what the paragraph allows. Once (A5).
  case extend(extraVisits: Int, until: LocalDate?, reason: String, reference: String?)
  /// Other forms or another extent. On § 85 it waits for a decision (A10).
  case propose(GrantTerms, from: LocalDate, reason: String)
  /// A case worker decides what is proposed; `from` replaces the proposed day where given.
  case decide(approved: Bool, from: LocalDate?, reference: String?)
  /// The proposal is taken back.
  case withdrawProposal
  /// A status is written (H6). Written again, it replaces the former.
  case writeStatus(milestone: GrantMilestone.ID, text: String)
  /// Support that belongs in the café is given otherwise, for a reason; nil takes that back (A8).
  case exceptFromCafe(reason: String?)
  /// It ends on that day.
  case close(on: LocalDate, reason: GrantClosing.Reason)
}

/// What happened to a grant.
public enum GrantEntryKind: String, Codable, Sendable, Hashable, CaseIterable {
  /// It was granted.
  case granted
  /// It was granted again after an earlier course (A12).
  case reentered
  /// It was extended.
  case extended
  /// Other terms were proposed.
  case proposed
  /// Other terms were decided on.
  case changed
  /// Other terms were turned down.
  case rejected
  /// A proposal was taken back.
  case withdrawn
  /// A status was written.
  case status
  /// Support that belongs in the café is given otherwise, or no longer.
  case cafeException = "cafe-exception"
  /// It was closed.
  case closed
}

/// One line of a grant's history; append-only.
public struct GrantEntry: Hashable, Sendable, Codable {
  /// The grant.
  public var grant: GrantID
  /// When.
  public var at: UTCMilliseconds
  /// What happened.
  public var kind: GrantEntryKind
  /// Who did it; nil for the system.
  public var by: PersonID?
  /// Why, where a reason is asked for.
  public var reason: String?
  /// The decision's case or journal number.
  public var reference: String?

  /// An entry.
  public init(
    grant: GrantID, at: UTCMilliseconds, kind: GrantEntryKind, by: PersonID?,
    reason: String? = nil, reference: String? = nil
  ) {
    self.grant = grant
    self.at = at
    self.kind = kind
    self.by = by
    self.reason = reason
    self.reference = reference
  }
}

/// What a command does to a grant.
public struct GrantChange: Hashable, Sendable {
  /// The grant afterwards.
  public var grant: Grant
  /// What to write in its history. Empty when nothing changes.
  public var entries: [GrantEntry]

  /// A change.
  public init(grant: Grant, entries: [GrantEntry]) {
    self.grant = grant
    self.entries = entries
  }
}
