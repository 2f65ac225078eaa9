import Foundation
import GRDB

/// Values kept whole in one column: read together or not at all, and new members need no migration.
enum JSONColumn {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension Row {
  /// A column's JSON as a value. One this release cannot read comes from a newer one.
  func json<Value: Decodable>(_ column: String, as type: Value.Type) throws -> Value {
    let text: String = self[column]
    return try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
