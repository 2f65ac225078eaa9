import Testing
import Wire

@testable import Forwarding

@Suite struct NegotiationTests {
  private let local = LocalTransport(
    iceUfrag: "relay1", icePassword: "0123456789abcdefghijkl",
    fingerprint: (0..<32).map { UInt8($0) },
    candidates: [
      SocketAddress(ipv4: 0xC000_0201, port: 40_000),
      SocketAddress(high: 0x2001_0DB8_0000_0000, low: 1, port: 40_000),
    ])

  private func answer(
    _ offer: String, capacity: Int = 4
  ) throws(NegotiationError) -> NegotiatedSession {
    var generator = SeededGenerator(seed: 5)
    return try NegotiatedSession.answer(
      offer: offer, capacity: capacity, local: local, using: &generator)
  }

  /// Why an offer is refused.
  private func fault(_ offer: String) -> NegotiationError? {
    do {
      _ = try answer(offer)
      return nil
    } catch {
      return error
    }
  }

  // MARK: Chromium

  @Test func chromiumIsUnderstood() throws {
    let session = try answer(chromiumOffer)
    #expect(session.remote.iceUfrag == "hVDO")
    #expect(session.remote.fingerprint.prefix(3) == [0xF1, 0x09, 0x00])
    let audio = try #require(session.media.audio)
    #expect(audio.mid == "0" && audio.payloadType == PayloadType(111))
    #expect(audio.ssrc == SSRC(3_925_065_751))
    #expect(audio.extensions.audioLevel == 1)
    #expect(audio.extensions.transportSequence == 3 && audio.extensions.mid == 4)
    let video = try #require(session.media.video)
    #expect(video.mid == "1" && video.payloadType == PayloadType(96))
    #expect(video.retransmissionPayloadType == PayloadType(97))
    #expect(video.ssrc == SSRC(1_701_112_405))
    #expect(video.retransmissionSSRC == SSRC(1_993_642_952))
    #expect(video.extensions.transportSequence == 3)
    #expect(video.allowsNACK && video.keyframeRequest == .pictureLoss)
    #expect(session.media.slots.map(\.audio?.mid) == ["2", "4"])
    #expect(session.media.slots.map(\.video?.mid) == ["3", "5"])
    #expect(session.media.slots[0].audio?.extensions.audioLevel == 1)
    #expect(session.media.allowsReducedSize)
  }

