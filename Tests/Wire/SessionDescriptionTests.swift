import Testing
import Wire

@Suite("SDP of real peers")
struct SessionDescriptionTests {
  @Test("Chromium's offer: sections, codecs, extensions, streams")
  func chromium() throws {
    let offer = try SessionDescription(parsing: Corpus.bytes("SDP/chromium-offer.sdp"))
    #expect(offer.bundleGroups == [["0", "1", "2", "3", "4", "5"]])
    #expect(offer.allowsMixedExtensions)
    #expect(offer.media.count == 6)
    #expect(
      offer.media.map(\.direction)
        == [.sendOnly, .sendOnly, .sendReceive, .receiveOnly, .receiveOnly, .sendReceive])
    #expect(offer.media.map(\.kind.name).last == "application")
    #expect(offer.media[5].otherFormats == ["webrtc-datachannel"])
    #expect(offer.media[5].payloadTypes.isEmpty)

    let audio = offer.media[0]
    #expect(audio.line == 8)
    #expect(audio.iceUfrag == "iTmK")
    #expect(audio.icePassword?.utf8.count == 24)
    #expect(audio.iceOptions == ["trickle"])
    #expect(audio.sha256Fingerprint?.count == 32)
    #expect(audio.sha256Fingerprint?.first == 0xFF)
    #expect(audio.setup == .actpass)
    #expect(audio.rtcpMux && audio.rtcpReducedSize && !audio.rtcpMuxOnly)
    #expect(audio.payloadType(encoding: "OPUS", clockRate: 48_000) == PayloadType(111))
    #expect(audio.rtpMap(PayloadType(111))?.channels == 2)
    #expect(audio.parameters(PayloadType(111))?.value("useinbandfec") == "1")
    #expect(audio.parameters(PayloadType(111))?.value("stereo") == nil)
    #expect(audio.extensionID(HeaderExtensionURI.audioLevel) == 1)
    #expect(audio.extensionID(HeaderExtensionURI.transportSequence) == 3)
    #expect(audio.extensionID(HeaderExtensionURI.mid) == 4)
    #expect(audio.extensionID("urn:none") == 0)
    #expect(audio.ssrcs == [SSRC(3_347_707_992)])
    #expect(audio.sourceValue("cname", of: SSRC(3_347_707_992)) == "NAM4l+gzk2+sZFlx")
    #expect(audio.msids.first?.track == "14a0b9ba-4b56-4854-8078-99ee76676171")
    #expect(audio.attributes.contains(SDPAttribute(name: "rtcp-xr", value: "rcvr-rtt=all")))

    let simulcast = offer.media[1]
    #expect(simulcast.simulcast == "send h;l")
    #expect(simulcast.rids == ["h send", "l send"])

