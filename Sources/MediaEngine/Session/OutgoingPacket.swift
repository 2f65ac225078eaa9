import Wire

/// Writes RTP packets of a negotiated track.
enum OutgoingPacket {
  /// The most bytes of an RTP packet of ours. With SRTP's tag, UDP and IPv6 it stays under the 1280
  /// bytes that every IPv6 path carries.
  static let maximumLength = 1170
  /// The most bytes of a header of ours: fixed part and an extension block of four elements.
  static let maximumHeaderLength = 48
  /// What SRTP adds, and what the estimate of a path counts: its tag of 16 bytes.
  static let tagLength = 16

  /// Writes the header; returns its length, or nil where it does not fit.
  ///
  /// The transport-wide number is written as zero: only the moment of sending knows it
  /// (`PathSender`).
  static func writeHeader(
    _ track: NegotiatedMedia.SendTrack, sequence: SequenceNumber, timestamp: RTPTimestamp,
    marker: Bool, level: AudioLevel?, ssrc: SSRC? = nil, payloadType: PayloadType? = nil,
    layer: String? = nil, repairing repaired: String? = nil,
    into buffer: UnsafeMutableRawBufferPointer
  ) -> Int? {
    var bytes = buffer.mutableBytes
    var writer = RTPHeaderWriter(
      payloadType: payloadType ?? track.payloadType, sequenceNumber: sequence,
      timestamp: timestamp, ssrc: ssrc ?? track.ssrc, marker: marker, into: &bytes)
    if let id = track.transportSequenceExtension {
      writer.add(transportSequence: SequenceNumber(rawValue: 0), id: id, to: &bytes)
    }
    if let id = track.audioLevelExtension, let level {
      writer.add(audioLevel: level, id: id, to: &bytes)
    }
    if let id = track.midExtension, !track.mid.isEmpty {
      writer.add(text: track.mid, id: id, to: &bytes)
    }
    if let id = track.layerExtension, let layer { writer.add(text: layer, id: id, to: &bytes) }
    if let id = track.repairedLayerExtension, let repaired {
      writer.add(text: repaired, id: id, to: &bytes)
    }
    return writer.finish(in: &bytes)
  }
}
