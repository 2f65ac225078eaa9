public import Wire

/// What the relay tells about its own end of the transport in an answer.
public struct LocalTransport: Sendable {
  /// The local ICE user fragment (RFC 8445 §5.3).
  public var iceUfrag: String
  /// The local ICE password.
  public var icePassword: String
  /// The SHA-256 fingerprint of the DTLS certificate, 32 bytes (RFC 8122).
  public var fingerprint: [UInt8]
  /// The UDP host candidates, the preferred one first.
  public var candidates: [SocketAddress]
  /// Where TCP connections for media are taken (RFC 6544), the preferred one first.
  public var tcpCandidates: [SocketAddress]

  /// The relay's end of one participant's transport.
  public init(
    iceUfrag: String, icePassword: String, fingerprint: [UInt8], candidates: [SocketAddress],
    tcpCandidates: [SocketAddress] = []
  ) {
    self.iceUfrag = iceUfrag
    self.icePassword = icePassword
    self.fingerprint = fingerprint
    self.candidates = candidates
    self.tcpCandidates = tcpCandidates
  }
}

/// What the offer told about the participant's end of the transport.
public struct RemoteTransport: Hashable, Sendable {
  /// The remote ICE user fragment.
  public var iceUfrag: String
  /// The remote ICE password.
  public var icePassword: String
  /// The SHA-256 fingerprint of the certificate the participant must show, 32 bytes.
  public var fingerprint: [UInt8]
}
