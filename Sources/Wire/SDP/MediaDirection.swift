/// Which way media flow, as the describing side sees it (RFC 8866 §6.7).
public enum MediaDirection: String, Hashable, Sendable {
  /// Both ways; the default.
  case sendReceive = "sendrecv"
  /// From the describing side only.
  case sendOnly = "sendonly"
  /// To the describing side only.
  case receiveOnly = "recvonly"
  /// Neither way.
  case inactive

  /// Whether the describing side sends.
  public var sends: Bool { self == .sendReceive || self == .sendOnly }

  /// Whether the describing side receives.
  public var receives: Bool { self == .sendReceive || self == .receiveOnly }

  /// A direction from its two halves.
  public init(sends: Bool, receives: Bool) {
    switch (sends, receives) {
    case (true, true): self = .sendReceive
    case (true, false): self = .sendOnly
    case (false, true): self = .receiveOnly
    case (false, false): self = .inactive
    }
  }

  /// The same as the other side sees it.
  public var reversed: MediaDirection { MediaDirection(sends: receives, receives: sends) }
}

/// Who opens the DTLS connection: `a=setup` (RFC 8842 §5, RFC 4145 §4).
public enum DTLSSetup: String, Hashable, Sendable {
  /// The describing side: the DTLS client.
  case active
  /// The other side; the describing one is the DTLS server.
  case passive
  /// Either; only in offers.
  case actpass
  /// Nobody for now.
  case holdconn
}
