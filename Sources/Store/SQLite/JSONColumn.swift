import Foundation
import GRDB

/// Values that are kept whole, as JSON in one column: read together or not at all, and new members
/// need no migration. Keys in order, so that equal values are equal texts.
enum JSONColumn {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}

extension Row {
  /// A column's JSON as a value. One this release cannot read comes from a newer one.
  func json<Value: Decodable>(_ column: String, as type: Value.Type) throws -> Value {
    try JSONColumn.value(type, from: self[column])
  }

  /// The row's `body`.
  func body<Value: Decodable>(as type: Value.Type) throws -> Value {
    try json("body", as: type)
  }
}
