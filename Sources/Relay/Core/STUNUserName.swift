import Wire

/// Finds whose a STUN request claims to be, before anything about it is verified.
///
/// Nothing is kept of it: this runs for every forged request too.
enum STUNUserName {
  /// What a datagram says.
  enum Finding {
    /// It names this local user fragment.
    case fragment(RouteTable.UserFragment)
    /// It names nobody: an answer, an indication, or a request of someone who knows no session.
    case absent
    /// It is no STUN.
    case malformed
  }

  /// The receiver's fragment comes first in USERNAME (`receiver:sender`, RFC 8445 §7.2.2).
  static func find(in datagram: RawSpan) -> Finding {
    guard let message = try? STUNMessage(parsing: datagram) else { return .malformed }
    guard message.messageClass == .request, let range = message.username else { return .absent }
    return name(in: datagram.extracting(range))
  }

  private static func name(in value: RawSpan) -> Finding {
    var fragment = RouteTable.UserFragment()
    for offset in 0..<value.byteCount {
      let byte = value.loadUInt8(at: offset)
      if byte == UInt8(ascii: ":") { return fragment.isEmpty ? .malformed : .fragment(fragment) }
      guard fragment.append(byte) else { return .malformed }
    }
    return .malformed
  }
}
