/// Bounds on what one participant's SRTP may hold.
enum SRTPLimits {
  /// SSRCs we receive from one participant: sound, picture, retransmission, three simulcast layers of
  /// each, and room for a browser that renumbers after a device change.
  static let receivedStreams = 64
  /// SSRCs we send to one participant: 20 slots of sound, picture and retransmission, and our own.
  static let sentStreams = 128
  /// The largest datagram looked at: one Ethernet frame's worth with room. Longer is no RTP of ours.
  static let longestPacket = 2_048
}
