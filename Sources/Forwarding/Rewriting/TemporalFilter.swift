import Wire

/// Which temporal layers of a VP8 picture one receiver gets (RFC 7741 §4.2, TID and Y).
///
/// Layers are left out from one picture to the next. They come back only with a picture that needs
/// nothing the receiver has not got: a keyframe, or one of the next layer that depends on the base
/// layer alone (Y).
struct TemporalFilter: BitwiseCopyable {
  /// More than any TID.
  static let all: Int8 = 3

  /// The highest layer forwarded now.
  private(set) var limit = Self.all
  private var picture: UInt32?

  /// Whether a packet, newer than all before, is forwarded to a receiver that is to get the layers up
  /// to `target`.
  mutating func keeps(_ packet: SourcePacket, target: Int8) -> Bool {
    if target >= Self.all && limit >= Self.all { return true }
    guard let descriptor = packet.descriptor, let layer = descriptor.temporalLayer else {
      return true
    }
    let temporal = Int8(layer)
    // Once begun, a picture is forwarded or left out to its end.
    if picture != packet.numbers.timestamp {
      picture = packet.numbers.timestamp
      if packet.startsKeyframe || target < limit {
        limit = target
      } else if temporal == limit + 1, temporal <= target, descriptor.isLayerSync {
        limit = temporal
      }
    }
    return temporal <= limit
  }

  /// Starts with another source, at a keyframe.
  mutating func begin(target: Int8) {
    limit = target
    picture = nil
  }
}
