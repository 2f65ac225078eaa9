public import FoundationEssentials
import NIOHTTP1

/// Who is around a citizen, each by id.
public struct CircleRecord: Codable, Sendable {
  /// The teams.
  public var teams: [String]?
  /// The known worker.
  public var primaryWorker: String?
  /// Who comes when the known worker cannot.
  public var backup: String?
  /// Who decides on the grant.
  public var caseWorker: String?
}

/// How long one kind of data is kept.
public struct RetentionRecord: Codable, Sendable {
  /// The kind.
  public var kind: String
  /// Whole days.
  public var days: Int
  /// What they count from: `event`, or `courseEnd`.
  public var from: String
}

// Teams, and what a municipality has decided.
extension BesoegAPI {
  /// People of a role whom the caller may see.
  public func people(role: Role) async throws(ServiceError) -> [Person] {
    try await list(ServiceRequest(.GET, "/api/v1/people?role=\(role.rawValue)"))
  }

  /// Who is around a citizen.
  public func circle(of citizen: String) async throws(ServiceError) -> CircleRecord {
    try await value(
      ServiceRequest(.GET, "/api/v1/citizens/\(segment(citizen))/circle"),
      retry: .briefRepeatable)
  }

  /// Sets it.
  public func setCircle(
    _ circle: CircleRecord, of citizen: String
  ) async throws(ServiceError) -> CircleRecord {
    try await value(
      putting("/citizens/\(segment(citizen))/circle", circle), retry: .briefRepeatable)
  }

  /// The teams in which a member of staff works, by id.
  public func teams(of worker: String) async throws(ServiceError) -> [String] {
    try await list(ServiceRequest(.GET, "/api/v1/people/\(segment(worker))/teams"))
  }

  /// Sets them.
  public func setTeams(_ teams: [String], of worker: String) async throws(ServiceError) {
    struct Body: Encodable { var teams: [String] }
    _ = try await reply(
      to: putting("/people/\(segment(worker))/teams", Body(teams: teams)),
      retry: .briefRepeatable)
  }

  /// What the municipality has decided, as the service writes it.
  public func settings() async throws(ServiceError) -> Data {
    try await reply(to: ServiceRequest(.GET, "/api/v1/settings"), retry: .briefRepeatable).body
  }

  /// What it has agreed about screen visits, as the service writes it.
  public func guidance() async throws(ServiceError) -> Data {
    try await reply(to: ServiceRequest(.GET, "/api/v1/guidance"), retry: .briefRepeatable).body
  }

  /// Decides on one part of it, `booking` or `daily`, or on an opening profile by its path; as the
  /// service writes it afterwards.
  public func decide(_ path: String, _ body: Data) async throws(ServiceError) -> Data {
    var request = ServiceRequest(.PUT, "/api/v1/\(path)")
    request.contentType = "application/json"
    request.body = body
    return try await reply(to: request, retry: .briefRepeatable).body
  }

  /// How long each kind of data is kept.
  public func retention() async throws(ServiceError) -> [RetentionRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/retention"))
  }

  /// Decides on it.
  public func setRetention(_ periods: [RetentionRecord]) async throws(ServiceError) {
    struct Body: Encodable { var periods: [RetentionRecord] }
    _ = try await reply(
      to: putting("/retention", Body(periods: periods)), retry: .briefRepeatable)
  }

  private func putting(_ path: String, _ body: some Encodable) -> ServiceRequest {
    var request = posting(path, body)
    request.method = .PUT
    return request
  }
}
