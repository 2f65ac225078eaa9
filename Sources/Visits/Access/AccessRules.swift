/// Somebody who wants to see or change something about a citizen.
public struct AccessQuestion: Hashable, Sendable {
  /// Who.
  public var reader: PersonID
  /// In what role.
  public var role: Role
  /// On which device, where known.
  public var device: DeviceID?
  /// The reader's teams, on the day of the question.
  public var teams: Set<TeamID>
  /// Who is around the citizen.
  public var circle: CareCircle
  /// Whether the reader has a visit with the citizen, or had one lately.
  public var hasVisit: Bool
  /// Whether the reader is on duty for one of the citizen's teams.
  public var isOnDuty: Bool
  /// What part of the record.
  public var part: RecordPart
  /// To do what.
  public var action: AccessAction
  /// Why, where the reader says so.
  public var reason: String?

  /// A question.
  public init(
    reader: PersonID, role: Role, device: DeviceID? = nil, teams: Set<TeamID> = [],
    circle: CareCircle, hasVisit: Bool = false, isOnDuty: Bool = false, part: RecordPart,
    action: AccessAction = .read, reason: String? = nil
  ) {
    self.reader = reader
    self.role = role
    self.device = device
    self.teams = teams
    self.circle = circle
    self.hasVisit = hasVisit
    self.isOnDuty = isOnDuty
    self.part = part
    self.action = action
    self.reason = reason
  }
}

/// One line of the log of who saw and did what to whom.
public struct AccessEntry: Hashable, Sendable, Codable {
  /// When.
  public var at: UTCMilliseconds
  /// Who.
  public var reader: PersonID
  /// In what role.
  public var role: Role
  /// On which device.
  public var device: DeviceID?
  /// About whom.
  public var citizen: PersonID
  /// What part of the record.
  public var part: RecordPart
  /// What was done with it.
  public var action: AccessAction
  /// On what ground.
  public var basis: AccessBasis
  /// Why, where a reason was asked for.
  public var reason: String?

  /// A line.
  public init(
    at: UTCMilliseconds, reader: PersonID, role: Role, device: DeviceID?, citizen: PersonID,
    part: RecordPart, action: AccessAction, basis: AccessBasis, reason: String?
  ) {
    self.at = at
    self.reader = reader
    self.role = role
    self.device = device
    self.citizen = citizen
    self.part = part
    self.action = action
    self.basis = basis
    self.reason = reason
  }
}

/// That somebody may, and what to write in the log for it.
public struct AccessDecision: Hashable, Sendable {
  /// On what ground.
  public var basis: AccessBasis
  /// What to log, in the same transaction; nil where nothing is to be, as when people see what is
  /// their own.
  public var entry: AccessEntry?
}

/// Who may see and change what about whom.
///
/// A support worker has her own and her team's citizens. Outside that a reason is asked for, and
/// only reading is open: whoever is to do something there is given a visit or a place in the team.
public struct AccessRules: Sendable {
  /// The shortest reason that says anything, in characters.
  public static let shortestReason = 10
  /// The longest reason, in characters.
  public static let longestReason = 200

  /// Rules.
  public init() {}

  /// The decision, or throws.
  public func decide(
    _ question: AccessQuestion, at now: UTCMilliseconds
  ) throws(Refusal) -> AccessDecision {
    let basis = try basis(of: question)
    // One's own record is one's own; everything else is logged, the team's reading as well.
    guard basis != .own || question.action == .write else {
      return AccessDecision(basis: basis, entry: nil)
    }
    var reason: String?
    if basis == .reason {
      reason = try checkedReason(
        question.reason, else: .reasonNeeded(shortest: Self.shortestReason))
    } else if question.part == .copingCard, question.action == .read {
      // Whoever opens what a citizen wrote for hard days says why, the known worker too.
      reason = try checkedReason(
        question.reason, else: .cardNeedsReason(shortest: Self.shortestReason))
    }
    return AccessDecision(
      basis: basis,
      entry: AccessEntry(
        at: now, reader: question.reader, role: question.role, device: question.device,
        citizen: question.circle.citizen, part: question.part, action: question.action,
        basis: basis, reason: reason ?? optionalReason(question)))
  }

