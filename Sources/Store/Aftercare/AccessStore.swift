public import Visits

/// Who may see what about whom, who is around a citizen, and the log of looks.
public protocol AccessStore: Sendable {
  /// Decides as `AccessRules` do, and writes the line that goes with it before it returns: nobody
  /// sees what is not logged. `.refused` says why not, `.notFound` that there is no such citizen.
  ///
  /// The same look again within `AccessRequest.sameLookMilliseconds` is one look and one line.
  @discardableResult
  func access(
    _ request: AccessRequest, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> AccessBasis
  /// Writes a line for a list that was asked for: what was looked for stands in it, not who was
  /// found.
  func logList(
    _ criterion: String, part: RecordPart, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError)
  /// Lines after `id` (0 for all), in order, at most `limit`; about one citizen, or all.
  func accessLog(
    tenant: TenantID, of citizen: PersonID?, after id: Int64, limit: Int
  ) async throws(StoreError) -> [AccessLine]

  /// Who is around a citizen.
  func circle(of citizen: PersonID, tenant: TenantID) async throws(StoreError) -> CareCircle
  /// Sets who is around a citizen, with a line in the audit log. A team begins with its first
  /// member.
  func setCircle(
    _ circle: CareCircle, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
  /// Whether a worker runs a team's groups and takes its requests: a member, or anybody where the team
  /// has no workers.
  func serves(
    _ worker: PersonID, _ team: TeamID, tenant: TenantID
  ) async throws(StoreError) -> Bool
  /// The teams that a person belongs to.
  func teams(of person: PersonID, tenant: TenantID) async throws(StoreError) -> [TeamID]
  /// Sets the teams that a person works in, with a line in the audit log.
  func setTeams(
    _ teams: [TeamID], of person: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError)
  /// The people of a role whom a member of staff has to do with, by name: citizens of her own and
  /// of her teams, and colleagues who share a team with her. Everybody, for who sets the system up
  /// or runs it.
  func people(
    around initiator: Initiator, tenant: TenantID, role: Role?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [Person]
}

/// What somebody wants of a citizen's record.
public struct AccessRequest: Hashable, Sendable {
  /// Looks alike within this time, in milliseconds, are one look: a page that asks again every few
  /// seconds would bury the log.
  public static let sameLookMilliseconds: Int64 = 5 * 60_000
  /// How long a visit makes its worker somebody the citizen knows, in days before and after it.
  public static let visitDays = 90
  /// The same for a talk in drop-in, which somebody of another team may have held: long enough to
  /// write about it.
  public static let talkDays = 7

  /// Whose record.
  public var citizen: PersonID
  /// Which part.
  public var part: RecordPart
  /// To do what.
  public var action: AccessAction
  /// Why, where said.
  public var reason: String?

  /// A request.
  public init(
    _ citizen: PersonID, _ part: RecordPart, _ action: AccessAction = .read, reason: String? = nil
  ) {
    self.citizen = citizen
    self.part = part
    self.action = action
    self.reason = reason
  }
}

/// One line of the log of looks.
public struct AccessLine: Hashable, Sendable {
  /// The number, rising.
  public var id: Int64
  /// When.
  public var at: UTCMilliseconds
  /// Who.
  public var reader: PersonID
  /// In what role.
  public var role: Role
  /// On which device.
  public var device: DeviceID?
  /// About whom; nil for a list.
  public var citizen: PersonID?
  /// What was looked for, of a list.
  public var criterion: String?
  /// What part of the record.
  public var part: RecordPart
  /// What was done with it.
  public var action: AccessAction
  /// On what ground.
  public var basis: AccessBasis
  /// Why, where a reason was given.
  public var reason: String?
}
