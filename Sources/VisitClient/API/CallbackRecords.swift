public import FoundationEssentials
import NIOHTTP1

/// A citizen who wants to be called, as the service tells it.
public struct Callback: Codable, Sendable, Hashable {
  /// The request's id.
  public var id: String
  /// Who wants to be called.
  public var citizen: PersonReference
  /// Whether it is urgent.
  public var isUrgent: Bool
  /// What it is about, where the citizen said.
  public var about: String?
  /// `waiting`, `claimed`, `done` or `withdrawn`.
  public var state: String
  /// When the citizen asked.
  public var createdAt: Date
  /// Who has taken it, or was first to see it.
  public var handler: PersonReference?
  /// When it was taken.
  public var claimedAt: Date?
  /// How often the citizen was called in vain.
  public var attempts: Int
  /// Not before this is the citizen called again.
  public var retryAt: Date?
  /// By when somebody should have taken it.
  public var dueAt: Date?
  /// How far it has been carried: `duty`, `team` or `lead`.
  public var escalation: String?
  /// What the citizen is shown.
  public var status: Notice

  /// A sentence in both languages.
  public struct Notice: Codable, Sendable, Hashable {
    /// In Danish.
    public var da: String
    /// In English.
    public var en: String

    /// The sentence in a language.
    public func text(_ language: Language) -> String { language == .danish ? da : en }
  }

  /// Whether nobody is to call any longer.
  public var isOver: Bool { state != "waiting" && state != "claimed" }
  /// Whether somebody has taken it and is calling.
  public var isClaimed: Bool { state == "claimed" }
}

extension BesoegAPI {
  /// Requests to be called, in the order they should be taken.
  public func callbacks() async throws(ServiceError) -> [Callback] {
    try await list(ServiceRequest(.GET, "/api/v1/callbacks"))
  }

  /// Asks that a citizen be called; the caller where `citizen` is nil.
  public func askForCall(
    citizen: String? = nil, isUrgent: Bool, about: String?
  ) async throws(ServiceError) -> Callback {
    struct Body: Encodable {
      var citizenId: String?
      var isUrgent: Bool
      var about: String?
    }
    return try await value(
      posting("/callbacks", Body(citizenId: citizen, isUrgent: isUrgent, about: about)),
      retry: .briefRepeatable)
  }

  /// Applies a command to a request: `see`, `claim`, `release`, `no-answer`, `done`, `withdraw`.
  public func callback(_ id: String, _ command: String) async throws(ServiceError) -> Callback {
    struct Body: Encodable {}
    return try await value(
      posting("/callbacks/\(segment(id))/\(command)", Body()), retry: .briefRepeatable)
  }

  /// Takes a request and rings the citizen; the visit in which they are called.
  public func callBack(_ id: String) async throws(ServiceError) -> Visit {
    struct Body: Encodable {}
    return try await value(posting("/callbacks/\(segment(id))/call", Body()), retry: .brief)
  }
}
