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
  /// The payload type of sound with earlier sound in it (RED, RFC 2198), where offered.
  let redundantPayloadType: PayloadType?

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
      redundantPayloadType = Self.redundantType(of: type, in: section)
    case .video:
      guard let type = section.payloadType(encoding: "VP8", clockRate: 90_000) else { return nil }
      kind = .video
      payloadType = type
      redundantPayloadType = nil
    case .application, .other: return nil
    }
    retransmissionPayloadType = section.retransmissionType(of: payloadType)
    self.section = section
    self.mid = mid
  }

  /// The payload type of RED whose blocks are all of `type`: `a=fmtp:63 111/111`.
  private static func redundantType(
    of type: PayloadType, in section: MediaSection
  ) -> PayloadType? {
    guard let redundant = section.payloadType(encoding: "red", clockRate: 48_000),
      let blocks = section.parameters(redundant)?.parameters
    else { return nil }
    let types = blocks.utf8.split(separator: UInt8(ascii: "/"))
    let isAllSound = types.count >= 2 && types.allSatisfy { Substring($0) == type.description }
    return isAllSound ? redundant : nil
  }

  /// Whether the participant wants to send in it.
  var sends: Bool { section.direction.sends }

  /// Whether the participant wants to receive in it.
  var receives: Bool { section.direction.receives }

  /// The section as a stream that the participant sends, of whose encodings at most
  /// `maximumLayers` are taken.
  func incoming(maximumLayers: Int) -> IncomingMedia {
    let retransmissions = Set(
      section.sourceGroups.filter { $0.semantics == "FID" }.flatMap { $0.ssrcs.dropFirst() })
    let layers = layers(upTo: maximumLayers)
    // Encodings with names are told by them; nobody declares their SSRCs.
    let ssrc = layers.isEmpty ? section.ssrcs.first { !retransmissions.contains($0) } : nil
    var extensions = HeaderExtensionIDs()
    if kind == .audio {
      extensions.audioLevel = section.extensionID(HeaderExtensionURI.audioLevel)
    }
    extensions.transportSequence =
      section.accepts(feedback: "transport-cc", payloadType)
      ? section.extensionID(HeaderExtensionURI.transportSequence) : 0
    extensions.mid = section.extensionID(HeaderExtensionURI.mid)
    if !layers.isEmpty {
      extensions.streamID = section.extensionID(HeaderExtensionURI.rtpStreamID)
      extensions.repairedStreamID = section.extensionID(HeaderExtensionURI.repairedRTPStreamID)
    }
    return IncomingMedia(
      mid: mid, payloadType: payloadType, retransmissionPayloadType: retransmissionPayloadType,
      ssrc: ssrc, retransmissionSSRC: ssrc.flatMap { section.retransmissionSSRC(of: $0) },
      extensions: extensions, allowsNACK: section.accepts(feedback: "nack", payloadType),
      keyframeRequest: keyframeRequest, redundantPayloadType: redundantPayloadType, layers: layers)
  }

  /// The encodings to take (RFC 8853 §5.3.2), the smallest picture first: browsers list them in the
  /// order of `sendEncodings`, and a page orders those so.
  ///
  /// Where only one is taken it is the largest. A browser whose simulcast is refused altogether goes
  /// on with its first encoding, which is the smallest.
  private func layers(upTo maximum: Int) -> [String] {
    guard kind == .video, section.extensionID(HeaderExtensionURI.rtpStreamID) != 0 else {
      return []
    }
    let offered = section.simulcastNames(sendingIn: payloadType)
    guard offered.count > 1 else { return [] }
    return maximum == 1 ? offered.suffix(1) : Array(offered.prefix(maximum))
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
    let transportSequence = section.extensionID(HeaderExtensionURI.transportSequence)
    if section.accepts(feedback: "transport-cc", payloadType), transportSequence <= 14 {
      extensions.transportSequence = transportSequence
    }
    return SlotStreamMedia(
      mid: mid, payloadType: payloadType, retransmissionPayloadType: retransmissionPayloadType,
      ssrc: ssrc,
      retransmissionSSRC: retransmissionPayloadType == nil ? nil : retransmissionSSRC,
      extensions: extensions, redundantPayloadType: redundantPayloadType)
  }
}
