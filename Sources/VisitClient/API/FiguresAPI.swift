public import FoundationEssentials
import NIOHTTP1

/// How often a worker's own screen visits worked (F5).
public struct UsageRecord: Codable, Sendable {
  /// Visits held.
  public var held: Int
  /// Of them, those that worked at the first try.
  public var firstTry: Int
  /// Visits that technology failed.
  public var technicalFailures: Int
  /// Visits that went on by telephone.
  public var movedToPhone: Int
  /// Practice calls.
  public var practices: Int
}

/// How far a citizen met people they know (B10).
public struct ContinuityRecord: Codable, Sendable {
  /// Visits held.
  public var held: Int
  /// Of them, those with the support worker who is the citizen's own.
  public var withPrimary: Int
  /// Those with somebody the citizen knows.
  public var withKnown: Int
  /// How many people came.
  public var differentWorkers: Int
}

/// The marks of several citizens together (H9).
public struct ScoreReportRecord: Codable, Sendable {
  /// One item of the scale.
  public struct Line: Codable, Sendable {
    /// What was asked.
    public var item: String
    /// The mean of the first marks.
    public var first: Double?
    /// The mean of the latest.
    public var latest: Double?
    /// What became of it.
    public var change: Double?
  }

  /// How many citizens answered; nil where they are too few to be told of.
  public var citizens: Int?
  /// How many there must be.
  public var smallestCell: Int
  /// The items.
  public var lines: [Line]
}

/// Something that somebody did.
public struct AuditLineRecord: Codable, Sendable {
  /// The line's number.
  public var id: Int64
  /// When.
  public var at: Date
  /// Who, by id; nil for the system itself.
  public var actor: String?
  /// In what role.
  public var role: Role?
  /// What.
  public var action: String
  /// With whom, by id.
  public var subject: String?
  /// What more there is to say.
  public var detail: String?
}

// Figures and logs, as one person's device asks for them.
extension BesoegAPI {
  /// The caller's own figures of the last quarter.
  public func ownUsage() async throws(ServiceError) -> UsageRecord {
    try await value(ServiceRequest(.GET, "/api/v1/me/usage"), retry: .briefRepeatable)
  }

  /// How far a citizen met people they know in the last 90 days.
  public func continuity(of citizen: String) async throws(ServiceError) -> ContinuityRecord {
    try await value(
      ServiceRequest(.GET, "/api/v1/people/\(segment(citizen))/continuity"),
      retry: .briefRepeatable)
  }

  /// The marks of a team's citizens together; the whole municipality's without a team.
  public func scoreReport(
    _ scale: String, team: String?
  ) async throws(ServiceError) -> ScoreReportRecord {
    let query = team.map { "?team=\(segment($0))" } ?? ""
    return try await value(
      ServiceRequest(.GET, "/api/v1/scales/\(segment(scale))/report\(query)"),
      retry: .briefRepeatable)
  }

  /// What was done since a day, in order.
  public func audit(since day: Date) async throws(ServiceError) -> [AuditLineRecord] {
    try await pages("/api/v1/audit", \AuditLineRecord.id).filter { $0.at >= day }
  }

  /// Who looked at anybody's record since a day, in order.
  public func wholeAccessLog(since day: Date) async throws(ServiceError) -> [AccessLineRecord] {
    try await pages("/api/v1/access-log", \AccessLineRecord.id).filter { $0.at >= day }
  }

  /// A log's lines. It is told a few hundred at a time.
  private func pages<Line: Decodable & Sendable>(
    _ path: String, _ number: (Line) -> Int64
  ) async throws(ServiceError) -> [Line] {
    var lines: [Line] = []
    var after: Int64 = 0
    while true {
      let page: [Line] = try await list(ServiceRequest(.GET, "\(path)?after=\(after)"))
      guard let last = page.last else { return lines }
      lines += page
      // A service that gave the same page again would be asked for ever.
      guard number(last) > after else { return lines }
      after = number(last)
    }
  }
}