    let video = offer.media[2]
    let vp8 = try #require(video.payloadType(encoding: "VP8", clockRate: 90_000))
    #expect(vp8 == PayloadType(96))
    #expect(video.retransmissionType(of: vp8) == PayloadType(97))
    #expect(video.accepts(feedback: "nack pli", vp8))
    #expect(video.accepts(feedback: "transport-cc", vp8))
    #expect(!video.accepts(feedback: "nack rpsi", vp8))
    #expect(video.ssrcs == [SSRC(3_492_726_561), SSRC(2_995_191_902)])
    #expect(video.retransmissionSSRC(of: SSRC(3_492_726_561)) == SSRC(2_995_191_902))
    #expect(video.retransmissionSSRC(of: SSRC(2_995_191_902)) == nil)
  }

  @Test("candidates hidden behind mDNS names are there, and unusable")
  func multicastDNS() throws {
    let offer = try SessionDescription(parsing: Corpus.bytes("SDP/chromium-mdns-offer.sdp"))
    let candidates = offer.media[0].candidates
    #expect(candidates.count == 2)
    #expect(candidates.allSatisfy { !$0.isUsableUDP && $0.kind == .host })
  }

  @Test("what stands for the session is handed down to sections that have none of their own")
  func sessionLevel() throws {
    let answer = try SessionDescription(parsing: Corpus.bytes("SDP/answer-ice-lite.sdp"))
    #expect(answer.iceLite)
    let audio = try #require(answer.section(mid: "0"))
    #expect(audio.iceUfrag == "abcd")
    #expect(audio.icePassword == "0123456789012345678901")
    #expect(audio.setup == .passive)
    #expect(audio.sha256Fingerprint == Array(0...31))
    #expect(audio.bandwidths == ["AS:64"])
    #expect(audio.connection == "IN IP4 192.0.2.1")
    #expect(audio.hasEndOfCandidates)
    #expect(
      audio.candidates.compactMap { $0.address?.text } == ["192.0.2.1:7000", "[2001:db8::1]:7000"])
  }

  @Test("an answer of our own reads like this")
  func writes() {
    var answer = SessionDescription(
      origin: SessionDescription.Origin(sessionID: "4611", version: 2))
    answer.iceLite = true
    answer.bundleGroups = [["a"]]
    var audio = MediaSection(kind: .audio, mid: "a", direction: .sendOnly)
    audio.payloadTypes = [PayloadType(111)]
    audio.connection = "IN IP4 0.0.0.0"
    audio.rtpMaps = [
      RTPMap(payloadType: PayloadType(111), encoding: "opus", clockRate: 48_000, channels: 2)
    ]
    audio.formatParameters = [
      FormatParameters(payloadType: PayloadType(111), parameters: "minptime=10;useinbandfec=1")
    ]
    audio.rtcpFeedback = [RTCPFeedback(payloadType: nil, value: "transport-cc")]
    audio.extensionMaps = [
      ExtensionMap(id: 1, uri: HeaderExtensionURI.audioLevel, direction: .receiveOnly)
    ]
    audio.rtcpMux = true
    audio.iceUfrag = "abcd"
    audio.icePassword = "0123456789012345678901"
    audio.fingerprints = [CertificateFingerprint(bytes: Array(0xA0...0xBF))]
    audio.setup = .passive
    audio.candidates = [
      ICECandidate(
        foundation: "1", priority: 2_130_706_431,
        address: SocketAddress(ipv4: 0xC000_0201, port: 7000))
    ]
    audio.hasEndOfCandidates = true
    audio.msids = [MediaStreamID(stream: "slot0", track: "slot0a")]
    audio.sources = [SourceAttribute(ssrc: SSRC(7), name: "cname", value: "c")]
    audio.sourceGroups = [SourceGroup(semantics: "FID", ssrcs: [SSRC(7), SSRC(8)])]
    answer.media = [audio]
    let expected = """
      v=0
      o=- 4611 2 IN IP4 127.0.0.1
      s=-
      t=0 0
      a=group:BUNDLE a
      a=ice-lite
      m=audio 9 UDP/TLS/RTP/SAVPF 111
      c=IN IP4 0.0.0.0
      a=mid:a
      a=sendonly
      a=msid:slot0 slot0a
      a=ice-ufrag:abcd
      a=ice-pwd:0123456789012345678901
      a=fingerprint:sha-256 A0:A1:A2:A3:A4:A5:A6:A7:A8:A9:AA:AB:AC:AD:AE:AF:B0:B1:B2:B3:B4:B5:B6:B7:B8:B9:BA:BB:BC:BD:BE:BF
      a=setup:passive
      a=candidate:1 1 udp 2130706431 192.0.2.1 7000 typ host
      a=end-of-candidates
      a=rtcp-mux
      a=extmap:1/recvonly urn:ietf:params:rtp-hdrext:ssrc-audio-level
      a=rtpmap:111 opus/48000/2
      a=rtcp-fb:* transport-cc
      a=fmtp:111 minptime=10;useinbandfec=1
      a=ssrc-group:FID 7 8
      a=ssrc:7 cname:c

      """
    let lines = expected.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(answer.serialized() == lines.joined(separator: "\r\n"))
  }

  @Test("no value can add a line")
  func injection() {
    var description = SessionDescription(
      origin: SessionDescription.Origin(sessionID: "1", version: 1))
    description.attributes = [SDPAttribute(name: "tool", value: "x\r\na=ice-lite")]
    description.media = [MediaSection(kind: .audio, mid: "0\nm=video 9 RTP/AVP 0")]
    let lines = description.serialized().utf8.split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 8)
  }

  @Test("the direction of an answer is the offer's as seen from the other side")
  func directions() {
    #expect(MediaDirection.sendOnly.reversed == .receiveOnly)
    #expect(MediaDirection.sendReceive.reversed == .sendReceive)
    #expect(MediaDirection.inactive.reversed == .inactive)
    #expect(MediaDirection(sends: false, receives: true) == .receiveOnly)
  }

  @Test("a refused section has port 0, a bundled one may")
  func rejected() throws {
    let text =
      "v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\nm=audio 0 UDP/TLS/RTP/SAVPF 0\n"
      + "m=video 0 UDP/TLS/RTP/SAVPF 96\na=bundle-only\n"
    let offer = try SessionDescription(parsing: text)
    #expect(offer.media.map(\.isRejected) == [true, false])
  }
}
