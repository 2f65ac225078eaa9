// The attributes that a TURN server's responses and a TURN client's requests are made of.

extension STUNWriter {
  /// Adds REALM.
  public mutating func add(realm: String, to bytes: inout MutableRawSpan) {
    add(.realm, text: realm, to: &bytes)
  }

  /// Adds NONCE.
  public mutating func add(nonce: String, to bytes: inout MutableRawSpan) {
    add(.nonce, text: nonce, to: &bytes)
  }

  /// Adds LIFETIME, seconds.
  public mutating func add(lifetime seconds: UInt32, to bytes: inout MutableRawSpan) {
    if let offset = attribute(.lifetime, count: 4, in: &bytes) {
      bytes.storeUInt32(seconds, at: offset)
    }
  }

  /// Adds XOR-RELAYED-ADDRESS.
  public mutating func add(relayedAddress address: SocketAddress, to bytes: inout MutableRawSpan) {
    add(.xorRelayedAddress, address: address, to: &bytes)
  }

  /// Adds XOR-PEER-ADDRESS.
  public mutating func add(peerAddress address: SocketAddress, to bytes: inout MutableRawSpan) {
    add(.xorPeerAddress, address: address, to: &bytes)
  }

  /// Adds CHANNEL-NUMBER, whether a channel may have it or not.
  public mutating func add(channelNumber: UInt16, to bytes: inout MutableRawSpan) {
    if let offset = attribute(.channelNumber, count: 4, in: &bytes) {
      bytes.storeUInt32(UInt32(channelNumber) << 16, at: offset)
    }
  }

  /// Adds REQUESTED-TRANSPORT with a protocol number; 17 is UDP.
  public mutating func add(requestedTransport: UInt8, to bytes: inout MutableRawSpan) {
    if let offset = attribute(.requestedTransport, count: 4, in: &bytes) {
      bytes.storeUInt32(UInt32(requestedTransport) << 24, at: offset)
    }
  }

  /// Adds UNKNOWN-ATTRIBUTES with the one that was not understood (RFC 8489 §14.13).
  public mutating func add(unknown attribute: STUNAttribute, to bytes: inout MutableRawSpan) {
    if let offset = self.attribute(.unknownAttributes, count: 2, in: &bytes) {
      bytes.storeUInt16(attribute.rawValue, at: offset)
    }
  }

  /// Adds ADDRESS-ERROR-CODE: no address of `family` can be had (RFC 8656 §18.12).
  public mutating func add(
    addressError code: UInt16, reason: String, family: STUNFamily, to bytes: inout MutableRawSpan
  ) {
    let count = 4 &+ reason.utf8.count
    guard let offset = attribute(.addressErrorCode, count: count, in: &bytes) else { return }
    bytes.storeUInt8(family.rawValue, at: offset)
    bytes.storeUInt8(0, at: offset &+ 1)
    bytes.storeUInt8(UInt8(truncatingIfNeeded: code / 100), at: offset &+ 2)
    bytes.storeUInt8(UInt8(truncatingIfNeeded: code % 100), at: offset &+ 3)
    bytes.storeText(reason, at: offset &+ 4)
  }
}
