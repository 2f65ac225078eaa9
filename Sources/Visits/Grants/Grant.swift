/// Names a grant.
public struct GrantID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// What the support is for, as far as a booking rule needs to know.
public enum SupportPurpose: String, Codable, Sendable, Hashable, CaseIterable {
  /// Bills, digital post, the household's money (økonomi og administration). Belongs in the café
  /// unless something speaks against it (A8).
  case economy
  /// Everything else: structure, network, everyday skills.
  case everydayLife
}

/// Whom the support is for. Cafés and opening hours differ between them (A9, B5).
public enum TargetGroup: String, Codable, Sendable, Hashable, CaseIterable {
  /// Socialpsykiatri.
  case psychiatry
  /// Handicap.
  case disability
}

/// A citizen's grant (bevilling): on which paragraph, from when to when, what and how much.
///
/// Says nothing about where the citizen lives: support does not depend on it (A7).
public struct Grant: Hashable, Sendable, Codable {
  /// The grant's id.
  public var id: GrantID
  /// The municipality.
  public var tenant: TenantID
  /// Whose it is.
  public var citizen: PersonID
  /// The paragraph.
  public var basis: LegalBasis
  /// The first day.
  public var start: LocalDate
  /// The last day as granted; nil for an open-ended one.
  public var end: LocalDate?
  /// The most visits it covers, before any extension; nil without such a cap (A5).
  public var visitCap: Int?
  /// The package it was granted as; nil without one (A13).
  public var package: PackageID?
  /// What the support is for.
  public var purposes: Set<SupportPurpose>
  /// Whom it is for.
  public var targetGroup: TargetGroup
  /// Why support that belongs in the café is given otherwise; nil where it is not (A8).
  public var cafeException: String?
  /// What is granted, by the day it holds from. Never empty, in order of days.
  public var terms: [DatedTerms]
  /// Other terms waiting for a decision.
  public var proposal: TermsProposal?
  /// The one extension, where there was one.
  public var extended: GrantExtension?
  /// The written statuses so far (H6).
  public var statuses: [GrantStatus]
  /// How it was closed before its time or, when open-ended, at all; nil while it runs.
  public var closing: GrantClosing?

  /// A grant.
  public init(
    id: GrantID, tenant: TenantID, citizen: PersonID, basis: LegalBasis, start: LocalDate,
    end: LocalDate? = nil, visitCap: Int? = nil, package: PackageID? = nil,
    purposes: Set<SupportPurpose> = [.everydayLife], targetGroup: TargetGroup = .psychiatry,
    cafeException: String? = nil, terms: [DatedTerms], proposal: TermsProposal? = nil,
    extended: GrantExtension? = nil, statuses: [GrantStatus] = [], closing: GrantClosing? = nil
  ) {
    self.id = id
    self.tenant = tenant
    self.citizen = citizen
    self.basis = basis
    self.start = start
    self.end = end
    self.visitCap = visitCap
    self.package = package
    self.purposes = purposes
    self.targetGroup = targetGroup
    self.cafeException = cafeException
    self.terms = terms
    self.proposal = proposal
    self.extended = extended
    self.statuses = statuses
    self.closing = closing
  }

  /// The last day there can be a visit: as granted, or as closed where that is earlier. Nil while
  /// nothing ends it.
  public var lastDay: LocalDate? {
    guard let closing else { return end }
    return end.map { min($0, closing.on) } ?? closing.on
  }

  /// Whether it covers `day`.
  public func covers(_ day: LocalDate) -> Bool {
    day >= start && lastDay.map { day <= $0 } ?? true
  }

  /// Whether it covers a day that the days from `first` to `last` also have; open where nil.
  public func overlaps(from first: LocalDate, through last: LocalDate?) -> Bool {
    lastDay.map { first <= $0 } ?? true && (last.map { start <= $0 } ?? true)
  }

  /// What is granted on `day`: the latest terms that hold from it or earlier.
  public func terms(on day: LocalDate) -> GrantTerms? {
    terms.last { $0.from <= day }?.terms
  }

  /// The most visits it covers, with the extension; nil without a cap.
  public var effectiveVisitCap: Int? {
    visitCap.map { $0 + (extended?.extraVisits ?? 0) }
  }
}

/// More of the same, once, for a reason (A5).
public struct GrantExtension: Hashable, Sendable, Codable {
  /// Visits beyond the cap; 0 where only the period grew.
  public var extraVisits: Int
  /// The last day before it; nil where the period is as it was.
  public var previousEnd: LocalDate?
  /// Why.
  public var reason: String
  /// The decision.
  public var decision: GrantDecision

  /// An extension.
  public init(
    extraVisits: Int, previousEnd: LocalDate?, reason: String, decision: GrantDecision
  ) {
    self.extraVisits = extraVisits
    self.previousEnd = previousEnd
    self.reason = reason
    self.decision = decision
  }
}

/// A status that was written (H6).
public struct GrantStatus: Hashable, Sendable, Codable {
  /// The milestone it answers.
  public var milestone: GrantMilestone.ID
  /// What it says, or where it is.
  public var text: String
  /// Who wrote it.
  public var by: PersonID?
  /// When.
  public var at: UTCMilliseconds

  /// A status.
  public init(milestone: GrantMilestone.ID, text: String, by: PersonID?, at: UTCMilliseconds) {
    self.milestone = milestone
    self.text = text
    self.by = by
    self.at = at
  }
}

/// How a grant was closed.
public struct GrantClosing: Hashable, Sendable, Codable {
  /// Why a grant is closed.
  public enum Reason: String, Codable, Sendable, Hashable, CaseIterable {
    /// Its purpose is reached (H12).
    case purposeReached
    /// The citizen does not want it any longer (F3).
    case citizensWish
    /// Another grant takes over.
    case replaced
    /// The citizen moved to another municipality.
    case movedAway
    /// The citizen has died.
    case died
  }

  /// The last day.
  public var on: LocalDate
  /// Why.
  public var reason: Reason
  /// Who closed it.
  public var by: PersonID?
  /// When that was recorded.
  public var at: UTCMilliseconds

  /// A closing.
  public init(on: LocalDate, reason: Reason, by: PersonID?, at: UTCMilliseconds) {
    self.on = on
    self.reason = reason
    self.by = by
    self.at = at
  }
}
