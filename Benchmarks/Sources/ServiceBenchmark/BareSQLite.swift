import GRDBSQLite

/// SQLite as C gives it: the floor that the store is measured against.
final class BareSQLite {
  private var handle: OpaquePointer?
  private var statements: [String: OpaquePointer] = [:]

  /// Opens the file as the store does: WAL, every commit on disk.
  init(path: String) {
    precondition(sqlite3_open(path, &handle) == SQLITE_OK, "cannot open \(path)")
    run("PRAGMA journal_mode = WAL")
    run("PRAGMA synchronous = FULL")
    run("PRAGMA foreign_keys = ON")
    sqlite3_busy_timeout(handle, 5000)
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close(handle)
  }

  /// One value of a statement.
  enum Value: Sendable {
    case text(String)
    case integer(Int64)
    case null
  }

  /// A statement with its values.
  struct Statement: Sendable {
    var sql: String
    var values: [Value]
  }

  /// Runs statements as they were recorded; how many rows they gave.
  @discardableResult
  func replay(_ statements: [Statement]) -> Int {
    statements.reduce(0) { $0 + run($1.sql, $1.values) }
  }

  /// Runs a statement, prepared once; reads every column of every row, and returns how many rows.
  @discardableResult
  func run(_ sql: String, _ values: [Value] = []) -> Int {
    var rows = 0
    each(sql, values) { statement in
      rows += 1
      for column in 0..<sqlite3_column_count(statement) {
        if sqlite3_column_type(statement, column) == SQLITE_TEXT {
          _ = sqlite3_column_text(statement, column)
        } else {
          _ = sqlite3_column_int64(statement, column)
        }
      }
    }
    return rows
  }

  /// The first column of every row, as text.
  func texts(_ sql: String) -> [String] {
    var texts: [String] = []
    each(sql, []) { texts.append(String(cString: sqlite3_column_text($0, 0))) }
    return texts
  }

  private func each(_ sql: String, _ values: [Value], _ row: (OpaquePointer?) -> Void) {
    let statement = prepared(sql)
    defer { sqlite3_reset(statement) }
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      switch value {
      case .text(let text):
        // SQLITE_TRANSIENT: SQLite copies the text before the call returns.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        sqlite3_bind_text(statement, place, text, -1, transient)
      case .integer(let number): sqlite3_bind_int64(statement, place, number)
      case .null: sqlite3_bind_null(statement, place)
      }
    }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: row(statement)
      case SQLITE_DONE: return
      default: fatalError("\(String(cString: sqlite3_errmsg(handle))): \(sql)")
      }
    }
  }

  private func prepared(_ sql: String) -> OpaquePointer? {
    if let known = statements[sql] { return known }
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
      fatalError("\(String(cString: sqlite3_errmsg(handle))): \(sql)")
    }
    statements[sql] = statement
    return statement
  }
}
