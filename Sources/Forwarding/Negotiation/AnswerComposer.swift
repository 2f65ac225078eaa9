import Wire

/// Writes the answer to an offer (RFC 8829 §5.3): the same sections in the same order, each taken,
/// made inactive or refused.
struct AnswerComposer {
  let offer: Offer
  let media: SessionMedia
  let local: LocalTransport

  /// The answer in SDP.
  func compose(origin: SessionDescription.Origin) -> String {
    var answer = SessionDescription(origin: origin)
    answer.iceLite = true
    answer.attributes.append(SDPAttribute(name: "msid-semantic", value: " WMS *"))
    var bundle: [String] = []
    for (section, use) in zip(offer.description.media, offer.uses) {
      guard let use else {
        answer.media.append(refused(section))
        continue
      }
      answer.media.append(taken(use))
      bundle.append(use.offered.mid)
    }
    answer.bundleGroups = [bundle]
    return answer.serialized()
  }

  /// Port 0 refuses a section; everything else stands only because the grammar wants it.
  private func refused(_ section: MediaSection) -> MediaSection {
    var answer = MediaSection(
      kind: section.kind, mid: section.mid, direction: .inactive, port: 0,
      transportProtocol: section.transportProtocol)
    answer.payloadTypes = section.payloadTypes
    answer.otherFormats = section.otherFormats
    answer.connection = "IN IP4 0.0.0.0"
    return answer
  }

  private func taken(_ use: Offer.Use) -> MediaSection {
    let offered = use.offered
    var answer = MediaSection(
      kind: offered.section.kind, mid: offered.mid,
      direction: MediaDirection(sends: use.slot != nil, receives: use.isOwn),
      transportProtocol: offered.section.transportProtocol)
    answer.connection = "IN IP4 0.0.0.0"
    answer.iceUfrag = local.iceUfrag
    answer.icePassword = local.icePassword
    answer.fingerprints = [CertificateFingerprint(bytes: local.fingerprint)]
    answer.setup = .passive
    answer.rtcpMux = true
    answer.rtcpReducedSize = offered.section.rtcpReducedSize
    // Receivers may measure their round trip to us (RFC 3611 §4.4, §5.1).
    answer.attributes = offered.section.attributes.filter {
      $0.name == "rtcp-xr" && $0.value == "rcvr-rtt=all"
    }
    // RFC 9143 §7.1.3 wants them in the first section only, and every browser is content with that;
    // aiortc reads them from the last section of each kind, so they stand in all.
    answer.candidates = RelayCandidates.list(
      udp: local.candidates, tcp: local.tcpCandidates)
    answer.hasEndOfCandidates = true
    addFormats(of: use, to: &answer)
    addExtensions(of: use, to: &answer)
    addLayers(of: use, to: &answer)
    if let slot = use.slot { addSources(of: slot, kind: offered.kind, to: &answer) }
    return answer
  }

  private func addFormats(of use: Offer.Use, to answer: inout MediaSection) {
    let offered = use.offered
    let type = offered.payloadType
    answer.payloadTypes = [type]
    switch offered.kind {
    case .audio:
      answer.rtpMaps = [RTPMap(payloadType: type, encoding: "opus", clockRate: 48_000, channels: 2)]
      // Forward error correction and discontinuous transmission (RFC 7587 §6.1).
      answer.formatParameters = [
        FormatParameters(payloadType: type, parameters: "minptime=10;useinbandfec=1;usedtx=1")
      ]
      if let redundant = offered.redundantPayloadType {
        // After Opus: both may come, and a browser does not double its sound unless it wants to.
        add(
          RTPMap(payloadType: redundant, encoding: "red", clockRate: 48_000, channels: 2),
          parameters: "\(type)/\(type)", to: &answer)
      }
    case .video:
      answer.rtpMaps = [RTPMap(payloadType: type, encoding: "VP8", clockRate: 90_000)]
    }
    if let retransmission = offered.retransmissionPayloadType {
      add(
        RTPMap(
          payloadType: retransmission, encoding: "rtx", clockRate: UInt32(offered.kind.clockRate)),
        parameters: "apt=\(type)", to: &answer)
    }
    var feedback = offered.kind == .video ? ["nack pli", "ccm fir"] : []
    // Lost sound is sent again only as a retransmission of its own: a receiver without those would
    // ask in vain.
    if offered.kind == .video || use.isOwn || offered.retransmissionPayloadType != nil {
      feedback.insert("nack", at: 0)
    }
    // We report arrivals of what comes, and number what we send where we can write the number.
    if use.isOwn || slotStream(of: use)?.extensions.transportSequence ?? 0 != 0 {
      feedback.append("transport-cc")
    }
    answer.rtcpFeedback = feedback.filter { offered.section.accepts(feedback: $0, type) }
      .map { RTCPFeedback(payloadType: type, value: $0) }
  }

