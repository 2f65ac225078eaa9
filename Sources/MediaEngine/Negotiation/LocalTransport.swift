/// What the client's transport contributes to its offer.
public struct LocalTransport: Sendable, Equatable {
  /// The ICE user name fragment (RFC 8839 §5.4).
  public var iceUfrag: String
  /// The ICE password.
  public var icePassword: String
  /// The SHA-256 fingerprint of the client's DTLS certificate: 32 bytes (RFC 8122).
  public var fingerprint: [UInt8]
  /// The values of `a=candidate` lines without `candidate:`. May be empty: the relay is ICE-lite and
  /// learns the client's addresses from its checks.
  public var candidates: [String]

  /// A transport's part of the offer.
  public init(
    iceUfrag: String, icePassword: String, fingerprint: [UInt8], candidates: [String] = []
  ) {
    self.iceUfrag = iceUfrag
    self.icePassword = icePassword
    self.fingerprint = fingerprint
    self.candidates = candidates
  }
}
