import Testing
import Wire

@testable import MediaEngine

@Suite struct NegotiationTests {
  private let transport = LocalTransport(
    iceUfrag: "abcd", icePassword: "0123456789012345678901",
    fingerprint: [UInt8](0..<32), candidates: ["1 1 udp 2130706431 192.0.2.7 5004 typ host"])
  private let identity = MediaIdentity(
    audioSSRC: SSRC(rawValue: 1000), videoSSRC: SSRC(rawValue: 1001),
    retransmissionSSRC: SSRC(rawValue: 1002), cname: "kiosk")

  @Test func theOfferIsSdpWithOwnSectionsFirstAndSlotPairsAfter() throws {
    let offer = ClientOffer(transport: transport, identity: identity, slots: 3, session: 99)
    let parsed = try SessionDescription(parsing: offer.sdp)
    #expect(
      parsed.media.map(\.kind) == [
        .audio, .video, .audio, .video, .audio, .video, .audio, .video,
      ])
    #expect(
      parsed.media.map(\.direction) == [.sendOnly, .sendOnly]
        + [MediaDirection](repeating: .receiveOnly, count: 6))
    #expect(parsed.bundleGroups == [["0", "1", "2", "3", "4", "5", "6", "7"]])
    for section in parsed.media {
      #expect(section.rtcpMux)
      #expect(section.setup == .actpass)
      #expect(section.iceUfrag == "abcd")
      #expect(section.sha256Fingerprint == [UInt8](0..<32))
      #expect(section.extensionID(HeaderExtensionURI.mid) == 1)
    }
    #expect(parsed.media[0].candidates.count == 1)
    #expect(
      parsed.media[0].ssrcs == [SSRC(rawValue: 1000), identity.audioRetransmissionSSRC])
    #expect(
      parsed.media[1].retransmissionSSRC(of: SSRC(rawValue: 1001)) == SSRC(rawValue: 1002))
    let opus = try #require(parsed.media[0].payloadType(encoding: "opus", clockRate: 48_000))
    #expect(parsed.media[0].parameters(opus)?.value("useinbandfec") == "1")
    #expect(parsed.media[0].parameters(opus)?.value("usedtx") == "1")
    let vp8 = try #require(parsed.media[1].payloadType(encoding: "VP8", clockRate: 90_000))
    #expect(parsed.media[1].accepts(feedback: "nack pli", vp8))
    #expect(parsed.media[1].retransmissionType(of: vp8) != nil)
    // Feedback on what arrives goes both ways, for sound and picture alike.
    for (index, section) in parsed.media.enumerated() {
      #expect(section.extensionID(HeaderExtensionURI.transportSequence) == 3)
      #expect(section.accepts(feedback: "transport-cc", index % 2 == 0 ? opus : vp8))
    }
    // Copies and retransmission of sound, and the picture in two sizes.
    #expect(parsed.media[2].payloadType(encoding: "red", clockRate: 48_000) != nil)
    #expect(parsed.media[2].retransmissionType(of: opus) != nil)
    #expect(parsed.media[0].accepts(feedback: "nack", opus))
    #expect(parsed.media[0].payloadTypes.first == opus)
    #expect(
      parsed.media[0].retransmissionSSRC(of: SSRC(rawValue: 1000))
        == identity.audioRetransmissionSSRC)
    #expect(parsed.media[1].rids == ["h send", "f send"])
    #expect(parsed.media[1].simulcast == "send h;f")
    #expect(parsed.media[3].simulcast == nil)
  }

  @Test func forOneOtherParticipantOneSizeIsOffered() throws {
    let offer = ClientOffer(transport: transport, identity: identity, slots: 1)
    let parsed = try SessionDescription(parsing: offer.sdp)
    #expect(parsed.media[1].rids.isEmpty)
    #expect(parsed.media[1].simulcast == nil)
    #expect(parsed.media[1].extensionID(HeaderExtensionURI.rtpStreamID) == 0)
  }

  @Test func whatTheAnswerAddsIsUsed() throws {
    let offer = ClientOffer(transport: transport, identity: identity, slots: 1)
    let plain = try ClientAnswer(parsing: answer(), to: offer).media
    #expect(plain.audio?.redundantPayloadType == nil)
    #expect(plain.audio?.retransmissionSSRC == nil)
    #expect(plain.video?.layers.isEmpty == true)
    #expect(plain.slots[0].audio?.transportSequenceExtension == nil)
    #expect(plain.slots[0].audio?.takesRequests == false)

    let rich = answer()
      .replacing("SAVPF 111\r\n", with: "SAVPF 111 63 112\r\n")
      .replacing(
        "a=rtpmap:111",
        with: "a=rtpmap:63 red/48000/2\r\na=rtpmap:112 rtx/48000\r\na=fmtp:112 apt=111\r\n"
          + "a=rtcp-fb:111 nack\r\na=rtcp-fb:111 transport-cc\r\na=rtpmap:111"
      )
      .replacing(
        "a=rtpmap:96",
        with: "a=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv h;f\r\n"
          + "a=extmap:4 \(HeaderExtensionURI.rtpStreamID)\r\na=rtpmap:96"
      )
      .replacing("a=mid:2", with: "a=mid:2\r\na=extmap:3 \(HeaderExtensionURI.transportSequence)")
    let media = try ClientAnswer(parsing: rich, to: offer).media
    #expect(media.audio?.redundantPayloadType == PayloadType(rawValue: 63))
    #expect(media.audio?.retransmissionSSRC == identity.audioRetransmissionSSRC)
    #expect(media.audio?.retransmissionPayloadType == PayloadType(rawValue: 112))
    #expect(media.video?.layers.map(\.name) == ["h", "f"])
    #expect(media.video?.layers.map(\.divisor) == [2, 1])
    #expect(media.video?.layers.last?.ssrc == identity.videoSSRC)
    #expect(media.video?.layerExtension == 4)
    #expect(media.slots[0].audio?.redundantPayloadType == PayloadType(rawValue: 63))
    #expect(media.slots[0].audio?.transportSequenceExtension == 3)
    #expect(media.slots[0].audio?.takesRequests == true)
  }

  @Test func anAudioOnlyClientOffersAnInactivePicture() throws {
    let offer = ClientOffer(
      transport: transport, identity: identity, slots: 1, sendsVideo: false)
    let parsed = try SessionDescription(parsing: offer.sdp)
    #expect(parsed.media[1].direction == .inactive)
    #expect(parsed.media[1].ssrcs.isEmpty)
    #expect(parsed.media[3].direction == .receiveOnly)
  }

  @Test func theAnswerSaysWhereToConnectAndWhatGoesWhere() throws {
    let offer = ClientOffer(transport: transport, identity: identity, slots: 1)
    let answer = try ClientAnswer(parsing: answer(), to: offer)
    #expect(answer.iceUfrag == "relay")
    #expect(answer.icePassword == "relaypasswordrelaypassword")
    #expect(answer.fingerprint == [UInt8](repeating: 0xAB, count: 32))
    // Best first, TCP and names left out, duplicates once.
    #expect(
      answer.candidates == [
        RemoteCandidate(
          address: SocketAddress(ipv4: 0xC000_0201, port: 7000), priority: 2_130_706_431),
        RemoteCandidate(
          address: SocketAddress(ipv4: 0xC000_0202, port: 7000), priority: 2_130_706_175),
      ])
    let audio = try #require(answer.media.audio)
    #expect(audio.ssrc == SSRC(rawValue: 1000))
    #expect(audio.payloadType == PayloadType(rawValue: 111))
    #expect(audio.audioLevelExtension == 2)
    #expect(audio.transportSequenceExtension == 3)
    #expect(audio.midExtension == nil)
    let video = try #require(answer.media.video)
    #expect(video.retransmissionSSRC == SSRC(rawValue: 1002))
    #expect(video.retransmissionPayloadType == PayloadType(rawValue: 97))
    #expect(answer.media.cname == "kiosk")
    let slot = try #require(answer.media.slots.first)
    #expect(slot.audio?.ssrc == SSRC(rawValue: 5001))
    #expect(slot.video?.ssrc == SSRC(rawValue: 5002))
    #expect(slot.video?.retransmissionSSRC == SSRC(rawValue: 5003))
    #expect(slot.video?.retransmissionPayloadType == PayloadType(rawValue: 97))
  }

  @Test func whatTheRelayRefusedIsNotSent() throws {
    let offer = ClientOffer(transport: transport, identity: identity, slots: 1)
    let refused = answer().replacing("m=video 9", with: "m=video 0")
    let answer = try ClientAnswer(parsing: refused, to: offer)
    #expect(answer.media.audio != nil)
    #expect(answer.media.video == nil)
    #expect(answer.media.slots.first?.video == nil)
  }

  @Test(arguments: [
    ("a=setup:passive", "a=setup:active", NegotiationError.wrongSetup),
    ("a=ice-ufrag:relay", "a=x:y", .transportMissing),
    ("a=fingerprint:sha-256", "a=x:", .transportMissing),
    (" 9 UDP", " 0 UDP", .nothingAccepted),
  ])
  func anUnusableAnswerIsRefusedWithItsReason(
    _ old: String, _ new: String, _ expected: NegotiationError
  ) {
    let offer = ClientOffer(transport: transport, identity: identity, slots: 1)
    #expect(throws: expected) {
      try ClientAnswer(parsing: answer().replacing(old, with: new), to: offer)
    }
  }

  @Test func anAnswerWithoutTheSlotsIsRefused() {
    let offer = ClientOffer(transport: transport, identity: identity, slots: 2)
    #expect(throws: NegotiationError.sectionsMissing) {
      try ClientAnswer(parsing: answer(), to: offer)
    }
    #expect(throws: NegotiationError.self) {
      try ClientAnswer(parsing: "hello", to: offer)
    }
  }

  @Test func randomIdentitiesHaveDistinctSources() {
    var generator = SplitMix64(seed: 5)
    for _ in 0..<100 {
      let identity = MediaIdentity.random(using: &generator)
      let sources: Set = [
        identity.audioSSRC, identity.videoSSRC, identity.retransmissionSSRC, SSRC(rawValue: 0),
        identity.audioRetransmissionSSRC, identity.halfVideoSSRC, identity.halfRetransmissionSSRC,
      ]
      #expect(sources.count == 7)
      #expect(!identity.cname.isEmpty)
    }
  }

  private func answer() -> String {
    let fingerprint = [String](repeating: "AB", count: 32).joined(separator: ":")
    let transport = [
      "a=ice-ufrag:relay", "a=ice-pwd:relaypasswordrelaypassword",
      "a=fingerprint:sha-256 \(fingerprint)", "a=setup:passive", "a=rtcp-mux",
    ]
    var lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1 2 3"]
    lines.append("a=ice-lite")
    for mid in 0..<4 {
      let isAudio = mid % 2 == 0
      lines.append(
        "m=\(isAudio ? "audio 9 UDP/TLS/RTP/SAVPF 111" : "video 9 UDP/TLS/RTP/SAVPF 96 97")")
      lines.append("c=IN IP4 0.0.0.0")
      lines += transport
      lines.append("a=mid:\(mid)")
      lines.append(mid < 2 ? "a=recvonly" : "a=sendonly")
      lines.append("a=candidate:1 1 udp 2130706175 192.0.2.2 7000 typ host")
      lines.append("a=candidate:2 1 udp 2130706431 192.0.2.1 7000 typ host")
      lines.append("a=candidate:3 1 tcp 2105458943 192.0.2.1 7000 typ host tcptype passive")
      lines.append("a=candidate:4 1 udp 2113937151 secret.local 7000 typ host")
      if isAudio {
        lines += ["a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10;useinbandfec=1"]
        lines.append("a=extmap:2 \(HeaderExtensionURI.audioLevel)")
      } else {
        lines += ["a=rtpmap:96 VP8/90000", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"]
      }
      if mid < 2 { lines.append("a=extmap:3 \(HeaderExtensionURI.transportSequence)") }
      if mid == 2 { lines.append("a=ssrc:5001 cname:slot0") }
      if mid == 3 {
        lines.append("a=ssrc-group:FID 5002 5003")
        lines += ["a=ssrc:5002 cname:slot0", "a=ssrc:5003 cname:slot0"]
      }
    }
    return lines.joined(separator: "\r\n") + "\r\n"
  }
}
