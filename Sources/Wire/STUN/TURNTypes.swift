// What TURN (RFC 8656 §17 and §18) adds to STUN's methods and attributes.

extension STUNMethod {
  /// Asks for an allocation.
  public static let allocate = STUNMethod(rawValue: 0x003)
  /// Prolongs or ends an allocation.
  public static let refresh = STUNMethod(rawValue: 0x004)
  /// Carries data from the client to a peer; an indication.
  public static let send = STUNMethod(rawValue: 0x006)
  /// Carries data from a peer to the client; an indication.
  public static let data = STUNMethod(rawValue: 0x007)
  /// Allows a peer to send.
  public static let createPermission = STUNMethod(rawValue: 0x008)
  /// Gives a peer a channel number.
  public static let channelBind = STUNMethod(rawValue: 0x009)
}

extension STUNAttribute {
  /// CHANNEL-NUMBER.
  public static let channelNumber = STUNAttribute(rawValue: 0x000C)
  /// LIFETIME.
  public static let lifetime = STUNAttribute(rawValue: 0x000D)
  /// XOR-PEER-ADDRESS.
  public static let xorPeerAddress = STUNAttribute(rawValue: 0x0012)
  /// DATA.
  public static let data = STUNAttribute(rawValue: 0x0013)
  /// XOR-RELAYED-ADDRESS.
  public static let xorRelayedAddress = STUNAttribute(rawValue: 0x0016)
  /// REQUESTED-ADDRESS-FAMILY.
  public static let requestedAddressFamily = STUNAttribute(rawValue: 0x0017)
  /// EVEN-PORT.
  public static let evenPort = STUNAttribute(rawValue: 0x0018)
  /// REQUESTED-TRANSPORT.
  public static let requestedTransport = STUNAttribute(rawValue: 0x0019)
  /// DONT-FRAGMENT.
  public static let dontFragment = STUNAttribute(rawValue: 0x001A)
  /// RESERVATION-TOKEN.
  public static let reservationToken = STUNAttribute(rawValue: 0x0022)
  /// ADDITIONAL-ADDRESS-FAMILY.
  public static let additionalAddressFamily = STUNAttribute(rawValue: 0x8000)
  /// ADDRESS-ERROR-CODE.
  public static let addressErrorCode = STUNAttribute(rawValue: 0x8001)
}

/// An address family as STUN numbers it (RFC 8489 §14.1).
public enum STUNFamily: UInt8, Sendable, BitwiseCopyable {
  /// IPv4.
  case ipv4 = 1
  /// IPv6.
  case ipv6 = 2
}

/// A peer as XOR-PEER-ADDRESS names it (RFC 8656 §18.3).
///
/// The family is kept: an IPv4 address that travels in IPv6's mapped form is another way to ask for
/// the same machine, and a filter that knows only one of them can be walked around.
public struct TURNPeer: Hashable, Sendable, BitwiseCopyable {
  /// The address, IPv4 in its mapped form whatever it travelled as.
  public var address: SocketAddress
  /// The family it travelled as.
  public var family: STUNFamily

  /// A peer at `address`, which travelled as `family`.
  public init(address: SocketAddress, family: STUNFamily) {
    self.address = address
    self.family = family
  }
}

/// The number of a channel (RFC 8656 §12): 0x4000 ... 0x4FFF.
public struct TURNChannel: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The number that travels.
  public let rawValue: UInt16

  /// The channel with this number; nil where no channel may have it.
  public init?(rawValue: UInt16) {
    guard (0x4000...0x4FFF).contains(rawValue) else { return nil }
    self.rawValue = rawValue
  }
}
