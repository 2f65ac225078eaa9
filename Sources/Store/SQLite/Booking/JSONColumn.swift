import Foundation
import GRDB

/// Values that are kept whole, as JSON in a `body` column. Keys in order, so that equal values are
/// equal texts.
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
  /// The row's `body`.
  func body<Value: Decodable>(as type: Value.Type) throws -> Value {
    try JSONColumn.value(type, from: self["body"])
  }
}
