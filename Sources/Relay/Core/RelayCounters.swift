/// Totals of one relay core since it started. Garbage is counted here and nowhere else.
public struct RelayCounters: Sendable, Equatable, BitwiseCopyable {
  /// Datagrams that arrived.
  public var datagramsReceived: Int64 = 0
  /// Bytes of those datagrams.
  public var bytesReceived: Int64 = 0
  /// Datagrams dropped because they are no protocol of ours.
  public var droppedGarbage: Int64 = 0
  /// STUN dropped because its user name is nobody's.
  public var droppedUnknownUser: Int64 = 0
  /// Datagrams dropped because they came from an address that has not authenticated itself.
  public var droppedUnknownAddress: Int64 = 0
  /// Datagrams dropped because their address, or all strangers together, had failed too often.
  public var droppedOverBudget: Int64 = 0
  /// RTP and RTCP dropped because it did not authenticate, or was a replay.
  public var droppedUnauthentic: Int64 = 0
  /// RTP packets received and authenticated.
  public var rtpReceived: Int64 = 0
  /// RTP packets put out.
  public var rtpSent: Int64 = 0
  /// Datagrams put out, of any kind.
  public var datagramsSent: Int64 = 0
  /// Packets dropped because the receiver had no secured path.
  public var droppedUnsendable: Int64 = 0
  /// DTLS datagrams dropped because too many of them, or of one session's, were waiting.
  public var droppedHandshakes: Int64 = 0
  /// Packets dropped because the outgoing slab was full.
  public var droppedFull: Int64 = 0
  /// Sessions that were let in.
  public var sessionsJoined: Int64 = 0
  /// Sessions that became connected.
  public var sessionsConnected: Int64 = 0
  /// Joins and restarts that were refused.
  public var joinsRefused: Int64 = 0

  /// All zero.
  public init() {}

  /// The totals by metric name.
  public var byMetricName: [String: Int64] {
    [
      "besoeg_relay_datagrams_received_total": datagramsReceived,
      "besoeg_relay_bytes_received_total": bytesReceived,
      "besoeg_relay_dropped_garbage_total": droppedGarbage,
      "besoeg_relay_dropped_unknown_user_total": droppedUnknownUser,
      "besoeg_relay_dropped_unknown_address_total": droppedUnknownAddress,
      "besoeg_relay_dropped_over_budget_total": droppedOverBudget,
      "besoeg_relay_dropped_unauthentic_total": droppedUnauthentic,
      "besoeg_relay_rtp_received_total": rtpReceived,
      "besoeg_relay_rtp_sent_total": rtpSent,
      "besoeg_relay_datagrams_sent_total": datagramsSent,
      "besoeg_relay_dropped_unsendable_total": droppedUnsendable,
      "besoeg_relay_dropped_full_total": droppedFull,
      "besoeg_relay_dropped_handshakes_total": droppedHandshakes,
      "besoeg_relay_sessions_joined_total": sessionsJoined,
      "besoeg_relay_sessions_connected_total": sessionsConnected,
      "besoeg_relay_joins_refused_total": joinsRefused,
    ]
  }
}
