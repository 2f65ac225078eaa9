/// What is known about a visit when it is judged. Built from the stored visit, its ledger and its
/// samples; the module knows no storage.
public struct VerdictInput: Sendable, Hashable {
  /// A person of the visit.
  public struct Party: Sendable, Hashable {
    /// The person's id.
    public var participant: String
    /// `citizen` or `supportWorker`.
    public var role: String

    /// A party.
    public init(participant: String, role: String) {
      self.participant = participant
      self.role = role
    }
  }

  /// One line of the ledger.
  public struct Event: Sendable, Hashable {
    /// What happened; the ledger's codes.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
      case booked, moved, rung, answered, declined, missed
      case mediaConnected = "media-connected"
      case interrupted, resumed, left, picture, ended, cancelled
    }

    /// When, UTC milliseconds since 1970.
    public var at: Int64
    /// What happened.
    public var kind: Kind
    /// Whom it concerns.
    public var participant: String?
    /// The ledger's cause code.
    public var cause: String
    /// The device, where known.
    public var device: String?
    /// The relay session, for media.
    public var session: String?
    /// The client's attempt at joining, where it said so.
    public var attempt: Int?

    /// An event.
    public init(
      at: Int64, kind: Kind, participant: String? = nil, cause: String = "",
      device: String? = nil, session: String? = nil, attempt: Int? = nil
    ) {
      self.at = at
      self.kind = kind
      self.participant = participant
      self.cause = cause
      self.device = device
      self.session = session
      self.attempt = attempt
    }
  }

  /// Whether the visit's sound goes through our relay. Physical visits and planned telephone
  /// visits do not and are not judged.
  public var isRelayed: Bool
  /// Who takes part.
  public var parties: [Party]
  /// The ledger, in any order.
  public var events: [Event]
  /// The samples, in any order.
  public var samples: [QualitySample]

  /// What is known.
  public init(isRelayed: Bool, parties: [Party], events: [Event], samples: [QualitySample]) {
    self.isRelayed = isRelayed
    self.parties = parties
    self.events = events
    self.samples = samples
  }
}
