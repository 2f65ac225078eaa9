import GRDBSQLite
import Synchronization

/// Writes down the statements that the store has SQLite run, with the values bound to them, so that
/// they can be run again without the store: what "the same statements" means here.
///
/// SQLite tells of every connection of the process as it is opened (`sqlite3_auto_extension`), and of
/// every statement as it begins (`sqlite3_trace_v2`).
enum StatementRecorder {
  private struct State {
    var isOn = false
    var statements: [BareSQLite.Statement] = []
  }

  private static let state = Mutex(State())

  /// Watches all connections opened from now on.
  static func install() {
    // What SQLite calls is (sqlite3 *, char **, const sqlite3_api_routines *) -> int; what it takes is
    // declared as a function of nothing, in C too.
    typealias Opened =
      @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, OpaquePointer?
      ) -> CInt
    let opened: Opened = { connection, _, _ in
      sqlite3_trace_v2(
        connection, UInt32(SQLITE_TRACE_STMT),
        { _, _, statement, text in
          StatementRecorder.note(OpaquePointer(statement), text)
          return 0
        }, nil)
    }
    sqlite3_auto_extension(unsafeBitCast(opened, to: (@convention(c) () -> Void).self))
  }

  /// What is run while `body` runs, in order.
  static func record(_ body: () async throws -> Void) async throws -> [BareSQLite.Statement] {
    state.withLock { $0 = State(isOn: true) }
    try await body()
    return state.withLock { state in
      defer { state = State() }
      return state.statements
    }
  }

  private static func note(_ statement: OpaquePointer?, _ text: UnsafeMutableRawPointer?) {
    guard let statement, let text, state.withLock({ $0.isOn }) else { return }
    // A trigger's own statements are told as comments.
    let told = text.assumingMemoryBound(to: CChar.self)
    guard told[0] != CChar(UInt8(ascii: "-")) || told[1] != CChar(UInt8(ascii: "-")) else { return }
    guard let plain = sqlite3_sql(statement), let expanded = sqlite3_expanded_sql(statement) else {
      return
    }
    defer { sqlite3_free(expanded) }
    let sql = String(cString: plain)
    let noted = BareSQLite.Statement(
      sql: sql, values: BoundValues.read(sql: sql, expanded: String(cString: expanded)))
    state.withLock { if $0.isOn { $0.statements.append(noted) } }
  }
}

/// Reads the values bound to a statement from the text in which SQLite has put them in place of the
/// parameters: it has no other way of telling.
enum BoundValues {
  /// One value for each place in which a parameter stands, in order of their numbers.
  static func read(sql: String, expanded: String) -> [BareSQLite.Value] {
    let (sql, expanded) = (Array(sql.utf8), Array(expanded.utf8))
    var (here, there) = (0, 0)
    var values: [BareSQLite.Value] = []
    var names: [[UInt8]: Int] = [:]
    while here < sql.count {
      let byte = sql[here]
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        let length = quoted(sql, from: here)
        here += length
        there += length
      case UInt8(ascii: "-") where here + 1 < sql.count && sql[here + 1] == byte:
        let length = (sql[here...].firstIndex(of: UInt8(ascii: "\n")) ?? sql.count) - here
        here += length
        there += length
      case UInt8(ascii: "?"), UInt8(ascii: ":"):
        var end = here + 1
        while end < sql.count, isWord(sql[end]) { end += 1 }
        let name = Array(sql[here..<end])
        let (value, length) = literal(expanded, from: there)
        if name.count == 1 {
          values.append(value)
        } else if let number = Int(String(decoding: name.dropFirst(), as: UTF8.self)) {
          while values.count < number { values.append(.null) }
          values[number - 1] = value
        } else if names[name] == nil {
          names[name] = values.count
          values.append(value)
        }
        here = end
        there += length
      default:
        here += 1
        there += 1
      }
    }
    precondition(
      there == expanded.count, "cannot read the values of \(String(decoding: sql, as: UTF8.self))")
    return values
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// How long the quoted text is that begins at `start`, its doubled quotes counted.
  private static func quoted(_ text: [UInt8], from start: Int) -> Int {
    var end = start + 1
    while end < text.count {
      if text[end] == text[start] {
        guard end + 1 < text.count, text[end + 1] == text[start] else { return end + 1 - start }
        end += 1
      }
      end += 1
    }
    return end - start
  }

  private static func literal(_ text: [UInt8], from start: Int) -> (BareSQLite.Value, Int) {
    guard start < text.count else { return (.null, 0) }
    if text[start] == UInt8(ascii: "'") {
      let length = quoted(text, from: start)
      let inside = String(decoding: text[start + 1..<start + length - 1], as: UTF8.self)
      return (
        .text(
          inside.split(separator: "''", omittingEmptySubsequences: false).joined(separator: "'")),
        length
      )
    }
    var end = start
    while end < text.count, isWord(text[end]) || text[end] == UInt8(ascii: "-") { end += 1 }
    let word = String(decoding: text[start..<end], as: UTF8.self)
    if word == "NULL" { return (.null, end - start) }
    guard let number = Int64(word) else { preconditionFailure("no value: \(word)") }
    return (.integer(number), end - start)
  }
}
