public import Visits

/// A grant with its history.
public struct GrantDetails: Hashable, Sendable {
  /// The grant.
  public var grant: Grant
  /// What happened to it, in order.
  public var history: [GrantEntry]
  /// What it asks for, due or not (A4, B23, H6).
  public var tasks: [GrantTask]
  /// What its package makes of the week's minutes, the primary form first; empty without one (A13).
  public var mix: [FormMinutes]

  /// A grant with its history.
  public init(
    grant: Grant, history: [GrantEntry], tasks: [GrantTask], mix: [FormMinutes] = []
  ) {
    self.grant = grant
    self.history = history
    self.tasks = tasks
    self.mix = mix
  }
}

/// Minutes a week in one form.
public struct FormMinutes: Hashable, Sendable {
  /// The form.
  public var form: VisitForm
  /// The minutes.
  public var minutes: Int
}

/// Grants (A1–A16).
public protocol GrantStore: Sendable {
  /// Records a grant. `born` is looked at and not kept. Repeated with the same id it is a `.conflict`.
  func grant(
    _ request: GrantRequest, to citizen: PersonID, born: LocalDate, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> GrantDetails
  /// Takes up the course that ended last again, in one action (A12).
  func reenter(
    _ id: GrantID, citizen: PersonID, born: LocalDate, start: LocalDate, reference: String?,
    tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> GrantDetails
  /// Applies a command to a grant: the grant, its history and the audit log.
  func apply(
    _ command: GrantCommand, to id: GrantID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> GrantDetails
  /// A grant with its history.
  func grantDetails(_ id: GrantID, tenant: TenantID) async throws(StoreError) -> GrantDetails
  /// What whoever booked a visit should know though nothing forbids it (A4, A5, A14).
  func advice(on visit: Visit) async throws(StoreError) -> [Notice]
  /// A citizen's grants, newest first.
  func grants(of citizen: PersonID, tenant: TenantID) async throws(StoreError) -> [Grant]
  /// Minutes granted, booked and delivered in the weeks between two days (A14).
  func minutes(
    of id: GrantID, from first: LocalDate, through last: LocalDate, tenant: TenantID
  ) async throws(StoreError) -> [MinutesAccount]
}
