import FoundationEssentials
import NIOHTTP1

// A meeting's floor, and who looks on.
extension BesoegAPI {
  private struct Nothing: Encodable {}

  /// Hands, round and, for whoever leads the meeting, who has spoken how much.
  public func floor(of visit: String) async throws(ServiceError) -> FloorRecord {
    try await value(
      ServiceRequest(.GET, "/api/v1/visits/\(segment(visit))/floor"), retry: .briefRepeatable)
  }

  /// Begins a round.
  public func beginRound(
    _ question: String?, in visit: String
  ) async throws(ServiceError) -> FloorRecord {
    struct Body: Encodable { var question: String? }
    return try await value(
      posting("/visits/\(segment(visit))/round", Body(question: question)), retry: .brief)
  }

  /// The next one's turn; `asksAgain`: who has it now would rather have it last.
  public func nextTurn(
    in visit: String, asksAgain: Bool
  ) async throws(ServiceError) -> FloorRecord {
    struct Body: Encodable { var asksAgain: Bool }
    return try await value(
      posting("/visits/\(segment(visit))/round/next", Body(asksAgain: asksAgain)), retry: .brief)
  }

  /// Ends the round.
  public func endRound(in visit: String) async throws(ServiceError) -> FloorRecord {
    try await value(
      posting("/visits/\(segment(visit))/round/end", Nothing()), retry: .briefRepeatable)
  }

  /// Who looks on at a meeting, or is asked for.
  public func observers(at meeting: String) async throws(ServiceError) -> ObserverList {
    try await value(
      ServiceRequest(.GET, "/api/v1/meetings/\(segment(meeting))/observers"),
      retry: .briefRepeatable)
  }

  /// Asks the members whether somebody may look on.
  public func askForObserver(
    _ person: String, purpose: String, at meeting: String
  ) async throws(ServiceError) -> ObserverList {
    struct Body: Encodable {
      var personId: String
      var purpose: String
    }
    return try await value(
      posting(
        "/meetings/\(segment(meeting))/observers", Body(personId: person, purpose: purpose)),
      retry: .briefRepeatable)
  }

  /// Records a member's yes or no.
  public func answer(
    _ isYes: Bool, of citizen: String, toObserver person: String, at meeting: String
  ) async throws(ServiceError) -> ObserverList {
    struct Body: Encodable {
      var isYes: Bool
      var citizenId: String
    }
    return try await value(
      posting(
        "/meetings/\(segment(meeting))/observers/\(segment(person))/answer",
        Body(isYes: isYes, citizenId: citizen)), retry: .briefRepeatable)
  }

  /// Somebody does not look on after all.
  public func removeObserver(
    _ person: String, at meeting: String
  ) async throws(ServiceError) {
    let path = "/api/v1/meetings/\(segment(meeting))/observers/\(segment(person))"
    _ = try await reply(to: ServiceRequest(.DELETE, path), retry: .briefRepeatable)
  }
}
