import Wire

/// What one media section of an offer holds that the relay can use.
struct OfferedSection {
  /// The section as it stands.
  let section: MediaSection
  /// Its name.
  let mid: String
  /// Sound or picture.
  let kind: TrackKind
  /// The payload type of Opus or VP8.
  let payloadType: PayloadType
  /// The payload type of its retransmissions (RFC 4588), where offered.
  let retransmissionPayloadType: PayloadType?

  /// Reads a section; nil where it is refused, is no sound or picture over DTLS-SRTP, or has neither
  /// Opus nor VP8.
  init?(_ section: MediaSection) {
    guard !section.isRejected, let mid = section.mid,
      section.transportProtocol == MediaSection.securedProfile
        || section.transportProtocol == "UDP/TLS/RTP/SAVP"
    else { return nil }
    switch section.kind {
    case .audio:
      guard let type = section.payloadType(encoding: "opus", clockRate: 48_000) else { return nil }
      kind = .audio
      payloadType = type
      retransmissionPayloadType = nil
    case .video:
      guard let type = section.payloadType(encoding: "VP8", clockRate: 90_000) else { return nil }
      kind = .video
      payloadType = type
      retransmissionPayloadType = section.retransmissionType(of: type)
    case .application, .other: return nil
    }
    self.section = section
    self.mid = mid
  }

  /// Whether the participant wants to send in it.
  var sends: Bool { section.direction.sends }

  /// Whether the participant wants to receive in it.
  var receives: Bool { section.direction.receives }

  /// The section as a stream that the participant sends.
  ///
  /// Simulcast (`a=simulcast`, `a=rid`) is not answered, so a single stream comes; a later issue
  /// takes it up here and in `Participant.identify`.
  func incoming() -> IncomingMedia {
    let retransmissions = Set(
      section.sourceGroups.filter { $0.semantics == "FID" }.flatMap { $0.ssrcs.dropFirst() })
    let ssrc = section.ssrcs.first { !retransmissions.contains($0) }
    var extensions = HeaderExtensionIDs()
    if kind == .audio {
      extensions.audioLevel = section.extensionID(HeaderExtensionURI.audioLevel)
    }
    extensions.transportSequence =
      section.accepts(feedback: "transport-cc", payloadType)
      ? section.extensionID(HeaderExtensionURI.transportSequence) : 0
    extensions.mid = section.extensionID(HeaderExtensionURI.mid)
    return IncomingMedia(
      mid: mid, payloadType: payloadType, retransmissionPayloadType: retransmissionPayloadType,
      ssrc: ssrc, retransmissionSSRC: ssrc.flatMap { section.retransmissionSSRC(of: $0) },
      extensions: extensions,
      allowsNACK: kind == .video && section.accepts(feedback: "nack", payloadType),
      keyframeRequest: keyframeRequest)
  }

  /// How the sender takes requests for keyframes.
  private var keyframeRequest: KeyframeRequest {
    guard kind == .video else { return .none }
    if section.accepts(feedback: "nack pli", payloadType) { return .pictureLoss }
    return section.accepts(feedback: "ccm fir", payloadType) ? .fullIntra : .none
  }

  /// The section as a stream that we send in a slot, with SSRCs of our choosing.
  func outgoing(ssrc: SSRC, retransmissionSSRC: SSRC) -> SlotStreamMedia {
    var extensions = HeaderExtensionIDs()
    let audioLevel = section.extensionID(HeaderExtensionURI.audioLevel)
    // We write one-byte elements, whose ids end at 14 (RFC 8285 §4.2).
    if kind == .audio, audioLevel <= 14 { extensions.audioLevel = audioLevel }
    return SlotStreamMedia(
      mid: mid, payloadType: payloadType, retransmissionPayloadType: retransmissionPayloadType,
      ssrc: ssrc,
      retransmissionSSRC: retransmissionPayloadType == nil ? nil : retransmissionSSRC,
      extensions: extensions)
  }
}
