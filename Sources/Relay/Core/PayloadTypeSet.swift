import Forwarding
import Wire

/// Which of the 128 payload types are in a set; looked up per packet.
struct PayloadTypeSet: Hashable, Sendable, BitwiseCopyable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  /// The types of the pictures that a participant is sent, retransmissions among them.
  init(picturesIn media: SessionMedia) {
    for slot in media.slots {
      guard let video = slot.video else { continue }
      insert(video.payloadType)
      if let retransmission = video.retransmissionPayloadType { insert(retransmission) }
    }
  }

  /// Adds a type.
  mutating func insert(_ type: PayloadType) {
    let bit = UInt64(1) << UInt64(type.rawValue & 63)
    if type.rawValue & 64 == 0 { low |= bit } else { high |= bit }
  }

  /// Whether the second byte of an RTP header (marker and payload type) names one of the types.
  func contains(secondByte: UInt8) -> Bool {
    let half = secondByte & 64 == 0 ? low : high
    return half >> UInt64(secondByte & 63) & 1 == 1
  }
}