  @Test func chromiumsAnswerIsWhatItNeeds() throws {
    let session = try answer(chromiumOffer)
    let answer = try SessionDescription(parsing: session.answer)
    #expect(answer.iceLite)
    #expect(answer.bundleGroups == [["0", "1", "2", "3", "4", "5"]])
    #expect(
      answer.media.map(\.direction) == [
        .receiveOnly, .receiveOnly, .sendOnly, .sendOnly, .sendOnly, .sendOnly,
      ])
    for section in answer.media {
      #expect(section.setup == .passive && section.rtcpMux && section.rtcpReducedSize)
      #expect(section.iceUfrag == "relay1" && section.sha256Fingerprint == local.fingerprint)
    }
    // Candidates in every section, all of them, the first one preferred.
    let candidates = answer.media[0].candidates
    #expect(candidates.compactMap(\.address) == local.candidates)
    #expect(candidates[0].priority > candidates[1].priority)
    #expect(candidates.allSatisfy { $0.transport == "udp" && $0.kind == .host })
    #expect(answer.media.allSatisfy { $0.hasEndOfCandidates && $0.candidates == candidates })
    // Its sender's congestion control lives on transport-wide feedback, and so does ours towards it;
    // REMB is not answered.
    for section in answer.media {
      let type = section.payloadTypes[0]
      #expect(section.accepts(feedback: "transport-cc", type))
      #expect(section.extensionID(HeaderExtensionURI.transportSequence) == 3)
    }
    #expect(
      answer.media[1].rtcpFeedback.map(\.value) == ["nack", "nack pli", "ccm fir", "transport-cc"])
    #expect(
      answer.media[3].rtcpFeedback.map(\.value) == ["nack", "nack pli", "ccm fir", "transport-cc"])
    #expect(session.media.slots[0].audio?.extensions.transportSequence == 3)
    #expect(session.media.slots[1].video?.extensions.transportSequence == 3)
    #expect(answer.media[0].payloadTypes == [PayloadType(111), PayloadType(63)])
    #expect(answer.media[1].payloadTypes == [PayloadType(96), PayloadType(97)])
    #expect(
      answer.media[0].parameters(PayloadType(111))?.parameters
        == "minptime=10;useinbandfec=1;usedtx=1")
  }

  @Test func aSlotsStreamsAreDeclaredUnderOneName() throws {
    let session = try answer(chromiumOffer)
    let answer = try SessionDescription(parsing: session.answer)
    var seen: Set<SSRC> = [session.media.reportSSRC]
    for (index, slot) in session.media.slots.enumerated() {
      let audio = try #require(slot.audio)
      let video = try #require(slot.video)
      let sound = try #require(answer.section(mid: audio.mid))
      let picture = try #require(answer.section(mid: video.mid))
      #expect(sound.ssrcs == [audio.ssrc])
      #expect(sound.msids.map(\.stream) == ["slot\(index)"])
      #expect(picture.msids.map(\.stream) == ["slot\(index)"])
      #expect(picture.retransmissionSSRC(of: video.ssrc) == video.retransmissionSSRC)
      #expect(picture.sourceValue("cname", of: video.ssrc) == session.media.cname)
      for ssrc in [audio.ssrc, video.ssrc, video.retransmissionSSRC].compactMap({ $0 }) {
        #expect(seen.insert(ssrc).inserted)
      }
    }
    #expect(seen.count == 7)
  }

  @Test func slotsBeyondTheRoomAreInactive() throws {
    let session = try answer(chromiumOffer, capacity: 2)
    #expect(session.media.slots.count == 1)
    let answer = try SessionDescription(parsing: session.answer)
    #expect(answer.media[4].direction == .inactive && answer.media[5].direction == .inactive)
    #expect(answer.media[4].ssrcs.isEmpty)
    #expect(answer.bundleGroups.first?.count == 6)
  }

  @Test func anICERestartKeepsOurStreams() throws {
    let session = try answer(chromiumOffer)
    var generator = SeededGenerator(seed: 6)
    let restarted = chromiumOffer.replacing("hVDO", with: "hVDP")
    let later = try session.answer(
      laterOffer: restarted, capacity: 4, local: local, using: &generator)
    #expect(later.media == session.media)
    #expect(later.remote.iceUfrag == "hVDP")
    let first = try SessionDescription(parsing: session.answer)
    let second = try SessionDescription(parsing: later.answer)
    #expect(second.origin.sessionID == first.origin.sessionID)
    #expect(second.origin.version == first.origin.version + 1)
  }

  @Test func aLaterOfferCannotMoveAStreamToAnotherSlot() throws {
    let session = try answer(chromiumOffer)
    var generator = SeededGenerator(seed: 6)
    // Slot 0's sections are given up; slot 1 must not slide into its place.
    var description = try SessionDescription(parsing: chromiumOffer)
    description.media[2].direction = .inactive
    description.media[3].direction = .inactive
    let later = try session.answer(
      laterOffer: description.serialized(), capacity: 4, local: local, using: &generator)
    #expect(later.media.slots.count == 2)
    #expect(later.media.slots[0] == SlotMedia(audio: nil, video: nil))
    #expect(later.media.slots[1] == session.media.slots[1])
    // And no more slots come than there were.
    let small = try answer(chromiumOffer, capacity: 2)
    let grown = try small.answer(
      laterOffer: chromiumOffer, capacity: 20, local: local, using: &generator)
    #expect(grown.media == small.media)
  }

  // MARK: aiortc

  @Test func aiortcIsUnderstood() throws {
    let session = try answer(aiortcOffer)
    let audio = try #require(session.media.audio)
    #expect(audio.payloadType == PayloadType(96) && audio.ssrc == SSRC(3_963_624_038))
    #expect(audio.extensions.audioLevel == 2 && audio.extensions.mid == 1)
    #expect(audio.extensions.transportSequence == 0)
    let video = try #require(session.media.video)
    #expect(video.payloadType == PayloadType(97))
    #expect(video.retransmissionSSRC == SSRC(108_927_411))
    #expect(session.media.slots.count == 1)
    #expect(session.media.slots[0].audio?.mid == "0")
    #expect(session.media.slots[0].video?.mid == "1")
    #expect(!session.media.allowsReducedSize)
    // Three fingerprints are offered; the SHA-256 one counts.
    #expect(session.remote.fingerprint.prefix(3) == [0x56, 0xC4, 0x81])
  }

  @Test func aiortcsAnswerIsExactlyThis() throws {
    let session = try answer(aiortcOffer)
    let media = session.media
    let audio = try #require(media.slots[0].audio)
    let video = try #require(media.slots[0].video)
    let retransmission = try #require(video.retransmissionSSRC)
    let origin = try SessionDescription(parsing: session.answer).origin
    let print = local.fingerprint.map {
      String($0 >> 4, radix: 16, uppercase: true) + String($0 & 15, radix: 16, uppercase: true)
    }.joined(separator: ":")
    let expected = """
      v=0
      o=- \(origin.sessionID) 1 IN IP4 127.0.0.1
      s=-
      t=0 0
      a=group:BUNDLE 0 1
      a=ice-lite
      a=msid-semantic: WMS *
      m=audio 9 UDP/TLS/RTP/SAVPF 96
      c=IN IP4 0.0.0.0
      a=mid:0
      a=sendrecv
      a=msid:slot0 slot0-audio
      a=ice-ufrag:relay1
      a=ice-pwd:0123456789abcdefghijkl
      a=fingerprint:sha-256 \(print)
      a=setup:passive
      a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host
      a=candidate:2 1 udp 2130706175 2001:db8::1 40000 typ host
      a=end-of-candidates
      a=rtcp-mux
      a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level
      a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
      a=rtpmap:96 opus/48000/2
      a=fmtp:96 minptime=10;useinbandfec=1;usedtx=1
      a=ssrc:\(audio.ssrc) cname:\(media.cname)
      a=ssrc:\(audio.ssrc) msid:slot0 slot0-audio
      m=video 9 UDP/TLS/RTP/SAVPF 97 98
      c=IN IP4 0.0.0.0
      a=mid:1
      a=sendrecv
      a=msid:slot0 slot0-video
      a=ice-ufrag:relay1
      a=ice-pwd:0123456789abcdefghijkl
      a=fingerprint:sha-256 \(print)
      a=setup:passive
      a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host
      a=candidate:2 1 udp 2130706175 2001:db8::1 40000 typ host
      a=end-of-candidates
      a=rtcp-mux
      a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
      a=rtpmap:97 VP8/90000
      a=rtpmap:98 rtx/90000
      a=rtcp-fb:97 nack
      a=rtcp-fb:97 nack pli
      a=fmtp:98 apt=97
      a=ssrc-group:FID \(video.ssrc) \(retransmission)
      a=ssrc:\(video.ssrc) cname:\(media.cname)
      a=ssrc:\(video.ssrc) msid:slot0 slot0-video
      a=ssrc:\(retransmission) cname:\(media.cname)
      a=ssrc:\(retransmission) msid:slot0 slot0-video

      """
    #expect(session.answer == expected.replacing("\n", with: "\r\n"))
  }

  // MARK: Other clients

  @Test func aViewerOnlyReceives() throws {
    let session = try answer(
      chromiumOffer.replacing("a=sendonly", with: "a=inactive"))
    #expect(session.media.audio == nil && session.media.video == nil)
    #expect(session.media.slots.count == 2)
  }

  @Test func aSectionWithoutOurCodecsIsRefusedAndTheRestTaken() throws {
    let session = try answer(aiortcOffer.replacing("VP8/90000", with: "VP7/90000"))
    let answer = try SessionDescription(parsing: session.answer)
    #expect(session.media.video == nil && session.media.audio != nil)
    #expect(answer.media[1].isRejected)
    #expect(answer.bundleGroups == [["0"]])
  }

  @Test func dataChannelsAreRefused() throws {
    let offer =
      aiortcOffer.replacing("BUNDLE 0 1", with: "BUNDLE 0 1 2")
      + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n"
    let answer = try SessionDescription(parsing: try answer(offer).answer)
    #expect(answer.media.count == 3)
    #expect(answer.media[2].isRejected && answer.media[2].kind == .application)
    #expect(answer.bundleGroups == [["0", "1"]])
  }

  @Test func withoutRTXThePictureIsTakenAllTheSame() throws {
    let offer = aiortcOffer.replacing("rtx/90000", with: "xxx/90000")
    let session = try answer(offer)
    #expect(session.media.video?.retransmissionPayloadType == nil)
    #expect(session.media.slots[0].video?.retransmissionSSRC == nil)
    let answer = try SessionDescription(parsing: session.answer)
    #expect(answer.media[1].sourceGroups.isEmpty)
    #expect(answer.media[1].payloadTypes == [PayloadType(97)])
  }

  @Test func extensionsThatNeedTheTwoByteFormAreReadButNotWritten() throws {
    let session = try answer(
      aiortcOffer.replacing("a=extmap:2 urn", with: "a=extmap:20 urn"))
    #expect(session.media.audio?.extensions.audioLevel == 20)
    #expect(session.media.slots[0].audio?.extensions.audioLevel == 0)
  }

  // MARK: Faults

  @Test func malformedTextNamesItsLine() throws {
    var lines = aiortcOffer.split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
    let line = try #require(lines.firstIndex { $0.hasPrefix("a=rtpmap:97") })
    lines[line] = "a=rtpmap:197 VP8/90000"
    let broken = lines.joined(separator: "\n")
    #expect(fault(broken)?.line == line + 1)
    #expect(fault("")?.reason.isEmpty == false)
    #expect(fault("hello")?.line == 1)
  }

  @Test func anOfferThatCannotWorkIsRefusedWithItsSectionsLine() throws {
    let section = try #require(
      aiortcOffer.split(separator: "\n").firstIndex { $0.hasPrefix("m=audio") })
    for (found, replacement) in [
      ("a=ice-ufrag:", "a=x-ufrag:"), ("a=fingerprint:sha-256", "a=x-fingerprint:sha-256"),
      ("a=setup:actpass", "a=setup:passive"), ("a=rtcp-mux", "a=x-mux"), ("a=mid:0", "a=x-mid:0"),
    ] {
      let error = fault(aiortcOffer.replacing(found, with: replacement))
      #expect(error?.line == section + 1, "\(found)")
    }
    let second = try #require(
      aiortcOffer.split(separator: "\n").firstIndex { $0.hasPrefix("m=video") })
    let unbundled = aiortcOffer.replacing("a=group:BUNDLE 0 1", with: "a=x:y")
    #expect(fault(unbundled)?.line == second + 1)
    let neither = aiortcOffer.replacing("opus/48000/2", with: "x/8000")
      .replacing("VP8/90000", with: "y/90000")
    #expect(fault(neither)?.line == 0)
    #expect(fault(neither)?.reason.contains("Opus") == true)
  }

  @Test func everyTruncationAndEveryBrokenByteIsAnsweredOrRefused() {
    let bytes = Array(aiortcOffer.utf8)
    var generator = SeededGenerator(seed: 11)
    for length in stride(from: 0, to: bytes.count, by: 7) {
      _ = fault(String(decoding: bytes[..<length], as: UTF8.self))
    }
    for _ in 0..<2000 {
      var broken = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        broken[Int.random(in: 0..<broken.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      _ = fault(String(decoding: broken, as: UTF8.self))
    }
  }
}
