/// What is granted: the forms support may take and how much of it (A2, A10, A14).
public struct GrantTerms: Hashable, Sendable, Codable {
  /// The forms that may be combined.
  public var forms: Set<VisitForm>
  /// Minutes a week; nil where the grant states no extent.
  public var weeklyMinutes: Int?
  /// The hours outside the ordinary ones that it opens: only intensive courses have them
  /// ("matrikelløse botilbud", B4).
  public var hours: Set<HoursFlag>

  /// Terms.
  public init(forms: Set<VisitForm>, weeklyMinutes: Int? = nil, hours: Set<HoursFlag> = []) {
    self.forms = forms
    self.weeklyMinutes = weeklyMinutes
    self.hours = hours
  }

  private enum CodingKeys: String, CodingKey { case forms, weeklyMinutes, hours }

  /// Writes the sets in a fixed order, so that equal terms are equal text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(VisitForm.allCases.filter(forms.contains), forKey: .forms)
    try container.encodeIfPresent(weeklyMinutes, forKey: .weeklyMinutes)
    try container.encode(HoursFlag.allCases.filter(hours.contains), forKey: .hours)
  }
}

/// Terms with the day they hold from and the decision behind them.
public struct DatedTerms: Hashable, Sendable, Codable {
  /// The first day.
  public var from: LocalDate
  /// What is granted.
  public var terms: GrantTerms
  /// Who decided it.
  public var decision: GrantDecision

  /// Dated terms.
  public init(from: LocalDate, terms: GrantTerms, decision: GrantDecision) {
    self.from = from
    self.terms = terms
    self.decision = decision
  }
}

/// A decision as recorded: who, when, and where it can be found.
public struct GrantDecision: Hashable, Sendable, Codable {
  /// Who decided; nil where it was taken over from another system.
  public var by: PersonID?
  /// When it was recorded.
  public var at: UTCMilliseconds
  /// The case or journal number in the municipality's own system.
  public var reference: String?

  /// A decision.
  public init(by: PersonID?, at: UTCMilliseconds, reference: String? = nil) {
    self.by = by
    self.at = at
    self.reference = reference
  }
}

/// Other terms that somebody proposed, waiting for a case worker (A10). They change nothing yet.
public struct TermsProposal: Hashable, Sendable, Codable {
  /// What is proposed.
  public var terms: GrantTerms
  /// From which day.
  public var from: LocalDate
  /// Why.
  public var reason: String
  /// Who proposed it; nil for an import.
  public var by: PersonID?
  /// When.
  public var at: UTCMilliseconds

  /// A proposal.
  public init(
    terms: GrantTerms, from: LocalDate, reason: String, by: PersonID?, at: UTCMilliseconds
  ) {
    self.terms = terms
    self.from = from
    self.reason = reason
    self.by = by
    self.at = at
  }
}
