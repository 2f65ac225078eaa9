import Transport
import Wire

/// One client's path to a system under test: what it sends, what it awaits, and how it gets there. A
/// participant has one where the system bundles both directions, two where it does not (Janus).
struct LegPlan: Sendable {
  /// Its number.
  var index: Int
  /// Where the system is.
  var remote: SocketAddress
  /// How packets are protected.
  var protection: Protection
  /// What it sends; nil where it only receives.
  var sends: MediaKinds?
  /// Whether media comes back on it.
  var receives: Bool
  /// The id of the transport-wide sequence number in what it receives; 0 where there is none.
  var transportSequenceID: UInt8
  /// Our address where all legs share one, and the system's port tells them apart; nil where each
  /// has an address of its own, 127.1.0.0 + index.
  var sharedAddress: UInt32?
  /// When its participant asked to join: nanoseconds of the monotonic clock.
  var requestedAt: Int64

  /// How a leg's packets are protected.
  enum Protection: Sendable {
    /// ICE and DTLS, in the client role.
    case negotiated(local: ICECredentials, remote: ICECredentials, fingerprint: [UInt8])
    /// AES-128-GCM under keys that both know; only the floor.
    case preset
  }

  /// Its address, in host order.
  var address: UInt32 { sharedAddress ?? Self.firstAddress + UInt32(index) }

  /// Address of leg 0.
  static let firstAddress: UInt32 = 0x7F01_0000
}

/// What a participant sends.
enum MediaKinds: Sendable {
  /// 50 packets a second of sound.
  case sound
  /// And 150 a second of picture: 30 pictures of five.
  case soundAndPicture

  /// Packets a second.
  var packetsPerSecond: Int { self == .sound ? 50 : 200 }
}
