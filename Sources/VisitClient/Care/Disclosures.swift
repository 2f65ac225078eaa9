public import FoundationEssentials
import NIOHTTP1

/// A question about passing something on, as the service tells it.
public struct DisclosureRecord: Codable, Sendable, Equatable {
  /// The id.
  public var id: String
  /// Who is asked.
  public var citizen: String
  /// What would be passed on.
  public var what: String
  /// To whom.
  public var recipient: String
  /// Why.
  public var reason: String
  /// Who asks.
  public var askedBy: PersonReference
  /// When.
  public var askedAt: Date
  /// `asked`, `agreed`, `declined`, `passed-on` or `taken-back`.
  public var state: String
  /// When the citizen answered.
  public var answeredAt: Date?
  /// When it was passed on.
  public var passedOnAt: Date?

  /// Whether it waits for the citizen.
  public var isAsked: Bool { state == "asked" }
}

/// Whether anybody of a citizen's team answers now.
public struct ContactRecord: Codable, Sendable, Equatable {
  /// Whether it is open.
  public var isOpen: Bool
  /// What the citizen reads while it is closed.
  public var notice: Callback.Notice?
}

// Asking before anything is passed on, as one person's device does.
extension BesoegAPI {
  /// A citizen's questions, newest first.
  public func disclosures(of citizen: String) async throws(ServiceError) -> [DisclosureRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/citizens/\(segment(citizen))/disclosures"))
  }

  /// Asks a citizen.
  public func askToDisclose(
    _ what: String, to recipient: String, because reason: String, of citizen: String
  ) async throws(ServiceError) -> DisclosureRecord {
    struct Body: Encodable { var what, recipient, reason: String }
    return try await value(
      posting(
        "/citizens/\(segment(citizen))/disclosures",
        Body(what: what, recipient: recipient, reason: reason)), retry: .brief)
  }

  /// A citizen's yes or no.
  public func answer(
    disclosure: DisclosureRecord, isYes: Bool
  ) async throws(ServiceError) -> DisclosureRecord {
    struct Body: Encodable { var isYes: Bool }
    return try await value(
      posting(path(disclosure) + "/answer", Body(isYes: isYes)), retry: .briefRepeatable)
  }

  /// Records that it was passed on (`pass-on`), or takes the question back (`take-back`).
  public func disclosure(
    _ disclosure: DisclosureRecord, _ command: String
  ) async throws(ServiceError) -> DisclosureRecord {
    try await value(
      posting(path(disclosure) + "/\(command)", Nothing()), retry: .briefRepeatable)
  }

  /// Whether anybody answers the caller now.
  public func contact() async throws(ServiceError) -> ContactRecord {
    try await value(ServiceRequest(.GET, "/api/v1/contact"), retry: .briefRepeatable)
  }

  private struct Nothing: Encodable {}

  private func path(_ disclosure: DisclosureRecord) -> String {
    "/citizens/\(segment(disclosure.citizen))/disclosures/\(segment(disclosure.id))"
  }
}
