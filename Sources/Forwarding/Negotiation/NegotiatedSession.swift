import Wire

/// A participant's offer, answered.
public struct NegotiatedSession: Sendable {
  /// The media agreed.
  public let media: SessionMedia
  /// The participant's end of the transport.
  public let remote: RemoteTransport
  /// The answer in SDP, lines ended by CRLF.
  public private(set) var answer: String
  private let origin: SessionDescription.Origin

  /// What a later offer of the session needs of it: everything but the answer's text, which is told
  /// once and weighs more than all the rest.
  public var withoutAnswer: NegotiatedSession {
    var kept = self
    kept.answer = ""
    return kept
  }

  /// Answers a first offer.
  ///
  /// `capacity` is how many participants the room holds (2 ... 20): there are at most `capacity - 1`
  /// slots; sections beyond that are answered inactive. SSRCs and the canonical name are drawn from
  /// `generator`.
  public static func answer(
    offer: String, capacity: Int, local: LocalTransport,
    using generator: inout some RandomNumberGenerator
  ) throws(NegotiationError) -> NegotiatedSession {
    let offer = try Offer(offer, capacity: capacity)
    // A session identifier is digits that fit 63 bits (RFC 8829 §5.2.1).
    let origin = SessionDescription.Origin(
      sessionID: String(generator.next() >> 1), version: 1)
    return NegotiatedSession(
      offer, local: local, origin: origin, earlier: nil, using: &generator)
  }

  /// Answers a later offer of the same session (an ICE restart): slots keep their sections and
  /// SSRCs; there come no more of them.
  public func answer(
    laterOffer offer: String, capacity: Int, local: LocalTransport,
    using generator: inout some RandomNumberGenerator
  ) throws(NegotiationError) -> NegotiatedSession {
    let offer = try Offer(offer, capacity: capacity, earlier: media)
    var origin = origin
    origin.version &+= 1
    return NegotiatedSession(
      offer, local: local, origin: origin, earlier: media, using: &generator)
  }

  private init(
    _ offer: Offer, local: LocalTransport, origin: SessionDescription.Origin,
    earlier: SessionMedia?, using generator: inout some RandomNumberGenerator
  ) {
    media = Self.agree(offer, earlier: earlier, using: &generator)
    remote = offer.transport
    self.origin = origin
    answer = AnswerComposer(offer: offer, media: media, local: local).compose(origin: origin)
  }

  private static func agree(
    _ offer: Offer, earlier: SessionMedia?, using generator: inout some RandomNumberGenerator
  ) -> SessionMedia {
    var taken = Set(offer.description.media.flatMap(\.ssrcs))
    var known: [String: SlotStreamMedia] = [:]
    for stream in earlier?.slots.flatMap({ [$0.audio, $0.video].compactMap { $0 } }) ?? [] {
      known[stream.mid] = stream
      taken.formUnion([stream.ssrc, stream.retransmissionSSRC].compactMap { $0 })
    }
    func draw() -> SSRC {
      while true {
        let ssrc = SSRC(UInt32.random(in: 1...UInt32.max, using: &generator))
        if taken.insert(ssrc).inserted { return ssrc }
      }
    }
    var media = SessionMedia(
      audio: nil, video: nil, slots: [], reportSSRC: earlier?.reportSSRC ?? draw(),
      cname: earlier?.cname ?? canonicalName(using: &generator),
      allowsReducedSize: offer.uses.allSatisfy { $0?.offered.section.rtcpReducedSize ?? true })
    for use in offer.uses {
      guard let use else { continue }
      if use.isOwn {
        switch use.offered.kind {
        case .audio: media.audio = use.offered.incoming(maximumLayers: 1)
        case .video: media.video = use.offered.incoming(maximumLayers: offer.maximumLayers)
        }
      }
      guard let slot = use.slot else { continue }
      while media.slots.count <= slot { media.slots.append(SlotMedia(audio: nil, video: nil)) }
      let earlier = known[use.offered.mid]
      let stream = use.offered.outgoing(
        ssrc: earlier?.ssrc ?? draw(), retransmissionSSRC: earlier?.retransmissionSSRC ?? draw())
      switch use.offered.kind {
      case .audio: media.slots[slot].audio = stream
      case .video: media.slots[slot].video = stream
      }
    }
    return media
  }

  /// Sixteen letters and digits: 95 bits, unique and telling nothing (RFC 7022 §4.2).
  private static func canonicalName(using generator: inout some RandomNumberGenerator) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    return String(
      (0..<16).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] })
  }
}
