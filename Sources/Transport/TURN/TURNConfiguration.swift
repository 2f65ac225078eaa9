public import Wire

/// What every connection of a TURN server has in common.
public struct TURNConfiguration: Sendable {
  /// The realm of its users (RFC 8489 §9.2).
  public var realm: String
  /// What passwords are made with.
  public var secret: [UInt8]
  /// The media addresses of each worker, by its number: all that its sessions' data can be sent to.
  public var peers: [[SocketAddress]]
  /// How long an allocation lives that is not refreshed (RFC 8656 §3.2).
  public var defaultLifetime = TimeSpan.seconds(600)
  /// The longest that a client may ask for.
  public var longestLifetime = TimeSpan.seconds(3_600)
  /// How long a permission lives (§3.3).
  public var permissionLifetime = TimeSpan.seconds(300)
  /// How long a channel lives (§3.5).
  public var channelLifetime = TimeSpan.seconds(600)
  /// How long a nonce is good (§5 suggests an hour at most).
  public var nonceLifetime = TimeSpan.seconds(3_600)
  /// The most requests with wrong credentials on one connection.
  public var failureLimit = 16

  /// A server for users of `realm`.
  public init(realm: String, secret: [UInt8], peers: [[SocketAddress]]) {
    self.realm = realm
    self.secret = secret
    self.peers = peers
  }
}

/// What time it is, on both clocks.
public struct TURNTime: Sendable, BitwiseCopyable {
  /// What lifetimes are counted with.
  public var now: MonotonicTime
  /// Seconds since 1970; what user names expire by, and nothing else.
  public var wallSeconds: Int64

  /// The time `now`, which people call `wallSeconds`.
  public init(now: MonotonicTime, wallSeconds: Int64) {
    self.now = now
    self.wallSeconds = wallSeconds
  }
}

extension TURNConfiguration: Redacted {}
