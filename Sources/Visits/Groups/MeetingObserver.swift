/// Somebody who would like to look on at a group's meeting (D10): a trainee, a colleague, a case
/// worker. Every member is asked first, and one no is enough; who said it is nobody's business.
///
/// ```
///   asked ──▶ waiting ──▶ agreed (every member said yes) ──▶ in the room, shown to everybody
///                └──▶ declined (one said no, before or during the meeting)
/// ```
public struct MeetingObserver: Hashable, Sendable, Codable {
  /// Where the members' consent stands.
  public enum Consent: String, Codable, Sendable, Hashable, CaseIterable {
    /// Somebody has not answered.
    case waiting
    /// Everybody who comes has said yes.
    case agreed
    /// Somebody would rather not.
    case declined
  }

  /// A member's answer.
  public struct Answer: Hashable, Sendable, Codable {
    /// Whose.
    public var citizen: PersonID
    /// Yes or no.
    public var isYes: Bool
    /// Who recorded it: the citizen on screen, or who spoke with them.
    public var recordedBy: PersonID
    /// When.
    public var at: UTCMilliseconds

    /// An answer.
    public init(citizen: PersonID, isYes: Bool, recordedBy: PersonID, at: UTCMilliseconds) {
      self.citizen = citizen
      self.isYes = isYes
      self.recordedBy = recordedBy
      self.at = at
    }
  }

  /// The longest purpose, in characters.
  public static let longestPurpose = 200

  /// The meeting.
  public var meeting: GroupMeetingID
  /// Who looks on.
  public var person: PersonID
  /// Why, in words the members are shown.
  public var purpose: String
  /// Who asked.
  public var askedBy: PersonID
  /// When.
  public var askedAt: UTCMilliseconds
  /// The members' answers, one each.
  public var answers: [Answer]

  /// An observer as kept.
  public init(
    meeting: GroupMeetingID, person: PersonID, purpose: String, askedBy: PersonID,
    askedAt: UTCMilliseconds, answers: [Answer] = []
  ) {
    self.meeting = meeting
    self.person = person
    self.purpose = purpose
    self.askedBy = askedBy
    self.askedAt = askedAt
    self.answers = answers
  }

  /// Asks on behalf of `person`, or says why they cannot look on. Asking again for the same person
  /// keeps what was answered.
  ///
  /// - Parameter others: Those who are asked for already.
  public static func ask(
    for person: Person, to meeting: GroupMeeting, of group: Group, roster: [PersonID],
    purpose: String, beside others: [MeetingObserver], by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> MeetingObserver {
    guard let worker = initiator.supporter else { throw .onlyStaffAsksForObservers }
    switch meeting.state {
    case .held, .cancelled: throw .meetingOver
    case .planned, .active: break
    }
    guard person.role.givesSupport || person.role == .caseWorker else {
      throw .observerIsStaff(name: person.displayName)
    }
    guard person.id != meeting.facilitator, !roster.contains(person.id) else {
      throw .observerTakesPart(name: person.displayName)
    }
    guard let purpose = try PersonalNumber.checked(purpose, longest: longestPurpose) else {
      throw .observerNeedsPurpose
    }
    if let known = others.first(where: { $0.person == person.id }) {
      guard known.purpose != purpose else { return known }
      // Yes was said to something else.
      var asked = known
      asked.purpose = purpose
      asked.answers.removeAll(where: \.isYes)
      return asked
    }
    let count = others.count { $0.consent(of: roster) != .declined }
    guard count < group.mostObservers else { throw .tooManyObservers(most: group.mostObservers) }
    return MeetingObserver(
      meeting: meeting.id, person: person.id, purpose: purpose, askedBy: worker, askedAt: now)
  }

  /// Where consent stands among those who come: somebody who joins the group later is asked too.
  public func consent(of roster: [PersonID]) -> Consent {
    if answers.contains(where: { !$0.isYes && roster.contains($0.citizen) }) { return .declined }
    return roster.isEmpty || !waiting(of: roster).isEmpty ? .waiting : .agreed
  }

  /// Those who have not answered.
  public func waiting(of roster: [PersonID]) -> [PersonID] {
    roster.filter { one in !answers.contains { $0.citizen == one } }
  }

  /// After a member's answer, given on screen or told to somebody who gives support. It can be
  /// changed at any time, also during the meeting.
  public func answering(
    _ isYes: Bool, of citizen: PersonID, roster: [PersonID], by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> MeetingObserver {
    guard let recorder = initiator.person, recorder == citizen || initiator.supporter != nil else {
      throw .notYourRecord
    }
    guard roster.contains(citizen) else { throw .notInGroup }
    if answers.contains(where: { $0.citizen == citizen && $0.isYes == isYes }) { return self }
    var observer = self
    observer.answers.removeAll { $0.citizen == citizen }
    observer.answers.append(
      Answer(citizen: citizen, isYes: isYes, recordedBy: recorder, at: now))
    return observer
  }
}

extension Refusal {
  /// Citizens do not ask for observers.
  public static let onlyStaffAsksForObservers = Refusal(
    "only-staff-asks-for-observers", .forbidden,
    da: "Tal med den, der leder mødet, hvis nogen skal kigge med.",
    en: "Talk to whoever leads the meeting if somebody is to look on.")

  /// Guests are colleagues: relatives and friends are invited otherwise.
  public static func observerIsStaff(name: String) -> Refusal {
    Refusal(
      "observer-is-staff", .conflict,
      da: "\(name) kan ikke være gæst. Det kan kolleger og sagsbehandlere.",
      en: "\(name) cannot be a guest. Colleagues and case workers can.")
  }

  /// Who takes part does not look on.
  public static func observerTakesPart(name: String) -> Refusal {
    Refusal(
      "observer-takes-part", .conflict,
      da: "\(name) er allerede med til mødet. Du skal ikke gøre noget.",
      en: "\(name) already takes part in the meeting. You do not need to do anything.")
  }

  /// Members are told what for.
  public static let observerNeedsPurpose = Refusal(
    "observer-needs-purpose", .invalid,
    da: "Skriv, hvorfor gæsten gerne vil kigge med. Gruppen får det at se.",
    en: "Write why the guest would like to look on. The group will see it.")

  /// Not everybody has said yes.
  public static let observerNotAgreed = Refusal(
    "observer-not-agreed", .forbidden,
    da: "Alle i gruppen har ikke sagt ja. Du kan kigge med, når de har.",
    en: "Not everybody in the group has said yes. You can look on when they have.")
}