  private func basis(of question: AccessQuestion) throws(Refusal) -> AccessBasis {
    switch question.role {
    case .citizen: return try citizensBasis(question)
    case .supportWorker, .teamLead: return try teamsBasis(question)
    case .caseWorker: return try caseWorkersBasis(question)
    case .operations: return try operationsBasis(question)
    case .administrator: return try administratorsBasis(question)
    }
  }

  private func citizensBasis(_ question: AccessQuestion) throws(Refusal) -> AccessBasis {
    guard question.reader == question.circle.citizen else { throw .notYourRecord }
    switch (question.part, question.action) {
    // It names other citizens, who have not agreed to that.
    case (.placement, _): throw .partNotForRole
    case (_, .read), (_, .export), (.consents, .write), (.copingCard, .write): return .own
    case (_, .write): throw .teamWritesIt
    }
  }

  private func teamsBasis(_ question: AccessQuestion) throws(Refusal) -> AccessBasis {
    guard question.action != .export else { throw .exportIsForAdministrators }
    if question.part == .accessLog, question.role != .teamLead { throw .partNotForRole }
    let circle = question.circle
    let inTeam = circle.teams.contains { question.teams.contains($0) }
    let isKnown =
      circle.primaryWorker == question.reader || circle.backup == question.reader
    if question.part == .placement {
      // Only those who plan the team's groups.
      guard inTeam || isKnown else { throw .partNotForRole }
    }
    if isKnown || question.hasVisit { return .knownWorker }
    if inTeam { return .team }
    if question.isOnDuty, question.action == .read, question.part != .grants { return .duty }
    guard question.action == .read else { throw .outsideTeamReadsOnly }
    return .reason
  }

  private func caseWorkersBasis(_ question: AccessQuestion) throws(Refusal) -> AccessBasis {
    switch question.part {
    case .placement, .callQuality, .accessLog: throw .partNotForRole
    case .contact, .visits, .grants, .notes, .consents, .followUps, .copingCard: break
    }
    switch question.action {
    case .export: throw .exportIsForAdministrators
    case .write where question.part != .grants: throw .teamWritesIt
    case .write, .read: break
    }
    if question.circle.caseWorker == question.reader { return .caseWorker }
    // A citizen who has no case worker yet is anyone's to open a grant for.
    if question.part == .grants, question.circle.caseWorker == nil { return .caseWorker }
    guard question.action == .read else { throw .outsideTeamReadsOnly }
    return .reason
  }

  private func operationsBasis(_ question: AccessQuestion) throws(Refusal) -> AccessBasis {
    guard question.action != .export else { throw .exportIsForAdministrators }
    switch question.part {
    case .contact, .visits, .callQuality: return .role
    case .grants, .notes, .consents, .followUps, .copingCard, .placement, .accessLog:
      throw .partNotForRole
    }
  }

  private func administratorsBasis(_ question: AccessQuestion) throws(Refusal) -> AccessBasis {
    switch (question.part, question.action) {
    case (.contact, _), (.accessLog, .read): return .role
    case (.accessLog, .write): throw .logOnlyGrows
    // It names other citizens.
    case (.placement, _): throw .partNotForRole
    // Everything about a citizen goes out only for a reason, such as the citizen's own request.
    case (_, .export): return .reason
    case (_, .read), (_, .write): throw .partNotForRole
    }
  }

  private func checkedReason(
    _ text: String?, else refusal: Refusal
  ) throws(Refusal) -> String {
    let reason = trimmingBlanks(text ?? "")
    guard reason.count >= Self.shortestReason else { throw refusal }
    guard reason.count <= Self.longestReason else {
      throw .noteTooLong(longest: Self.longestReason)
    }
    return reason
  }

  /// A reason given without being asked for is logged as well, as far as it has room.
  private func optionalReason(_ question: AccessQuestion) -> String? {
    let reason = trimmingBlanks(question.reason ?? "")
    return reason.isEmpty ? nil : String(reason.prefix(Self.longestReason))
  }
}