  private func add(_ map: RTPMap, parameters: String, to answer: inout MediaSection) {
    answer.payloadTypes.append(map.payloadType)
    answer.rtpMaps.append(map)
    answer.formatParameters.append(
      FormatParameters(payloadType: map.payloadType, parameters: parameters))
  }

  /// Takes the participant's encodings (RFC 8853 §5.3.2, RFC 8851 §6.2.2).
  private func addLayers(of use: Offer.Use, to answer: inout MediaSection) {
    guard use.isOwn, use.offered.kind == .video, let layers = media.video?.layers, !layers.isEmpty
    else { return }
    answer.rids = layers.map { RestrictionID(id: $0, direction: .receive).sdp }
    answer.simulcast = Simulcast(receive: layers.map { [.init(id: $0)] }).sdp
  }

  private func addExtensions(of use: Offer.Use, to answer: inout MediaSection) {
    var ids: [(UInt8, String)] = []
    if use.isOwn {
      let own = use.offered.incoming(maximumLayers: offer.maximumLayers).extensions
      ids += [
        (own.audioLevel, HeaderExtensionURI.audioLevel),
        (own.transportSequence, HeaderExtensionURI.transportSequence),
        (own.mid, HeaderExtensionURI.mid),
        (own.streamID, HeaderExtensionURI.rtpStreamID),
        (own.repairedStreamID, HeaderExtensionURI.repairedRTPStreamID),
      ]
    } else if let stream = slotStream(of: use) {
      ids += [
        (stream.extensions.audioLevel, HeaderExtensionURI.audioLevel),
        (stream.extensions.transportSequence, HeaderExtensionURI.transportSequence),
      ]
    }
    answer.extensionMaps = ids.filter { $0.0 != 0 }.map { ExtensionMap(id: $0.0, uri: $0.1) }
  }

  /// The stream we send in a section.
  private func slotStream(of use: Offer.Use) -> SlotStreamMedia? {
    guard let slot = use.slot else { return nil }
    return use.offered.kind == .audio ? media.slots[slot].audio : media.slots[slot].video
  }

  private func addSources(of slot: Int, kind: TrackKind, to answer: inout MediaSection) {
    let stream = kind == .audio ? media.slots[slot].audio : media.slots[slot].video
    guard let stream else { return }
    // Sound and picture of a slot are one MediaStream: browsers keep them in step.
    let name = "slot\(slot)"
    let track = "\(name)-\(kind == .audio ? "audio" : "video")"
    answer.msids = [MediaStreamID(stream: name, track: track)]
    var ssrcs = [stream.ssrc]
    if let retransmission = stream.retransmissionSSRC {
      ssrcs.append(retransmission)
      answer.sourceGroups = [SourceGroup(semantics: "FID", ssrcs: ssrcs)]
    }
    for ssrc in ssrcs {
      answer.sources.append(SourceAttribute(ssrc: ssrc, name: "cname", value: media.cname))
      answer.sources.append(SourceAttribute(ssrc: ssrc, name: "msid", value: "\(name) \(track)"))
    }
  }
}
