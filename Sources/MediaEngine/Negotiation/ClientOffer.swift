import Wire

/// The SDP offer of a native client: its own sound and picture to send, and slots to receive.
///
///     m=audio  sendonly   mid 0     own sound
///     m=video  sendonly   mid 1     own picture
///     m=audio  recvonly   mid 2     slot 0
///     m=video  recvonly   mid 3
///     m=audio  recvonly   mid 4     slot 1 ...
///
/// Everything shares one transport (BUNDLE, RFC 9143, with rtcp-mux, RFC 8834), so that participants
/// come and go without another negotiation. The client offers `actpass` and becomes active when the
/// relay answers `passive`.
public struct ClientOffer: Sendable, Equatable {
  /// The offer, to be sent as `application/sdp`.
  public let sdp: String
  /// How many slots it asks for.
  public let slots: Int
  /// The sources it announces.
  public let identity: MediaIdentity
  /// Whether it offers a picture of its own.
  public let sendsVideo: Bool

  /// Payload types as offered; any from the dynamic range would do (RFC 3551 §3).
  static let opus = PayloadType(rawValue: 111)
  static let vp8 = PayloadType(rawValue: 96)
  static let vp8Retransmission = PayloadType(rawValue: 97)
  static let opusRetransmission = PayloadType(rawValue: 112)
  static let redundantOpus = PayloadType(rawValue: 63)

  /// The names of the picture's two sizes where it is sent in both: half and full.
  static let layerNames = ["h", "f"]

  /// Header extension ids as offered, and what they name.
  static let midExtension: UInt8 = 1
  static let audioLevelExtension: UInt8 = 2
  static let transportSequenceExtension: UInt8 = 3
  static let layerExtension: UInt8 = 4
  static let repairedLayerExtension: UInt8 = 5

  /// The offer of a client that wants to receive up to `slots` other participants.
  ///
  /// `session` and `version` fill the origin line (RFC 8866 §5.2); an ICE restart keeps the first
  /// and raises the second.
  public init(
    transport: LocalTransport, identity: MediaIdentity, slots: Int, sendsVideo: Bool = true,
    session: UInt64 = 1, version: UInt64 = 1
  ) {
    self.slots = slots
    self.identity = identity
    self.sendsVideo = sendsVideo
    var offer = SessionDescription(
      // RFC 9429 §5.2.1: the id fits 63 bits.
      origin: .init(sessionID: String(session >> 1), version: version))
    var audio = Self.audioSection(mid: "0", direction: .sendOnly)
    audio.msids = [MediaStreamID(stream: identity.cname, track: "\(identity.cname)-a")]
    let sound = [identity.audioSSRC, identity.audioRetransmissionSSRC]
    audio.sources = sound.map { Self.source($0, identity) }
    audio.sourceGroups = [SourceGroup(semantics: "FID", ssrcs: sound)]
    var video = Self.videoSection(mid: "1", direction: sendsVideo ? .sendOnly : .inactive)
    if sendsVideo {
      video.msids = [MediaStreamID(stream: identity.cname, track: "\(identity.cname)-v")]
      let ssrcs = [identity.videoSSRC, identity.retransmissionSSRC]
      video.sources = ssrcs.map { Self.source($0, identity) }
      // RFC 5576 §4.2: the retransmission stream belongs to the picture's.
      video.sourceGroups = [SourceGroup(semantics: "FID", ssrcs: ssrcs)]
      // One other participant is served best by one stream made for him.
      if slots > 1 { Self.addSimulcast(to: &video) }
    }
    offer.media = [audio, video]
    for slot in 0..<slots {
      offer.media.append(
        Self.audioSection(mid: Self.audioMid(slot: slot), direction: .receiveOnly))
      offer.media.append(
        Self.videoSection(mid: Self.videoMid(slot: slot), direction: .receiveOnly))
    }
    for index in offer.media.indices {
      offer.media[index].iceUfrag = transport.iceUfrag
      offer.media[index].icePassword = transport.icePassword
      offer.media[index].fingerprints = [CertificateFingerprint(bytes: transport.fingerprint)]
      offer.media[index].setup = .actpass
      // All share one transport: one section names its addresses.
      if index == 0 {
        offer.media[index].candidates = transport.candidates.compactMap(ICECandidate.init(parsing:))
      }
    }
    offer.bundleGroups = [offer.media.compactMap(\.mid)]
    sdp = offer.serialized()
  }

