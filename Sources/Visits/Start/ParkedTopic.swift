/// Names a parked topic.
public struct ParkedTopicID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Something a citizen brought up where it was not to be dealt with, handed on so that it is not
/// forgotten (C10: "målrettes det, borgeren er visiteret til, mens øvrige forhold håndteres i anden
/// sammenhæng").
public struct ParkedTopic: Hashable, Sendable, Codable {
  /// Who is to take it up.
  public enum Recipient: String, Codable, Sendable, Hashable, CaseIterable {
    /// The worker whom the citizen knows.
    case knownWorker = "known-worker"
    /// Anybody in the team.
    case team
    /// The case worker.
    case caseWorker = "case-worker"
    /// Somebody else: a doctor, the job centre, the bank.
    case elsewhere
  }

  /// The id.
  public var id: ParkedTopicID
  /// The municipality.
  public var tenant: TenantID
  /// Who brought it up.
  public var citizen: PersonID
  /// What it is, in a few words.
  public var topic: String
  /// What whoever takes it up should know.
  public var note: String?
  /// Who is to take it up.
  public var to: Recipient
  /// The visit in which it came up.
  public var visit: VisitID?
  /// Who parked it.
  public var by: PersonID
  /// When.
  public var at: UTCMilliseconds
  /// Who has taken it up.
  public var takenBy: PersonID?
  /// When it was dealt with; nil until then.
  public var closedAt: UTCMilliseconds?
  /// What came of it.
  public var outcome: String?

  /// The longest topic and note, in characters.
  public static let (longestTopic, longestNote) = (100, 500)

  /// A topic to be parked, or why it cannot.
  public init(
    id: ParkedTopicID, tenant: TenantID, citizen: PersonID, topic: String, note: String? = nil,
    to: Recipient = .knownWorker, visit: VisitID? = nil, by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) {
    guard let worker = initiator.supporter else { throw .offerIsTheTeams }
    guard let topic = try PersonalNumber.checked(topic, longest: Self.longestTopic) else {
      throw .nothingWritten
    }
    self.id = id
    self.tenant = tenant
    self.citizen = citizen
    self.topic = topic
    self.note = try PersonalNumber.checked(note, longest: Self.longestNote)
    self.to = to
    self.visit = visit
    by = worker
    at = now
  }

  /// Whether somebody is still to deal with it.
  public var isOpen: Bool { closedAt == nil }

  /// The topic taken up by somebody; a colleague may take it over.
  public func taken(by initiator: Initiator) throws(Refusal) -> ParkedTopic {
    guard let person = initiator.person, initiator.role?.isStaff == true else {
      throw .offerIsTheTeams
    }
    guard isOpen else { throw .taskDone }
    var topic = self
    topic.takenBy = person
    return topic
  }

  /// The topic dealt with. A repeat changes nothing.
  public func closed(
    _ outcome: String?, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> ParkedTopic {
    guard let person = initiator.person, initiator.role?.isStaff == true else {
      throw .offerIsTheTeams
    }
    guard isOpen else { return self }
    var topic = self
    topic.takenBy = takenBy ?? person
    topic.closedAt = now
    topic.outcome = try PersonalNumber.checked(outcome, longest: Self.longestNote)
    return topic
  }
}
