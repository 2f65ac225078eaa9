/// Names of the RTP header extensions this project knows, as SDP's `extmap` lines carry them.
public enum HeaderExtensionURI {
  /// Client-to-mixer audio level (RFC 6464).
  public static let audioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
  /// Transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01).
  public static let transportSequence =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
  /// Absolute send time (https://webrtc.org/experiments/rtp-hdrext/abs-send-time).
  public static let absoluteSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
  /// The media section's name (RFC 9143 §15).
  public static let mid = "urn:ietf:params:rtp-hdrext:sdes:mid"
  /// The stream's RTP stream id (RFC 8852).
  public static let rtpStreamID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
  /// The RTP stream id of the stream that a retransmission stream repairs (RFC 8852).
  public static let repairedRTPStreamID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
}
