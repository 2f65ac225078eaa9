import NIOHTTP1

/// What a person can do themselves about a visit.
public struct VisitWaysRecord: Codable, Sendable, Hashable {
  /// What it can be turned into: `phone`, `audio`, `video`.
  public var conversions: [String]
  /// Whether it can be called off.
  public var canCancel: Bool
}

extension BesoegAPI {
  /// What the caller can do about a visit.
  public func ways(of visit: String) async throws(ServiceError) -> VisitWaysRecord {
    try await value(
      ServiceRequest(.GET, "/api/v1/visits/\(segment(visit))/ways"), retry: .briefRepeatable)
  }
}
