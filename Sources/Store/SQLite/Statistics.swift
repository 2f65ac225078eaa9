import GRDB

/// What SQLite's planner is told about the tables, the same in every database.
///
/// Without figures it takes a key's first column to tell rows apart. Ours is the municipality, which
/// tells none apart, so it read all of a municipality's rows where an index would have found the two
/// that were asked for. Figures of a real database (`ANALYZE`) would be right until it grows, and
/// plans would change with it; these never do. See "Query Planner Stability" of the SQLite manual.
enum Statistics {
  /// Rows of a large municipality's table.
  private static let rows = 100_000
  /// Rows that share a key's columns up to one that does not make them unique.
  private static let alike = 20

  /// Registers the migration. It comes after all tables it is to know of.
  static func register(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("2026-11 statistics", migrate: write)
  }

  /// Writes the figures of every index there is (`sqlite_stat1`).
  static func write(in db: Database) throws {
    try db.execute(sql: "ANALYZE; DELETE FROM sqlite_stat1")
    let tables = try Row.fetchAll(
      db, sql: "SELECT name, wr FROM pragma_table_list WHERE type = 'table' AND schema = 'main'")
    for table in tables {
      let name: String = table["name"]
      guard !name.hasPrefix("sqlite_") else { continue }
      let indices = try Row.fetchAll(
        db, sql: #"SELECT name, "unique", origin FROM pragma_index_list(?)"#, arguments: [name])
      for index in indices {
        let columns = try String.fetchAll(
          db, sql: "SELECT name FROM pragma_index_info(?) ORDER BY seqno",
          arguments: [index["name"] as String])
        let figures = columns.enumerated().map { place, column in
          if column == "tenant" { return rows }
          return (index["unique"] as Bool) && place == columns.count - 1 ? 1 : alike
        }
        // The key of a table without row ids goes by the table's own name.
        let isTable = (table["wr"] as Bool) && index["origin"] == "pk"
        try db.execute(
          sql: "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)",
          arguments: [
            name, isTable ? name : index["name"] as String,
            ([rows] + figures).map(String.init).joined(separator: " "),
          ])
      }
    }
    // Has this connection read them; others do when they see that the schema has changed.
    try db.execute(sql: "ANALYZE sqlite_schema")
  }
}
