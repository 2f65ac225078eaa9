public import CallQuality
import Foundation
import GRDB
public import Visits

extension SQLiteStore: SampleStore {
  /// Stores samples with a visit.
  public func appendSamples(
    _ samples: [QualitySample], of visit: VisitID, tenant: TenantID
  ) async throws(StoreError) {
    guard !samples.isEmpty else { return }
    try await write { db in
      try VisitTable.requireVisit(visit, tenant: tenant, in: db)
      let encoder = JSONEncoder()
      for sample in samples {
        let body = String(decoding: try encoder.encode(sample.clamped), as: UTF8.self)
        try db.execute(
          sql: "INSERT INTO sample (tenant, visit, body) VALUES (?, ?, ?)",
          arguments: [tenant.rawValue, visit.rawValue, body])
      }
    }
  }

  /// A visit's samples.
  public func samples(
    of visit: VisitID, tenant: TenantID
  ) async throws(StoreError) -> [QualitySample] {
    try await read { db in
      try VisitTable.requireVisit(visit, tenant: tenant, in: db)
      return try SampleTable.samples(of: visit, tenant: tenant, in: db)
    }
  }
}

/// Rows of `sample`. The figures are one JSON column: the verdict reads all of them or none, and
/// new ones need no migration.
enum SampleTable {
  static func samples(
    of visit: VisitID, tenant: TenantID, in db: Database
  ) throws -> [QualitySample] {
    let decoder = JSONDecoder()
    return try String.fetchAll(
      db, sql: "SELECT body FROM sample WHERE tenant = ? AND visit = ? ORDER BY id",
      arguments: [tenant.rawValue, visit.rawValue]
    ).map { try decoder.decode(QualitySample.self, from: Data($0.utf8)) }
  }

  /// The newest sample's number; 0 when there is none.
  static func last(of visit: VisitID, tenant: TenantID, in db: Database) throws -> Int64 {
    try Int64.fetchOne(
      db, sql: "SELECT MAX(id) FROM sample WHERE tenant = ? AND visit = ?",
      arguments: [tenant.rawValue, visit.rawValue]) ?? 0
  }
}
