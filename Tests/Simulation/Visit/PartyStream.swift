import NetworkSimulation
import Transport
import Wire

/// A byte stream of a participant's: a second way to the relay for networks that pass no UDP.
///
/// The kiosk gives UDP a head start of 250 ms. Where nothing was heard by then, it connects to the
/// relay's public TCP port, plainly and with TLS, and goes on trying UDP. Whichever answers carries the
/// call; the best one, once streams are charged for what a lost packet costs them, goes on carrying it.
struct PartyStream {
  /// As the transport knows it.
  let path: LocalPath
  /// What choosing this path is charged, in milliseconds.
  let cost: UInt8
  /// Our end.
  let address: SocketAddress
  /// How packets are told apart on it.
  let framing: StreamFraming
  private static let headStart = TimeSpan.milliseconds(250)

  /// When it carries packets: one round trip for TCP, one more for TLS 1.3, and what its framing takes.
  let readyAt: MonotonicTime
  /// Whether the transport was told of it.
  var isOpen = false
  /// From us.
  var up: StreamState
  /// To us.
  var down: StreamState

  init(
    number: UInt8, isTLS: Bool, framing: StreamFraming, address: SocketAddress,
    roundTrip: TimeSpan, at now: MonotonicTime
  ) {
    path = LocalPath(rawValue: 16 + number)
    cost = isTLS ? LocalPath.tlsCost : LocalPath.tcpCost
    self.address = address
    self.framing = framing
    readyAt =
      now + Self.headStart + roundTrip * ((isTLS ? 2 : 1) + framing.setupRoundTrips)
    up = StreamState(roundTrip: roundTrip, isTLS: isTLS, framing: framing)
    down = StreamState(roundTrip: roundTrip, isTLS: isTLS, framing: framing)
  }
}
