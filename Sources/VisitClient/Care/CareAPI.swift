public import FoundationEssentials
import NIOHTTP1

// Consents, cards, scales, tapering and messages to others, as one person's device asks for them.
extension BesoegAPI {
  /// A citizen's consents, newest first.
  public func consents(of citizen: String) async throws(ServiceError) -> [ConsentRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/citizens/\(segment(citizen))/consents"))
  }

  /// Enters a consent.
  public func give(
    _ consent: NewConsent, of citizen: String
  ) async throws(ServiceError) -> ConsentRecord {
    try await value(posting("/citizens/\(segment(citizen))/consents", consent), retry: .brief)
  }

  /// Takes a consent back.
  public func withdraw(
    consent: String, of citizen: String
  ) async throws(ServiceError) -> ConsentRecord {
    try await value(
      posting("/citizens/\(segment(citizen))/consents/\(segment(consent))/withdraw", Nothing()),
      retry: .briefRepeatable)
  }

  /// A citizen's own card; staff say why they look.
  public func card(of citizen: String, reason: String?) async throws(ServiceError) -> CardRecord {
    var request = ServiceRequest(.GET, "/api/v1/citizens/\(segment(citizen))/card")
    if let reason { request.headers.append((name: "besoeg-reason", value: segment(reason))) }
    return try await value(request, retry: .briefRepeatable)
  }

  /// Writes the card.
  public func write(
    card: CardRecord, of citizen: String
  ) async throws(ServiceError) -> CardRecord {
    try await value(putting("/citizens/\(segment(citizen))/card", card), retry: .brief)
  }

  /// What a citizen has answered, scale by scale.
  public func scores(of citizen: String) async throws(ServiceError) -> [ScoresRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/citizens/\(segment(citizen))/scales"))
  }

  /// Enters what was marked in a visit; empty where it was skipped.
  public func mark(
    _ marks: [Int?], on scale: String, in visit: String
  ) async throws(ServiceError) -> ScoresRecord {
    struct Body: Encodable { var marks: [Int?] }
    let path = "/visits/\(segment(visit))/scales/\(segment(scale))"
    return try await value(putting(path, Body(marks: marks)), retry: .briefRepeatable)
  }

  /// Switches a scale on or off for a citizen.
  public func offer(
    _ isOffered: Bool, _ scale: String, to citizen: String, reason: String?
  ) async throws(ServiceError) -> ScoresRecord {
    struct Body: Encodable {
      var offered: Bool
      var reason: String?
    }
    let path = "/citizens/\(segment(citizen))/scales/\(segment(scale))"
    return try await value(
      putting(path, Body(offered: isOffered, reason: reason)), retry: .briefRepeatable)
  }

  /// Says that a fallen curve was talked about.
  public func talked(
    about scale: String, with citizen: String
  ) async throws(ServiceError) -> ScoresRecord {
    let path = "/citizens/\(segment(citizen))/scales/\(segment(scale))/talked"
    return try await value(posting(path, Nothing()), retry: .briefRepeatable)
  }

  /// What the citizens around the caller need besides visits.
  public func careTasks() async throws(ServiceError) -> [CareTaskRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/tasks"))
  }

  /// Lets a series get less and end; days such as `2026-11-21`.
  public func taper(
    series: String, fortnightlyFrom: String?, onDemandFrom: String
  ) async throws(ServiceError) -> TaperRecord {
    struct Body: Encodable {
      var fortnightlyFrom: String?
      var onDemandFrom: String
    }
    let body = Body(fortnightlyFrom: fortnightlyFrom, onDemandFrom: onDemandFrom)
    return try await value(posting("/series/\(segment(series))/taper", body), retry: .brief)
  }

  /// Arranges a status meeting with the case worker; the names of those who take part.
  public func bookMeeting(
    of citizen: String, start: Date, minutes: Int, agenda: String?
  ) async throws(ServiceError) -> [String] {
    struct Body: Encodable {
      var start: Date
      var durationMinutes: Int
      var agenda: String?
    }
    struct Meeting: Decodable { var participants: [PersonReference]? }
    let meeting: Meeting = try await value(
      posting(
        "/citizens/\(segment(citizen))/status-meetings",
        Body(start: start, durationMinutes: minutes, agenda: agenda)), retry: .brief)
    return (meeting.participants ?? []).map(\.displayName)
  }

  /// A citizen's goals as the journal reads them.
  public func goalExchange(of citizen: String) async throws(ServiceError) -> Data {
    let path = "/api/v1/citizens/\(segment(citizen))/goals/exchange"
    return try await reply(to: ServiceRequest(.GET, path), retry: .briefRepeatable).body
  }

  /// Takes goals in from a file of the journal's.
  public func takeGoals(_ file: Data, of citizen: String) async throws(ServiceError) {
    var request = putting("/citizens/\(segment(citizen))/goals/exchange", Nothing())
    request.body = file
    _ = try await reply(to: request, retry: .briefRepeatable)
  }

  /// Messages that did not arrive.
  public func troubledPosts() async throws(ServiceError) -> [PostRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/posts/troubled"))
  }

  /// Sends one of them again.
  public func sendAgain(post key: String) async throws(ServiceError) -> PostRecord {
    try await value(posting("/posts/\(segment(key))/again", Nothing()), retry: .brief)
  }

  private struct Nothing: Encodable {}

  private func putting(_ path: String, _ body: some Encodable) -> ServiceRequest {
    var request = posting(path, body)
    request.method = .PUT
    return request
  }
}
