public import Visits

/// How long each kind of data is kept, purging what is older, and taking everything out.
public protocol RetentionStore: Sendable {
  /// The municipality's periods; the suggested ones where it has decided nothing.
  func retention(tenant: TenantID) async throws(StoreError) -> RetentionPolicy
  /// Decides the periods, with a line in the audit log.
  func setRetention(
    _ policy: RetentionPolicy, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
  /// Deletes what its period is over for, one kind after the other, each in a transaction of its own
  /// and with a line in the audit log where anything went. Dry, it deletes nothing and counts.
  func purge(
    tenant: TenantID, isDry: Bool, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> [PurgeCount]
  /// Everything that is kept about one citizen, table by table, with a line in the audit log.
  func export(
    citizen: PersonID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> CitizenExport
}

/// How much of one kind of data a purge took.
public struct PurgeCount: Hashable, Sendable {
  /// The kind.
  public var kind: DataKind
  /// Rows that went, or would.
  public var rows: Int
  /// What lay before this day went.
  public var before: LocalDate

  /// A count.
  public init(kind: DataKind, rows: Int, before: LocalDate) {
    self.kind = kind
    self.rows = rows
    self.before = before
  }
}

/// A column's value as it is kept.
public enum ExportValue: Hashable, Sendable {
  /// Nothing.
  case null
  /// A number, or a time in milliseconds since 1970.
  case integer(Int64)
  /// A fraction.
  case real(Double)
  /// Text.
  case text(String)
  /// A text that is JSON.
  case json(String)
}

/// Everything about one citizen.
public struct CitizenExport: Hashable, Sendable {
  /// Whom it is about.
  public var citizen: Person
  /// When it was taken out.
  public var at: UTCMilliseconds
  /// Rows by table, columns by name.
  public var tables: [String: [[String: ExportValue]]]

  /// An export.
  public init(
    citizen: Person, at: UTCMilliseconds, tables: [String: [[String: ExportValue]]] = [:]
  ) {
    self.citizen = citizen
    self.at = at
    self.tables = tables
  }
}
