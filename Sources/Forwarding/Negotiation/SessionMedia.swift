public import Wire

/// The media agreed with one participant: what it sends, and the slots it receives in.
public struct SessionMedia: Hashable, Sendable {
  /// The participant's own sound, where it sends any.
  public var audio: IncomingMedia?
  /// The participant's own picture, where it sends any.
  public var video: IncomingMedia?
  /// The slots, in offer order.
  public var slots: [SlotMedia]
  /// The SSRC of our own RTCP reports to this participant.
  public var reportSSRC: SSRC
  /// The canonical name of our streams (RFC 3550 §6.5.1), random and the same for all of them.
  public var cname: String
  /// Whether RTCP need not be a full compound (RFC 5506).
  public var allowsReducedSize: Bool
}

/// One stream a participant sends.
public struct IncomingMedia: Hashable, Sendable {
  /// Its media section.
  public var mid: String
  /// The payload type of Opus or VP8.
  public var payloadType: PayloadType
  /// The payload type of its retransmissions (RFC 4588), where agreed.
  public var retransmissionPayloadType: PayloadType?
  /// The SSRC the offer declares, where it does.
  public var ssrc: SSRC?
  /// The SSRC of its retransmissions that the offer declares, where it does.
  public var retransmissionSSRC: SSRC?
  /// The header extensions agreed.
  public var extensions: HeaderExtensionIDs
  /// Whether loss is reported with generic NACK (RFC 4585 §6.2.1).
  public var allowsNACK: Bool
  /// How a keyframe is asked for, where it can be.
  public var keyframeRequest: KeyframeRequest
  /// The payload type of packets that carry earlier sound as well (RED, RFC 2198), where agreed.
  public var redundantPayloadType: PayloadType? = nil
  /// The names (`a=rid`) of its encodings, from the smallest picture to the largest; empty where it
  /// sends one without a name.
  public var layers: [String] = []
}

/// How to ask a sender for a keyframe.
public enum KeyframeRequest: UInt8, Hashable, Sendable, BitwiseCopyable {
  /// It cannot be asked.
  case none
  /// Picture loss indication (RFC 4585 §6.3.1).
  case pictureLoss
  /// Full intra request (RFC 5104 §4.3.1).
  case fullIntra
}

/// The ids of the header extensions (RFC 8285) agreed for a media section; 0 where not agreed.
public struct HeaderExtensionIDs: Hashable, Sendable, BitwiseCopyable {
  /// `urn:ietf:params:rtp-hdrext:ssrc-audio-level` (RFC 6464).
  public var audioLevel: UInt8 = 0
  /// `http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01`.
  public var transportSequence: UInt8 = 0
  /// `urn:ietf:params:rtp-hdrext:sdes:mid` (RFC 9143 §15).
  public var mid: UInt8 = 0
  /// `urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id` (RFC 8852).
  public var streamID: UInt8 = 0
  /// `urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id` (RFC 8852).
  public var repairedStreamID: UInt8 = 0

  /// No extensions.
  public init() {}
}

/// One slot: a place for one other participant's sound and picture.
public struct SlotMedia: Hashable, Sendable {
  /// Where its sound goes, where it has sound.
  public var audio: SlotStreamMedia?
  /// Where its picture goes, where it has picture.
  public var video: SlotStreamMedia?
}

/// One stream we send in a slot.
public struct SlotStreamMedia: Hashable, Sendable {
  /// Its media section.
  public var mid: String
  /// The payload type of Opus or VP8.
  public var payloadType: PayloadType
  /// The payload type of its retransmissions, where agreed.
  public var retransmissionPayloadType: PayloadType?
  /// Its SSRC, ours to choose.
  public var ssrc: SSRC
  /// The SSRC of its retransmissions.
  public var retransmissionSSRC: SSRC?
  /// The header extensions agreed.
  public var extensions: HeaderExtensionIDs
  /// The payload type of packets that carry earlier sound as well (RED, RFC 2198), where agreed.
  public var redundantPayloadType: PayloadType? = nil
}
