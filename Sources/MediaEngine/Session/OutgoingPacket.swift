import Wire

/// Writes RTP packets of a negotiated track.
enum OutgoingPacket {
  /// The most bytes of an RTP packet of ours. With SRTP's tag, UDP and IPv6 it stays under the 1280
  /// bytes that every IPv6 path carries.
  static let maximumLength = 1170
  /// The most bytes of a header of ours: fixed part and an extension block of three elements.
  static let maximumHeaderLength = 40

  /// Writes the header; returns its length, or nil where it does not fit.
  ///
  /// The transport-wide number is written as zero: only the moment of sending knows it
  /// (`TransportSequence`).
  static func writeHeader(
    _ track: NegotiatedMedia.SendTrack, sequence: SequenceNumber, timestamp: RTPTimestamp,
    marker: Bool, level: AudioLevel?, into buffer: UnsafeMutableRawBufferPointer
  ) -> Int? {
    var bytes = buffer.mutableBytes
    var writer = RTPHeaderWriter(
      payloadType: track.payloadType, sequenceNumber: sequence, timestamp: timestamp,
      ssrc: track.ssrc, marker: marker, into: &bytes)
    if let id = track.transportSequenceExtension {
      writer.add(transportSequence: SequenceNumber(rawValue: 0), id: id, to: &bytes)
    }
    if let id = track.audioLevelExtension, let level {
      writer.add(audioLevel: level, id: id, to: &bytes)
    }
    if let id = track.midExtension, !track.mid.isEmpty {
      writer.add(text: track.mid, id: id, to: &bytes)
    }
    return writer.finish(in: &bytes)
  }
}

/// The counter that every RTP packet of a transport carries, in sending order.
struct TransportSequence {
  /// Where `OutgoingPacket.writeHeader` puts the number: after the fixed header (12), the block's
  /// head (4) and the element's head (1).
  private static let offset = 17

  private var next: UInt16 = 1

  /// Numbers a packet at the moment it is sent.
  mutating func stamp(
    _ buffer: UnsafeMutableRawBufferPointer, track: NegotiatedMedia.SendTrack
  ) {
    guard track.transportSequenceExtension != nil, buffer.count > Self.offset + 1 else { return }
    buffer[Self.offset] = UInt8(next >> 8)
    buffer[Self.offset + 1] = UInt8(next & 0xFF)
    next &+= 1
  }
}
