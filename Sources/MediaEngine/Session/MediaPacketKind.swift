/// Which of SRTP's two transforms a packet needs.
public enum MediaPacketKind: Sendable, Equatable {
  /// An RTP packet: SRTP.
  case rtp
  /// A compound RTCP packet: SRTCP.
  case rtcp
}
