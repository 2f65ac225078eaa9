import GRDB
import Testing

@testable import Store

/// That a question about one citizen reads that citizen's rows, however many others a municipality has.
@Suite struct PlanTests {
  private struct Index: Sendable {
    var table: String
    var name: String
    var columns: [String]
    var condition: String
  }

  /// Every index whose key begins with the municipality and goes on, the tables' own keys among them.
  private func indices(_ db: Database) throws -> [Index] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT t.name AS "table", i.name AS name, i.partial AS partial, s.sql AS sql,
          group_concat(c.name) AS columns
        FROM pragma_table_list t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
        LEFT JOIN sqlite_schema s ON s.type = 'index' AND s.name = i.name
        WHERE t.type = 'table' GROUP BY t.name, i.name
        """
    ).compactMap { row in
      let columns = (row["columns"] as String).split(separator: ",").map(String.init)
      guard columns.first == "tenant", columns.count > 1 else { return nil }
      let sql: String = row["sql"] ?? ""
      let condition = (row["partial"] as Bool) ? sql.split(separator: "WHERE").last : nil
      return Index(
        table: row["table"], name: row["name"], columns: columns,
        condition: condition.map(String.init) ?? "1")
    }
  }

  @Test func whatIsAskedForByAnIndexIsFoundByOne() async throws {
    let town = try await Municipality()
    // As a server that was started again opens it.
    let store = try town.reopened()
    try await store.read { db in
      let indices = try indices(db)
      #expect(indices.count > 60)
      for index in indices {
        let columns = index.columns.prefix(2)
        let plan = try Row.fetchAll(
          db,
          sql: """
            EXPLAIN QUERY PLAN SELECT * FROM "\(index.table)"
            WHERE "\(columns[0])" = 'a' AND "\(columns[1])" = 'b' AND (\(index.condition))
            """
        ).map { $0["detail"] as String }.joined(separator: "; ")
        let isFound =
          plan.contains("\(columns[0])=? AND \(columns[1])=?")
          || plan.contains("INTEGER PRIMARY KEY")
        #expect(isFound, "\(index.name): \(plan)")
      }
    }
  }

  @Test func aCitizensMinutesAreCountedFromTheirOwnVisits() async throws {
    let town = try await Municipality()
    let store = try town.reopened()
    let plan = try await store.read { db in
      try Row.fetchAll(
        db, sql: "EXPLAIN QUERY PLAN " + GrantTable.countedQuery, arguments: ["a", "b", 0]
      ).map { $0["detail"] as String }
    }
    // The few that are theirs are walked through; every table is looked up by its key.
    let scans = plan.filter { $0.hasPrefix("SCAN") && $0 != "SCAN mine" }
    #expect(scans.isEmpty, "\(plan)")
    #expect(plan.contains { $0.hasPrefix("SEARCH visit") && $0.contains("citizen=?") }, "\(plan)")
    #expect(plan.contains { $0.hasPrefix("SEARCH v ") && $0.contains("id=?") }, "\(plan)")
    #expect(plan.contains { $0.hasPrefix("SEARCH g ") && $0.contains("citizen=?") }, "\(plan)")
  }

  @Test func colleaguesAreLookedUpFromTheirOwnTeams() async throws {
    let town = try await Municipality()
    let plan = try await town.store.read { db in
      try Row.fetchAll(
        db,
        sql: """
          EXPLAIN QUERY PLAN SELECT DISTINCT m.person FROM teamMember own
          JOIN teamMember m ON m.tenant = own.tenant AND m.team = own.team
          JOIN person p ON p.tenant = m.tenant AND p.id = m.person
          WHERE own.tenant = 'a' AND own.person = 'b' AND p.role IN ('supportWorker', 'teamLead')
          ORDER BY m.person
          """
      ).map { $0["detail"] as String }
    }
    #expect(plan.first?.hasPrefix("SEARCH own USING COVERING INDEX teamOfMember") == true)
  }
}
