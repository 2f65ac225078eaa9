/// How a citizen gets started with screen visits ("opstart"): the offer and the answer, practice in
/// three steps, and what there is to hold a visit with (F1–F3, F7).
///
/// ```
///   offered ──▶ accepted ──▶ together ──▶ apart ──▶ home ──▶ on their own
///      └──▶ declined            (again and again, as often as it takes)
/// ```
/// Nothing of it is a gate: a step can be skipped where the citizen can do it already. What is asked
/// for is that the citizen was asked first, and that a no is respected.
public struct ScreenStart: Hashable, Sendable, Codable {
  /// Where worker and citizen try a call with each other ("ofte i bostøtternes lokaler, dernæst i
  /// hvert sit rum og til sidst i eget hjem").
  public enum Step: String, Codable, Sendable, Hashable, CaseIterable {
    /// In the same room, side by side.
    case together
    /// Each in a room of their own, with somebody near.
    case apart
    /// The citizen at home.
    case home
  }

  /// How a practice call went.
  public enum Result: String, Codable, Sendable, Hashable, CaseIterable {
    /// The citizen did it.
    case worked
    /// It worked, and somebody helped.
    case withHelp = "with-help"
    /// Not yet: try again.
    case notYet = "not-yet"
  }

  /// One practice call.
  public struct Practice: Hashable, Sendable, Codable {
    /// The step.
    public var step: Step
    /// How it went.
    public var result: Result
    /// The visit that it was, where it was one.
    public var visit: VisitID?
    /// What to think of the next time.
    public var note: String?
    /// Who was with the citizen.
    public var by: PersonID
    /// When.
    public var at: UTCMilliseconds
  }

  /// The longest note, in characters.
  public static let longestNote = 500
  /// The most practice calls and checks that are kept, the newest: years of them.
  static let most = 200

  /// The municipality.
  public var tenant: TenantID
  /// The citizen.
  public var citizen: PersonID
  /// The offer and what came of it.
  public var trial: ScreenTrial
  /// Practice calls, in order.
  public var practices: [Practice]
  /// What there was to hold a visit with, each time somebody looked.
  public var checks: [TechnologyCheck]
  /// What was agreed about visits that were booked before the citizen said no.
  public var agreements: [ScreenAgreement]

  /// A start of which nothing has happened yet.
  public init(tenant: TenantID, citizen: PersonID) {
    self.tenant = tenant
    self.citizen = citizen
    trial = ScreenTrial()
    practices = []
    checks = []
    agreements = []
  }

  /// When it last changed; nil before anything happened.
  public var changedAt: UTCMilliseconds? {
    [
      trial.steps.last?.at, practices.last?.at, checks.last?.at, agreements.last?.agreement.at,
    ].compactMap(\.self).max()
  }

  /// Whether the citizen has said no, or begun and stopped: then nobody books a picture.
  public var isUnwanted: Bool { trial.state == .declined || trial.state == .stopped }

  /// The first step that has not worked yet; nil when the citizen is on their own, also where the
  /// steps before were skipped.
  public var nextStep: Step? {
    let reached = Step.allCases.lastIndex { step in
      practices.contains { $0.step == step && $0.result != .notYet }
    }
    let next = reached.map { $0 + 1 } ?? 0
    return Step.allCases.indices.contains(next) ? Step.allCases[next] : nil
  }

  /// The start after somebody wrote down the offer or the citizen's answer.
  public func answering(
    _ state: ScreenTrial.State, reason: String?, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> ScreenStart {
    var start = self
    let reason = try PersonalNumber.checked(reason, longest: Self.longestNote)
    start.trial = try trial.record(state, reason: reason, by: initiator, at: now)
    return start
  }

  /// The start after a practice call.
  public func practising(
    _ step: Step, _ result: Result, visit: VisitID? = nil, note: String? = nil,
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> ScreenStart {
    guard let worker = initiator.supporter else { throw .offerIsTheTeams }
    switch trial.state {
    case .accepted: break
    case .declined, .stopped: throw .screenIsUnwanted
    case .offered, .notOffered, nil: throw .askFirst
    }
    var start = self
    start.practices.append(
      Practice(
        step: step, result: result, visit: visit,
        note: try PersonalNumber.checked(note, longest: Self.longestNote), by: worker, at: now))
    start.practices = start.practices.suffix(Self.most)
    return start
  }

  /// The start after somebody looked at equipment and network.
  public func checking(_ check: TechnologyCheck) throws(Refusal) -> ScreenStart {
    var start = self
    var check = check
    check.note = try PersonalNumber.checked(check.note, longest: Self.longestNote)
    start.checks = (checks + [check]).suffix(Self.most)
    return start
  }
}

/// Nobody is booked for a picture they said no to (F3). By telephone, with sound alone or in person
/// they can be visited as before, and what was agreed earlier stays until they are asked about it.
public struct ScreenIsWanted: BookingRule {
  /// The citizen's start; nil where nothing is known.
  public var start: ScreenStart?

  /// The rule for one citizen.
  public init(start: ScreenStart?) { self.start = start }

  /// Throws where the visit would be one with a picture that the citizen does not want.
  public func check(_ proposal: BookingProposal) throws(Refusal) {
    guard let start, start.isUnwanted, proposal.visit.showsPicture else { return }
    if let previous = proposal.previous, previous.showsPicture { return }
    throw .saidNoToScreen(name: proposal.citizen.displayName)
  }
}
