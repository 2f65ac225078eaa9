public import Wire

/// What a datagram turned out to be, once opened.
public enum Received: Sendable, Hashable, BitwiseCopyable {
  /// Nothing for the caller: STUN, DTLS, or refused.
  case none
  /// The buffer now starts with an RTP packet of this many bytes.
  case rtp(length: Int)
  /// The buffer now starts with a compound RTCP packet of this many bytes.
  case rtcp(length: Int)
}

/// A datagram to send, already in the caller's buffer.
public struct Transmit: Sendable, Hashable, BitwiseCopyable {
  /// Its length in bytes.
  public var length: Int
  /// Where to.
  public var destination: SocketAddress
  /// From which of our sockets.
  public var localPath: LocalPath

  /// A datagram of `length` bytes for `destination`.
  public init(length: Int, destination: SocketAddress, localPath: LocalPath) {
    self.length = length
    self.destination = destination
    self.localPath = localPath
  }
}

/// One of our own sockets or byte streams, as the caller numbers them: datagram sockets from 0 on,
/// streams from 16 on. A relay worker has one or two sockets, and all its streams share one number.
public struct LocalPath: Sendable, Hashable, BitwiseCopyable {
  /// The caller's number.
  public var rawValue: UInt8

  /// The socket of an endpoint that has one.
  public static let only = LocalPath(rawValue: 0)
  /// The first number of a byte stream.
  public static let firstStream = LocalPath(rawValue: 16)
  /// All byte streams of a relay, which tells them apart by the peer's address.
  public static let streams = LocalPath(rawValue: 200)

  /// What a path over TCP costs, in milliseconds of round trip: a lost segment holds up all that come
  /// after it, so datagrams are preferred wherever they pass.
  public static let tcpCost: UInt8 = 20
  /// What a path over TLS costs: TCP's, and a record that waits for its last byte.
  public static let tlsCost: UInt8 = 45

  /// Whether this is a byte stream (RFC 4571 framing, RFC 6544).
  public var isStream: Bool { rawValue >= Self.firstStream.rawValue }

  /// The socket numbered `rawValue`.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
}

/// What changed on a secure path, in order.
public enum TransportEvent: Sendable, Hashable {
  /// This peer address is now in use by this path: datagrams from it belong here. It has sent an
  /// authenticated check, or is one we were told of.
  case addressAdded(SocketAddress)
  /// This peer address is no longer in use here.
  case addressRemoved(SocketAddress)
  /// The first path answered a check of ours.
  case iceConnected
  /// DTLS is up and both SRTP directions are keyed.
  case secured(SRTPProfile)
  /// Media now goes to another address.
  case pathChanged(SocketAddress)
  /// Nothing authenticated has been heard for `TransportTimers.silence`.
  case consentLost
  /// Something authenticated was heard after `consentLost`.
  case consentRegained
  /// The path is over and cannot come back.
  case failed(TransportFailure)
  /// The peer closed it (DTLS `close_notify`).
  case closed
}

/// Why a secure path is over.
public enum TransportFailure: Sendable, Hashable {
  /// No path was validated in `TransportTimers.connect`.
  case noPath
  /// The peer's certificate is not the one its SDP names.
  case fingerprintMismatch
  /// DTLS failed: no common version, cipher or SRTP profile, or an alert.
  case handshake
  /// The handshake took longer, or more bytes, than one may.
  case handshakeLimit
  /// Nothing authenticated was heard for `TransportTimers.expiry`.
  case consentExpired
}

/// Datagrams refused since the start, by reason. They are dropped and never answered.
public struct TransportCounters: Sendable, Hashable, BitwiseCopyable {
  /// Neither STUN, DTLS nor SRTP, or too short to be.
  public var unrecognised: Int = 0
  /// STUN that is malformed or fails USERNAME, MESSAGE-INTEGRITY or FINGERPRINT.
  public var refusedSTUN: Int = 0
  /// DTLS from an address that has not answered a check of ours, or after the end.
  public var refusedDTLS: Int = 0
  /// SRTP or SRTCP before the keys, or whose tag does not verify.
  public var unauthenticated: Int = 0
  /// SRTP or SRTCP that came twice or far too late.
  public var replayed: Int = 0
  /// Addresses not taken in because the table was full.
  public var refusedAddresses: Int = 0

  /// No refusals.
  public init() {}
}