  /// The mid of a slot's sound.
  static func audioMid(slot: Int) -> String { String(2 + 2 * slot) }
  /// The mid of a slot's picture.
  static func videoMid(slot: Int) -> String { String(3 + 2 * slot) }

  private static func source(_ ssrc: SSRC, _ identity: MediaIdentity) -> SourceAttribute {
    SourceAttribute(ssrc: ssrc, name: "cname", value: identity.cname)
  }

  private static func audioSection(mid: String, direction: MediaDirection) -> MediaSection {
    var section = section(.audio, mid: mid, direction: direction, codec: opus)
    // Plain Opus first: copies of earlier packets are sent only where loss asks for them.
    section.payloadTypes = [opus, redundantOpus, opusRetransmission]
    // RFC 7587 §7: always announced as two channels; mono is sent.
    section.rtpMaps = [
      RTPMap(payloadType: opus, encoding: "opus", clockRate: 48_000, channels: 2),
      RTPMap(payloadType: redundantOpus, encoding: "red", clockRate: 48_000, channels: 2),
      RTPMap(payloadType: opusRetransmission, encoding: "rtx", clockRate: 48_000),
    ]
    section.formatParameters = [
      FormatParameters(payloadType: opus, parameters: "minptime=10;useinbandfec=1;usedtx=1"),
      FormatParameters(payloadType: redundantOpus, parameters: "\(opus)/\(opus)"),
      FormatParameters(payloadType: opusRetransmission, parameters: "apt=\(opus)"),
    ]
    section.rtcpFeedback.append(RTCPFeedback(payloadType: opus, value: "nack"))
    section.extensionMaps.append(
      ExtensionMap(id: audioLevelExtension, uri: HeaderExtensionURI.audioLevel))
    return section
  }

  private static func videoSection(mid: String, direction: MediaDirection) -> MediaSection {
    var section = section(.video, mid: mid, direction: direction, codec: vp8)
    section.payloadTypes = [vp8, vp8Retransmission]
    section.rtpMaps = [
      RTPMap(payloadType: vp8, encoding: "VP8", clockRate: 90_000),
      RTPMap(payloadType: vp8Retransmission, encoding: "rtx", clockRate: 90_000),
    ]
    section.formatParameters = [
      FormatParameters(payloadType: vp8Retransmission, parameters: "apt=\(vp8)")
    ]
    section.rtcpFeedback += ["ccm fir", "nack", "nack pli", "goog-remb"].map {
      RTCPFeedback(payloadType: vp8, value: $0)
    }
    return section
  }

  private static func section(
    _ kind: MediaSection.Kind, mid: String, direction: MediaDirection, codec: PayloadType
  ) -> MediaSection {
    var section = MediaSection(kind: kind, mid: mid, direction: direction)
    section.connection = "IN IP4 0.0.0.0"
    section.rtcpMux = true
    section.rtcpReducedSize = true
    // Transport-wide feedback both ways: each end numbers its packets and is told what arrived.
    section.extensionMaps = [
      ExtensionMap(id: midExtension, uri: HeaderExtensionURI.mid),
      ExtensionMap(id: transportSequenceExtension, uri: HeaderExtensionURI.transportSequence),
    ]
    section.rtcpFeedback = [RTCPFeedback(payloadType: codec, value: "transport-cc")]
    return section
  }

  /// Offers the picture in two sizes (RFC 8853 §5.1), named in each packet's header (RFC 8852).
  private static func addSimulcast(to section: inout MediaSection) {
    section.rids = layerNames.map { "\($0) send" }
    section.simulcast = "send \(layerNames.joined(separator: ";"))"
    section.extensionMaps += [
      ExtensionMap(id: layerExtension, uri: HeaderExtensionURI.rtpStreamID),
      ExtensionMap(id: repairedLayerExtension, uri: HeaderExtensionURI.repairedRTPStreamID),
    ]
  }
}
