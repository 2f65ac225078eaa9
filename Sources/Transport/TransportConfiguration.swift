public import Wire

/// Which end of a secure path this is. Everything that differs between the ends follows from it.
public enum TransportRole: Sendable, Hashable {
  /// ICE controlled (RFC 8445 §6.1.1, a lite agent that also sends its own checks) and DTLS server
  /// (`setup:passive`), so that the relay picks the SRTP profile.
  case relay
  /// ICE controlling, full, and DTLS client (`setup:active`).
  case client
}

/// What one participant's secure path is set up with; all of it comes from the SDP exchange.
public struct TransportConfiguration: Sendable {
  /// Which end this is.
  public var role: TransportRole
  /// Our ICE credentials: what the peer's checks must carry.
  public var local: ICECredentials
  /// The peer's ICE credentials: what our checks carry.
  public var remote: ICECredentials
  /// The peer certificate's SHA-256 (RFC 8122 `a=fingerprint`), 32 bytes.
  public var remoteFingerprint: [UInt8]
  /// SRTP protection profiles, most wanted first.
  public var profiles: [SRTPProfile]
  /// Intervals and deadlines.
  public var timers: TransportTimers
  /// The largest DTLS datagram sent, in bytes of UDP payload.
  public var datagramLimit: Int

  /// A configuration with the house's profiles, timers and datagram size unless given.
  public init(
    role: TransportRole, local: ICECredentials, remote: ICECredentials,
    remoteFingerprint: [UInt8], profiles: [SRTPProfile] = SRTPProfile.preferred,
    timers: TransportTimers? = nil, datagramLimit: Int = 1200
  ) {
    self.role = role
    self.local = local
    self.remote = remote
    self.remoteFingerprint = remoteFingerprint
    self.profiles = profiles
    self.timers = timers ?? TransportTimers(role: role)
    self.datagramLimit = datagramLimit
  }
}

/// Intervals and deadlines of one secure path.
public struct TransportTimers: Sendable, Hashable {
  /// Between checks on a path that has never answered; doubled per check up to `slowCheck`.
  public var firstCheck: TimeSpan = .milliseconds(50)
  /// The longest interval between checks on a path that has not answered.
  public var slowCheck: TimeSpan = .seconds(1)
  /// Between checks on the selected path while it is heard from.
  public var selectedCheck: TimeSpan
  /// Between checks on a validated path that is not selected.
  public var idleCheck: TimeSpan
  /// Without any authenticated packet for this long, the selected path is checked every
  /// `doubtCheck`, so that silence is told from absence before `silence` is up.
  public var doubtAfter: TimeSpan
  /// Between checks on a selected path that is in doubt.
  public var doubtCheck: TimeSpan = .milliseconds(100)
  /// The longest interval between checks once the doubt has lasted: an outage is over so soon after
  /// the network is back.
  public var outageCheck: TimeSpan = .milliseconds(300)
  /// Without any authenticated packet for this long, `consentLost` is reported.
  public var silence: TimeSpan = .seconds(2)
  /// Without an answered check for this long, nothing but checks is sent (RFC 7675 §5.1: 30 s).
  public var consent: TimeSpan = .seconds(30)
  /// Without any authenticated packet for this long the path has failed. Longer than `consent`, so
  /// that a call survives an outage of 30 s.
  public var expiry: TimeSpan = .seconds(45)
  /// From the start to the first validated path.
  public var connect: TimeSpan = .seconds(30)
  /// From the first DTLS datagram to the end of the handshake: a half-open one is not kept longer.
  public var handshake: TimeSpan = .seconds(20)
  /// The first DTLS retransmission (RFC 6347 §4.2.4.1 suggests 1 s; WebRTC's round trips are known
  /// from ICE and are far below); doubled per retransmission up to `slowRetransmit`.
  public var firstRetransmit: TimeSpan = .milliseconds(100)
  /// The longest interval between DTLS retransmissions.
  public var slowRetransmit: TimeSpan = .seconds(2)

  /// The house's timers for `role`: the relay has hundreds of paths and checks each every 5 s; a
  /// client has a few and finds out within half a second that its own address changed. Sound comes
  /// every 20 ms, or every 400 ms in a pause (RFC 7587 §3.1.3), so that a doubt which costs a check
  /// or two is cheap, and the loss of a path is seen well before a second of sound is lost.
  public init(role: TransportRole) {
    switch role {
    case .relay:
      selectedCheck = .seconds(5)
      idleCheck = .seconds(5)
      doubtAfter = .seconds(1)
    case .client:
      selectedCheck = .milliseconds(400)
      idleCheck = .seconds(2)
      doubtAfter = .milliseconds(350)
    }
  }
}
