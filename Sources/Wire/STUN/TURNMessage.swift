/// A STUN message with what TURN (RFC 8656 §18) and long-term credentials (RFC 8489 §9.2) put in it.
///
/// As in `STUNMessage`, attributes after MESSAGE-INTEGRITY do not count, and of several of one type
/// the first does; only XOR-PEER-ADDRESS may be there more than once (§10.1).
public struct TURNMessage: Sendable {
  /// The most peers that one CreatePermission may name. RFC 8656 sets no bound; browsers name one.
  public static let maximumPeers = 16
  /// The longest REALM and NONCE in bytes (RFC 8489 §14.9, §14.10).
  public static let maximumTextLength = 763

  /// The message itself.
  public let stun: STUNMessage
  /// Where the text of REALM lies.
  public private(set) var realm: Range<Int>?
  /// Where the text of NONCE lies.
  public private(set) var nonce: Range<Int>?
  /// CHANNEL-NUMBER, whether a channel may have it or not.
  public private(set) var channelNumber: UInt16?
  /// LIFETIME in seconds.
  public private(set) var lifetime: UInt32?
  /// The first XOR-PEER-ADDRESS, apart from the others: most messages have one, and an array for it would
  /// be an allocation for every packet of a client that binds no channels.
  private var firstPeer: TURNPeer?
  private var otherPeers: [TURNPeer] = []
  /// Where the content of DATA lies.
  public private(set) var data: Range<Int>?
  /// The protocol number in REQUESTED-TRANSPORT; 17 is UDP.
  public private(set) var requestedTransport: UInt8?
  /// REQUESTED-ADDRESS-FAMILY as it travelled.
  public private(set) var requestedFamily: UInt8?
  /// ADDITIONAL-ADDRESS-FAMILY as it travelled.
  public private(set) var additionalFamily: UInt8?
  /// Whether EVEN-PORT is there.
  public private(set) var wantsEvenPort = false
  /// Whether RESERVATION-TOKEN is there.
  public private(set) var hasReservation = false
  /// XOR-RELAYED-ADDRESS.
  public private(set) var relayedAddress: SocketAddress?
  /// The first attribute that must be understood but is not, if there is one. DONT-FRAGMENT is such an
  /// attribute to us (§7.2).
  public private(set) var unknownRequired: STUNAttribute?

  /// Every XOR-PEER-ADDRESS.
  public var peers: [TURNPeer] { firstPeer.map { [$0] + otherPeers } ?? [] }

  /// The one XOR-PEER-ADDRESS; nil where there is none, or more than one.
  public var onlyPeer: TURNPeer? { otherPeers.isEmpty ? firstPeer : nil }

  /// Parses bytes that are one message.
  public init(parsing bytes: RawSpan) throws(ParseError) {
    stun = try STUNMessage(parsing: bytes)
    let end = stun.integrityOffset ?? stun.length
    var offset = STUNMessage.headerLength
    // STUNMessage has been over these headers and found them whole.
    while offset < end {
      let type = STUNAttribute(rawValue: bytes.loadUInt16(at: offset))
      let count = Int(bytes.loadUInt16(at: offset &+ 2))
      try take(type, (offset &+ 4)..<(offset &+ 4 &+ count), in: bytes)
      offset &+= 4 &+ ((count &+ 3) & ~3)
    }
  }

  private mutating func take(
    _ type: STUNAttribute, _ value: Range<Int>, in bytes: RawSpan
  ) throws(ParseError) {
    switch type {
    case .realm:
      guard value.count <= Self.maximumTextLength else { throw .tooMany }
      realm = realm ?? value
    case .nonce:
      guard value.count <= Self.maximumTextLength else { throw .tooMany }
      nonce = nonce ?? value
    case .channelNumber:
      try Self.expect(4, value)
      channelNumber = channelNumber ?? bytes.loadUInt16(at: value.lowerBound)
    case .lifetime:
      try Self.expect(4, value)
      lifetime = lifetime ?? bytes.loadUInt32(at: value.lowerBound)
    case .xorPeerAddress:
      let address = try stun.xorAddress(in: value, of: bytes)
      let peer = TURNPeer(address: address, family: value.count == 8 ? .ipv4 : .ipv6)
      guard firstPeer != nil else {
        firstPeer = peer
        return
      }
      guard otherPeers.count < Self.maximumPeers - 1 else { throw .tooMany }
      otherPeers.append(peer)
    case .xorRelayedAddress:
      let address = try stun.xorAddress(in: value, of: bytes)
      relayedAddress = relayedAddress ?? address
    case .data:
      data = data ?? value
    case .requestedTransport:
      try Self.expect(4, value)
      requestedTransport = requestedTransport ?? bytes.loadUInt8(at: value.lowerBound)
    case .requestedAddressFamily:
      try Self.expect(4, value)
      requestedFamily = requestedFamily ?? bytes.loadUInt8(at: value.lowerBound)
    case .additionalAddressFamily:
      try Self.expect(4, value)
      additionalFamily = additionalFamily ?? bytes.loadUInt8(at: value.lowerBound)
    case .evenPort:
      try Self.expect(1, value)
      wantsEvenPort = true
    case .reservationToken:
      try Self.expect(8, value)
      hasReservation = true
    default:
      if type.isComprehensionRequired, !type.isKnownToSTUN {
        unknownRequired = unknownRequired ?? type
      }
    }
  }

  private static func expect(_ count: Int, _ value: Range<Int>) throws(ParseError) {
    guard value.count == count else { throw .inconsistentLength }
  }
}

extension STUNAttribute {
  /// Whether every STUN agent knows it, so that its presence is no error whatever it means here.
  var isKnownToSTUN: Bool {
    switch self {
    case .mappedAddress, .username, .messageIntegrity, .errorCode, .unknownAttributes, .realm,
      .nonce, .messageIntegritySHA256, .xorMappedAddress, .priority, .useCandidate:
      true
    default: false
    }
  }
}
