import FoundationEssentials

/// The service's JSON: camelCase, times as RFC 3339 strings in UTC.
enum ServiceJSON {
  static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
      let container = try decoder.singleValueContainer()
      let text = try container.decode(String.self)
      guard let date = date(text) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "not an RFC 3339 time")
      }
      return date
    }
    return try decoder.decode(type, from: data)
  }

  static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(text(date))
    }
    return try encoder.encode(value)
  }

  /// RFC 3339 with milliseconds, in UTC.
  static func text(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// An RFC 3339 time, with or without a fraction of a second.
  static func date(_ text: String) -> Date? {
    (try? Date.ISO8601FormatStyle().parse(text))
      ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
  }
}

/// A list that the service wraps in an object of one member, whatever the member is called.
struct Wrapped<Element: Decodable & Sendable>: Decodable {
  var elements: [Element]

  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    if let list = try? decoder.singleValueContainer().decode([Element].self) {
      elements = list
      return
    }
    let container = try decoder.container(keyedBy: Name.self)
    guard let name = container.allKeys.first else {
      elements = []
      return
    }
    elements = try container.decode([Element].self, forKey: name)
  }
}
