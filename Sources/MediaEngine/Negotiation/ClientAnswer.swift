import Wire

/// What a relay's SDP answer says: where and with what secrets to connect, and what may be sent and
/// received.
public struct ClientAnswer: Sendable, Equatable {
  /// The relay's ICE user name fragment.
  public let iceUfrag: String
  /// The relay's ICE password.
  public let icePassword: String
  /// The SHA-256 fingerprint of the relay's DTLS certificate: 32 bytes.
  public let fingerprint: [UInt8]
  /// The relay's UDP addresses, best first.
  public let candidates: [RemoteCandidate]
  /// The relay's TCP addresses that take connections (`tcptype passive`, RFC 6544 §4.5), best first.
  public let tcpCandidates: [RemoteCandidate]
  /// What may be sent and where it is received.
  public let media: NegotiatedMedia

  /// Reads the answer to `offer`.
  public init(parsing sdp: String, to offer: ClientOffer) throws(NegotiationError) {
    let answer: SessionDescription
    do {
      answer = try SessionDescription(parsing: sdp)
    } catch {
      throw .malformed(line: error.line, reason: error.reason.rawValue)
    }
    guard answer.media.count >= 2 + 2 * offer.slots else { throw .sectionsMissing }
    let accepted = answer.media.filter { !$0.isRejected }
    guard let transport = accepted.first else { throw .nothingAccepted }
    guard let iceUfrag = transport.iceUfrag, let icePassword = transport.icePassword,
      let fingerprint = transport.sha256Fingerprint
    else { throw .transportMissing }
    // The client is always active: the relay answers passive, or leaves the choice open.
    guard transport.setup != .active, transport.setup != .holdconn else { throw .wrongSetup }
    self.iceUfrag = iceUfrag
    self.icePassword = icePassword
    self.fingerprint = fingerprint
    candidates = Self.candidates(in: accepted) { $0.isUsableUDP }
    tcpCandidates = Self.candidates(in: accepted) { candidate in
      candidate.transport == "tcp" && candidate.value("tcptype") == "passive"
        && candidate.port != 0
    }
    media = Self.media(in: answer.media, of: offer)
  }

  private static func candidates(
    in sections: [MediaSection], where isUsable: (ICECandidate) -> Bool
  ) -> [RemoteCandidate] {
    var seen: Set<SocketAddress> = []
    return sections.flatMap(\.candidates)
      .filter { $0.component == 1 && isUsable($0) }
      .compactMap { candidate in
        candidate.address.map { RemoteCandidate(address: $0, priority: candidate.priority) }
      }
      .filter { seen.insert($0.address).inserted }
      .sorted { $0.priority > $1.priority }
  }

  private static func media(
    in sections: [MediaSection], of offer: ClientOffer
  ) -> NegotiatedMedia {
    let identity = offer.identity
    var video: NegotiatedMedia.SendTrack?
    if offer.sendsVideo {
      video = sendTrack(
        sections[1], ssrc: identity.videoSSRC, retransmission: identity.retransmissionSSRC)
    }
    let slots = (0..<offer.slots).map { slot in
      NegotiatedMedia.ReceiveSlot(
        audio: receiveTrack(sections[2 + 2 * slot]), video: receiveTrack(sections[3 + 2 * slot]))
    }
    return NegotiatedMedia(
      audio: sendTrack(
        sections[0], ssrc: identity.audioSSRC, retransmission: identity.audioRetransmissionSSRC),
      video: video.map { addLayers(to: $0, sections[1], identity) }, slots: slots,
      cname: identity.cname)
  }

  /// What a section that we offered to send lets us send.
  private static func sendTrack(
    _ section: MediaSection, ssrc: SSRC, retransmission: SSRC?
  ) -> NegotiatedMedia.SendTrack? {
    guard !section.isRejected, section.direction.receives, let codec = codec(of: section) else {
      return nil
    }
    let retransmissionType = section.retransmissionType(of: codec)
    func id(_ uri: String) -> UInt8? {
      let id = section.extensionID(uri)
      // The one-byte form holds ids 1 ... 14 (RFC 8285 §4.2).
      return (1...14).contains(id) ? id : nil
    }
    return NegotiatedMedia.SendTrack(
      ssrc: ssrc, payloadType: codec,
      retransmissionSSRC: retransmissionType == nil ? nil : retransmission,
      retransmissionPayloadType: retransmission == nil ? nil : retransmissionType,
      audioLevelExtension: id(HeaderExtensionURI.audioLevel),
      transportSequenceExtension: id(HeaderExtensionURI.transportSequence),
      midExtension: id(HeaderExtensionURI.mid), mid: section.mid ?? "",
      redundantPayloadType: redundantType(of: section))
  }

  /// The picture's two sizes, where the answer takes them (RFC 8853 §5.3: `recv`).
  private static func addLayers(
    to track: NegotiatedMedia.SendTrack, _ section: MediaSection, _ identity: MediaIdentity
  ) -> NegotiatedMedia.SendTrack {
    var track = track
    let name = section.extensionID(HeaderExtensionURI.rtpStreamID)
    let words = section.simulcast?.split(separator: " ") ?? []
    guard (1...14).contains(name), words.count >= 2, words[0] == "recv" else { return track }
    // A layer that the relay wants paused begins with a tilde; alternatives are parted by commas.
    let taken = words[1].split(whereSeparator: { $0 == ";" || $0 == "," })
    guard ClientOffer.layerNames.allSatisfy({ taken.contains(Substring($0)) }) else { return track }
    track.layerExtension = name
    let repaired = section.extensionID(HeaderExtensionURI.repairedRTPStreamID)
    track.repairedLayerExtension = (1...14).contains(repaired) ? repaired : nil
    track.layers = [
      .init(
        name: "h", divisor: 2, ssrc: identity.halfVideoSSRC,
        retransmissionSSRC: identity.halfRetransmissionSSRC),
      .init(
        name: "f", divisor: 1, ssrc: identity.videoSSRC,
        retransmissionSSRC: identity.retransmissionSSRC),
    ]
    return track
  }

  private static func redundantType(of section: MediaSection) -> PayloadType? {
    section.kind == .audio ? section.payloadType(encoding: "red", clockRate: 48_000) : nil
  }

  /// What a section that we offered to receive brings. The relay declares each slot's sources, so
  /// that packets find their slot without another word.
  private static func receiveTrack(_ section: MediaSection) -> NegotiatedMedia.ReceiveTrack? {
    guard !section.isRejected, section.direction.sends, let codec = codec(of: section) else {
      return nil
    }
    let ssrcs = section.ssrcs
    let groups = section.sourceGroups.filter { $0.semantics == "FID" && $0.ssrcs.count == 2 }
    guard let ssrc = groups.first?.ssrcs[0] ?? ssrcs.first else { return nil }
    let numbering =
      section.accepts(feedback: "transport-cc", codec)
      ? section.extensionID(HeaderExtensionURI.transportSequence) : 0
    return NegotiatedMedia.ReceiveTrack(
      ssrc: ssrc, payloadType: codec, retransmissionSSRC: section.retransmissionSSRC(of: ssrc),
      retransmissionPayloadType: section.retransmissionType(of: codec), mid: section.mid ?? "",
      redundantPayloadType: redundantType(of: section),
      transportSequenceExtension: numbering == 0 ? nil : numbering,
      takesRequests: section.accepts(feedback: "nack", codec))
  }

  private static func codec(of section: MediaSection) -> PayloadType? {
    section.kind == .audio
      ? section.payloadType(encoding: "opus", clockRate: 48_000)
      : section.payloadType(encoding: "VP8", clockRate: 90_000)
  }
}
