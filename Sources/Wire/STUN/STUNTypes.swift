/// The class of a STUN message (RFC 8489 §5).
public enum STUNClass: UInt8, Sendable, BitwiseCopyable {
  /// Asks for a response.
  case request = 0
  /// Asks for nothing.
  case indication = 1
  /// Says that a request succeeded.
  case success = 2
  /// Says that a request failed.
  case error = 3
}

/// The method of a STUN message, 12 bits (RFC 8489 §18.2).
public struct STUNMethod: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The number that travels.
  public var rawValue: UInt16

  /// The method with this number; the low 12 bits count.
  public init(rawValue: UInt16) { self.rawValue = rawValue & 0x0FFF }

  /// Binding: ICE's connectivity checks and keepalives.
  public static let binding = STUNMethod(rawValue: 1)
}

/// The 96-bit name of a STUN transaction (RFC 8489 §5).
public struct STUNTransactionID: Hashable, Sendable, BitwiseCopyable {
  /// The first 32 bits, in host order.
  public var high: UInt32
  /// The last 64 bits, in host order.
  public var low: UInt64

  /// A transaction id from its parts, in host order.
  public init(high: UInt32, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A random transaction id.
  public init(using generator: inout some RandomNumberGenerator) {
    high = generator.next()
    low = generator.next()
  }
}

/// The type of a STUN attribute (RFC 8489 §18.3, RFC 8445 §16.1).
public struct STUNAttribute: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The number that travels.
  public var rawValue: UInt16

  /// The attribute with this number.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// MAPPED-ADDRESS.
  public static let mappedAddress = STUNAttribute(rawValue: 0x0001)
  /// USERNAME.
  public static let username = STUNAttribute(rawValue: 0x0006)
  /// MESSAGE-INTEGRITY.
  public static let messageIntegrity = STUNAttribute(rawValue: 0x0008)
  /// ERROR-CODE.
  public static let errorCode = STUNAttribute(rawValue: 0x0009)
  /// UNKNOWN-ATTRIBUTES.
  public static let unknownAttributes = STUNAttribute(rawValue: 0x000A)
  /// REALM.
  public static let realm = STUNAttribute(rawValue: 0x0014)
  /// NONCE.
  public static let nonce = STUNAttribute(rawValue: 0x0015)
  /// MESSAGE-INTEGRITY-SHA256.
  public static let messageIntegritySHA256 = STUNAttribute(rawValue: 0x001C)
  /// XOR-MAPPED-ADDRESS.
  public static let xorMappedAddress = STUNAttribute(rawValue: 0x0020)
  /// PRIORITY.
  public static let priority = STUNAttribute(rawValue: 0x0024)
  /// USE-CANDIDATE.
  public static let useCandidate = STUNAttribute(rawValue: 0x0025)
  /// SOFTWARE.
  public static let software = STUNAttribute(rawValue: 0x8022)
  /// FINGERPRINT.
  public static let fingerprint = STUNAttribute(rawValue: 0x8028)
  /// ICE-CONTROLLED.
  public static let iceControlled = STUNAttribute(rawValue: 0x8029)
  /// ICE-CONTROLLING.
  public static let iceControlling = STUNAttribute(rawValue: 0x802A)

  /// Whether a receiver that does not know the attribute must refuse the message.
  public var isComprehensionRequired: Bool { rawValue < 0x8000 }
}
