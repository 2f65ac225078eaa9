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
    answer.candidates = candidates
    answer.hasEndOfCandidates = true
    addFormats(of: use, to: &answer)
    addExtensions(of: use, to: &answer)
    if let slot = use.slot { addSources(of: slot, kind: offered.kind, to: &answer) }
    return answer
  }

  private var candidates: [ICECandidate] {
    local.candidates.prefix(MediaSection.maximumCandidates).enumerated().map { index, address in
      // RFC 8445 §5.1.2.1: type preference 126 (host), local preference by order, component 1.
      let priority = UInt32(126) << 24 | UInt32(65_535 - index) << 8 | 255
      return ICECandidate(
        foundation: String(index + 1), component: 1, transport: "udp", priority: priority,
        address: address)
    }
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
    case .video:
      answer.rtpMaps = [RTPMap(payloadType: type, encoding: "VP8", clockRate: 90_000)]
      if let retransmission = offered.retransmissionPayloadType {
        answer.payloadTypes.append(retransmission)
        answer.rtpMaps.append(
          RTPMap(payloadType: retransmission, encoding: "rtx", clockRate: 90_000))
        answer.formatParameters = [
          FormatParameters(payloadType: retransmission, parameters: "apt=\(type)")
        ]
      }
    }
    var feedback = offered.kind == .video ? ["nack", "nack pli", "ccm fir"] : []
    // We report arrivals, but our own packets carry no transport-wide number yet.
    if use.isOwn { feedback.append("transport-cc") }
    answer.rtcpFeedback = feedback.filter { offered.section.accepts(feedback: $0, type) }
      .map { RTCPFeedback(payloadType: type, value: $0) }
  }

  private func addExtensions(of use: Offer.Use, to answer: inout MediaSection) {
    var ids: [(UInt8, String)] = []
    if use.isOwn {
      let own = use.offered.incoming().extensions
      ids += [
        (own.audioLevel, HeaderExtensionURI.audioLevel),
        (own.transportSequence, HeaderExtensionURI.transportSequence),
        (own.mid, HeaderExtensionURI.mid),
      ]
    } else if let slot = use.slot, let audio = media.slots[slot].audio, audio.mid == use.offered.mid
    {
      ids.append((audio.extensions.audioLevel, HeaderExtensionURI.audioLevel))
    }
    answer.extensionMaps = ids.filter { $0.0 != 0 }.map { ExtensionMap(id: $0.0, uri: $0.1) }
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
