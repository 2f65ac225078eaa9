public import FoundationEssentials
import NIOHTTP1

/// Who can be reached.
public struct Presence: Codable, Sendable, Hashable {
  /// A worker.
  public struct Worker: Codable, Sendable, Hashable {
    /// Who.
    public var person: PersonReference
    /// `available`, `in-visit`, `away` or `off-duty`.
    public var presence: String
    /// Whether they have the duty now.
    public var hasDuty: Bool
  }

  /// A citizen's device.
  public struct Device: Codable, Sendable, Hashable {
    /// Whose it is.
    public var person: PersonReference
    /// What people call it.
    public var label: String
    /// `ready`, `test-due`, `test-failed`, `offline`, `lost` or `never-seen`.
    public var health: String
    /// When anything was last heard from it.
    public var lastSeenAt: Date?
    /// When it last tested itself.
    public var selfTestAt: Date?
  }

  /// Workers by name.
  public var workers: [Worker]
  /// Devices by their citizens' names.
  public var devices: [Device]
}

extension BesoegAPI {
  /// Who can be reached.
  public func presence() async throws(ServiceError) -> Presence {
    try await value(ServiceRequest(.GET, "/api/v1/presence"), retry: .briefRepeatable)
  }

  /// Says to be away for so many minutes; 0 for being back.
  public func setAway(minutes: Int) async throws(ServiceError) {
    struct Body: Encodable { var minutes: Int }
    _ = try await reply(
      to: posting("/presence/away", Body(minutes: minutes)), retry: .briefRepeatable)
  }
}
