/// A name of something stored: opaque text, unique within its municipality.
///
/// One protocol and several types, so that a citizen's id can never be passed where a visit's is
/// wanted.
public protocol Identifier: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible
where RawValue == String {
  /// Wraps an id received from outside. Nothing is checked: an unknown id is simply not found.
  init(rawValue: String)
}

extension Identifier {
  /// A new id of 128 random bits, as 26 characters of Crockford's base 32 that survive being read
  /// aloud to a help desk.
  public init(random generator: inout some RandomNumberGenerator) {
    let alphabet: [UInt8] = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    var high = UInt64.random(in: .min ... .max, using: &generator)
    var low = UInt64.random(in: .min ... .max, using: &generator)
    var characters: [UInt8] = []
    for _ in 0..<26 {
      characters.append(alphabet[Int(low & 31)])
      low = low >> 5 | high << 59
      high >>= 5
    }
    self.init(rawValue: String(decoding: characters, as: UTF8.self))
  }

  /// A new random id from the system's generator.
  public static func random() -> Self {
    var generator = SystemRandomNumberGenerator()
    return Self(random: &generator)
  }

  /// The id as text.
  public var description: String { rawValue }

  /// Reads the text alone.
  public init(from decoder: any Decoder) throws {
    self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text alone.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// Names a municipality.
public struct TenantID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names a person of a municipality.
public struct PersonID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names a device that a person has been given access on.
public struct DeviceID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names a visit; also the name of its room on the relay.
public struct VisitID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names a team: support workers who share citizens, hours and a duty rota.
public struct TeamID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}
