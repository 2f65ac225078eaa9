public import Wire

/// The sources and the name under which one client sends for a whole session.
public struct MediaIdentity: Sendable, Equatable {
  /// The sound's source.
  public var audioSSRC: SSRC
  /// The picture's source.
  public var videoSSRC: SSRC
  /// The source of the picture's retransmissions (RFC 4588).
  public var retransmissionSSRC: SSRC
  /// The canonical name (RFC 7022: random, per session).
  public var cname: String

  /// An identity of given sources; they must differ.
  public init(audioSSRC: SSRC, videoSSRC: SSRC, retransmissionSSRC: SSRC, cname: String) {
    self.audioSSRC = audioSSRC
    self.videoSSRC = videoSSRC
    self.retransmissionSSRC = retransmissionSSRC
    self.cname = cname
  }

  /// The source of the sound's retransmissions. It and the next two follow from the announced ones by
  /// one bit, so that nothing else has to be remembered over a rejoin.
  public var audioRetransmissionSSRC: SSRC { Self.companion(of: audioSSRC) }
  /// The source of the picture at half its size, where two sizes are sent.
  public var halfVideoSSRC: SSRC { Self.companion(of: videoSSRC) }
  /// The source of the half-size picture's retransmissions.
  public var halfRetransmissionSSRC: SSRC { Self.companion(of: retransmissionSSRC) }

  private static func companion(of ssrc: SSRC) -> SSRC {
    SSRC(rawValue: ssrc.rawValue ^ 0x2000_0000)
  }

  /// A random identity.
  public static func random(
    using generator: inout some RandomNumberGenerator
  ) -> MediaIdentity {
    // Three distinct non-zero sources: the top two bits differ. The third is left to companions.
    let base = UInt32.random(in: 1..<0x2000_0000, using: &generator)
    let name = UInt64.random(in: .min ... .max, using: &generator)
    return MediaIdentity(
      audioSSRC: SSRC(rawValue: base),
      videoSSRC: SSRC(rawValue: base | 0x4000_0000),
      retransmissionSSRC: SSRC(rawValue: base | 0x8000_0000),
      cname: String(name, radix: 36))
  }
}
