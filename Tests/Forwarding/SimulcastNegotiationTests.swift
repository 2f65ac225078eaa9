import Testing
import Wire

@testable import Forwarding

@Suite struct SimulcastNegotiationTests {
  private let local = LocalTransport(
    iceUfrag: "relay1", icePassword: "0123456789abcdefghijkl",
    fingerprint: (0..<32).map { UInt8($0) },
    candidates: [SocketAddress(ipv4: 0xC000_0201, port: 40_000)])

  private func answer(
    _ offer: String, capacity: Int = 6
  ) throws(NegotiationError) -> NegotiatedSession {
    var generator = SeededGenerator(seed: 5)
    return try NegotiatedSession.answer(
      offer: offer, capacity: capacity, local: local, using: &generator)
  }

  @Test func chromiumsThreeEncodingsAreTakenInAGroup() throws {
    let session = try answer(chromiumSimulcastOffer)
    let video = try #require(session.media.video)
    #expect(video.layers == ["q", "h", "f"])
    #expect(video.ssrc == nil && video.retransmissionSSRC == nil)
    #expect(video.extensions.mid == 4)
    #expect(video.extensions.streamID == 10 && video.extensions.repairedStreamID == 11)
    let section = try SessionDescription(parsing: session.answer).media[1]
    #expect(section.rids == ["q recv", "h recv", "f recv"])
    #expect(section.simulcast == "recv q;h;f")
    #expect(section.extensionID(HeaderExtensionURI.mid) == 4)
    #expect(section.extensionID(HeaderExtensionURI.rtpStreamID) == 10)
    #expect(section.extensionID(HeaderExtensionURI.repairedRTPStreamID) == 11)
    // What we send has one encoding and no names.
    let slot = try SessionDescription(parsing: session.answer).media[3]
    #expect(slot.rids.isEmpty && slot.simulcast == nil)
    #expect(slot.extensionID(HeaderExtensionURI.rtpStreamID) == 0)
  }

  @Test func twoSeeEachOtherInOneEncodingTheLargest() throws {
    let session = try answer(chromiumSimulcastOffer, capacity: 2)
    let video = try #require(session.media.video)
    // Refused altogether, a browser would go on with its first encoding, the smallest.
    #expect(video.layers == ["f"])
    let section = try SessionDescription(parsing: session.answer).media[1]
    #expect(section.rids == ["f recv"])
    #expect(section.simulcast == "recv f")
  }

  @Test func aSenderOfOneEncodingIsAnsweredAsBefore() throws {
    for capacity in [2, 6] {
      let session = try answer(chromiumOffer, capacity: capacity)
      #expect(session.media.video?.layers == [])
      #expect(!session.answer.contains("a=rid") && !session.answer.contains("a=simulcast"))
      #expect(!session.answer.contains("rtp-stream-id"))
    }
  }

  @Test func namesWithoutTheirHeaderExtensionAreOfNoUse() throws {
    let offer = chromiumSimulcastOffer.split(separator: "\n")
      .filter { !$0.hasSuffix("sdes:rtp-stream-id") }.joined(separator: "\n")
    let session = try answer(offer)
    #expect(session.media.video?.layers == [])
    #expect(!session.answer.contains("a=simulcast"))
  }

  @Test func moreThanThreeEncodingsAreCutToThree() throws {
    let offer = chromiumSimulcastOffer.replacing(
      "a=simulcast:send q;h;f", with: "a=rid:x send\na=simulcast:send q;h;f;x")
    #expect(try answer(offer).media.video?.layers == ["q", "h", "f"])
  }

  @Test func aLaterOfferKeepsTheEncodingsAndAddsNone() throws {
    let session = try answer(chromiumSimulcastOffer)
    var generator = SeededGenerator(seed: 6)
    let later = try session.answer(
      laterOffer: chromiumSimulcastOffer, capacity: 6, local: local, using: &generator)
    #expect(later.media == session.media)
    let two = chromiumSimulcastOffer.replacing(
      "a=simulcast:send q;h;f", with: "a=simulcast:send q;h")
    let small = try answer(two)
    let grown = try small.answer(
      laterOffer: chromiumSimulcastOffer, capacity: 6, local: local, using: &generator)
    #expect(grown.media.video?.layers == ["q", "h"])
  }

  // MARK: Sound

  @Test func redIsAgreedBehindOpusWhereItIsOffered() throws {
    let session = try answer(chromiumSimulcastOffer)
    #expect(session.media.audio?.redundantPayloadType == PayloadType(63))
    #expect(session.media.slots[0].audio?.redundantPayloadType == PayloadType(63))
    let answer = try SessionDescription(parsing: session.answer)
    for section in [answer.media[0], answer.media[2]] {
      #expect(section.payloadTypes == [PayloadType(111), PayloadType(63)])
      #expect(section.rtpMap(PayloadType(63))?.isEncoding("red") == true)
      #expect(section.rtpMap(PayloadType(63))?.channels == 2)
      #expect(section.parameters(PayloadType(63))?.parameters == "111/111")
    }
    // A slot without it gets none.
    let plain = try self.answer(chromiumOffer)
    #expect(plain.media.slots[0].audio?.redundantPayloadType == nil)
  }

  @Test func redOfOtherCodecsIsNotTaken() throws {
    let offer = chromiumSimulcastOffer.replacing("a=fmtp:63 111/111", with: "a=fmtp:63 111/9")
    let session = try answer(offer)
    #expect(session.media.audio?.redundantPayloadType == nil)
  }

  @Test func soundIsAskedForAgainAndSentAgainOnlyWhereThatIsOffered() throws {
    let plain = try answer(chromiumSimulcastOffer)
    #expect(plain.media.audio?.allowsNACK == false)
    #expect(plain.media.slots[0].audio?.retransmissionSSRC == nil)
    // As the native client offers it.
    let offer = chromiumSimulcastOffer.replacing(
      "a=rtpmap:63 red/48000/2",
      with: """
        a=rtpmap:63 red/48000/2
        a=rtpmap:112 rtx/48000
        a=fmtp:112 apt=111
        a=rtcp-fb:111 nack
        """
    ).replacing("RTP/SAVPF 111 63", with: "RTP/SAVPF 111 112 63")
    let session = try answer(offer)
    #expect(session.media.audio?.allowsNACK == true)
    #expect(session.media.audio?.retransmissionPayloadType == PayloadType(112))
    let slot = try #require(session.media.slots[0].audio)
    #expect(slot.retransmissionPayloadType == PayloadType(112))
    let section = try SessionDescription(parsing: session.answer).media[2]
    #expect(section.retransmissionType(of: PayloadType(111)) == PayloadType(112))
    #expect(section.rtpMap(PayloadType(112))?.clockRate == 48_000)
    #expect(section.accepts(feedback: "nack", PayloadType(111)))
    #expect(section.retransmissionSSRC(of: slot.ssrc) == slot.retransmissionSSRC)
  }

  @Test func aReceiverThatCouldOnlyAskInVainIsNotToldToAsk() throws {
    let offer = chromiumSimulcastOffer.replacing(
      "a=rtcp-fb:111 transport-cc", with: "a=rtcp-fb:111 transport-cc\na=rtcp-fb:111 nack")
    let answer = try SessionDescription(parsing: try answer(offer).answer)
    #expect(answer.media[0].accepts(feedback: "nack", PayloadType(111)))
    #expect(!answer.media[2].accepts(feedback: "nack", PayloadType(111)))
  }
}
