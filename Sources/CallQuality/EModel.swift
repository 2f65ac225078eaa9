/// How sound is impaired by loss, for one codec (ITU-T G.113 Appendix I).
public struct CodecImpairment: Sendable, Hashable {
  /// The equipment impairment factor Ie without loss.
  public var ie: Double
  /// The packet-loss robustness factor Bpl.
  public var bpl: Double

  /// An impairment.
  public init(ie: Double, bpl: Double) {
    self.ie = ie
    self.bpl = bpl
  }

  /// Opus with concealment and in-band FEC. The ITU gives no figures for it on the narrowband scale;
  /// these are G.711's with concealment (G.113 Table I.4: Ie 0, Bpl 25.1), which Opus outdoes.
  public static let opus = CodecImpairment(ie: 0, bpl: 25.1)
}

/// The E-model (ITU-T G.107 in its usual short form): a rating R of 0 ... 93.2 from delay and loss,
/// and the mean opinion score people would give.
public enum EModel {
  /// R of a connection with G.107's default parameters and neither delay nor loss: Ro − Is.
  public static let defaultRating = 93.2
  /// Where delay begins to disturb conversation, one way in milliseconds.
  static let disturbingDelay = 177.3

  /// The delay impairment Id for a one-way, mouth-to-ear delay in milliseconds.
  public static func delayImpairment(milliseconds delay: Double) -> Double {
    0.024 * delay + 0.11 * max(0, delay - disturbingDelay)
  }

  /// The effective equipment impairment Ie,eff (G.107 §7.5). `burstRatio` is 1 for random loss.
  public static func lossImpairment(
    percent loss: Double, codec: CodecImpairment = .opus, burstRatio: Double = 1
  ) -> Double {
    codec.ie + (95 - codec.ie) * loss / (loss / burstRatio + codec.bpl)
  }

  /// The rating R of a one-way delay in milliseconds and a loss in percent.
  public static func rating(
    delayMilliseconds: Double, lossPercent: Double, codec: CodecImpairment = .opus,
    burstRatio: Double = 1
  ) -> Double {
    defaultRating - delayImpairment(milliseconds: delayMilliseconds)
      - lossImpairment(percent: lossPercent, codec: codec, burstRatio: burstRatio)
  }

  /// The mean opinion score of a rating (G.107 Annex B): 1 ... 4.5.
  public static func opinionScore(rating r: Double) -> Double {
    guard r > 0 else { return 1 }
    guard r < 100 else { return 4.5 }
    // Between 0 and 6.5 the polynomial dips just below 1, the scale's end.
    return max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)
  }
}
