import Wire

extension SlotStream {
  /// The most padding one packet holds: its last byte counts it (RFC 3550 §5.1).
  private static let longestPadding = 255

  /// Sends a retransmission of nothing: padding only, which receivers count and throw away. False
  /// where retransmissions were not agreed or the sink is full.
  ///
  /// Never on the stream itself, whose numbers are its source's.
  mutating func pad(
    _ length: Int, to receiver: Int, on path: inout DownstreamPath, now: MonotonicTime,
    into sink: inout ForwardSink
  ) -> Bool {
    guard let agreement, let ssrc = agreement.retransmissionSSRC,
      agreement.transportSequenceID != 0, let slot = sink.reserve()
    else { return false }
    var bytes = slot.mutableBytes
    var writer = RTPHeaderWriter(
      payloadType: agreement.retransmissionPayloadType,
      sequenceNumber: SequenceNumber(retransmissionSequence),
      timestamp: RTPTimestamp(rawValue: paddingTimestamp), ssrc: ssrc, into: &bytes)
    writer.add(
      transportSequence: SequenceNumber(0), id: agreement.transportSequenceID, to: &bytes)
    guard let header = writer.finish(in: &bytes) else { return false }
    let padding = min(max(length - header, 1), Self.longestPadding)
    bytes.storeZeros(padding - 1, at: header)
    bytes.storeUInt8(UInt8(padding), at: header + padding - 1)
    // Version 2, padding, extension: there always is one here.
    bytes.storeUInt8(0xB0, at: 0)
    path.stamp(&bytes, length: header + padding, isNumbered: true, kind: .video, now: now)
    sink.commit(to: receiver, kind: .rtp, length: header + padding)
    retransmissionSequence &+= 1
    return true
  }
}
