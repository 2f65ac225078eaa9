import CallQuality
import Testing

@Suite struct EModelTests {
  static func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  /// ITU-T G.107 Annex B.
  @Test(arguments: [
    (93.2, 4.41), (90.0, 4.34), (80.0, 4.02), (70.0, 3.60), (60.0, 3.10), (50.0, 2.58),
    (0.0, 1.0), (-20.0, 1.0), (3.0, 1.0), (100.0, 4.5), (129.0, 4.5),
  ])
  func ratingsBecomeOpinionScores(rating: Double, score: Double) {
    #expect(Self.hundredths(EModel.opinionScore(rating: rating)) == score)
  }

  @Test func theScoreNeverFallsAsTheRatingRises() {
    let scores = stride(from: -10.0, through: 110, by: 0.25).map(EModel.opinionScore(rating:))
    #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test(arguments: [
    (0.0, 0.0), (100.0, 2.4), (177.3, 4.26), (200.0, 7.3), (400.0, 34.1),
  ])
  func delayDisturbsFromAboutASixthOfASecond(milliseconds: Double, impairment: Double) {
    let id = EModel.delayImpairment(milliseconds: milliseconds)
    #expect(abs(id - impairment) < 0.01)
  }

  /// Ie,eff = Ie + (95 − Ie)·Ppl/(Ppl/BurstR + Bpl), G.107 §7.5.
  @Test func lossImpairsByTheCodecsRobustness() {
    #expect(EModel.lossImpairment(percent: 0) == 0)
    #expect(abs(EModel.lossImpairment(percent: 5) - 95 * 5 / 30.1) < 1e-9)
    // G.711 without concealment (Bpl 4.3) suffers more, and bursts more than random loss.
    let bare = CodecImpairment(ie: 0, bpl: 4.3)
    #expect(abs(EModel.lossImpairment(percent: 5, codec: bare) - 95 * 5 / 9.3) < 1e-9)
    #expect(
      abs(EModel.lossImpairment(percent: 5, burstRatio: 2) - 95 * 5 / (2.5 + 25.1)) < 1e-9)
    let g729 = CodecImpairment(ie: 11, bpl: 19)
    #expect(abs(EModel.lossImpairment(percent: 2, codec: g729) - (11 + 84 * 2 / 21)) < 1e-9)
  }

  @Test func withoutDelayOrLossTheDefaultRatingIsLeft() {
    #expect(EModel.rating(delayMilliseconds: 0, lossPercent: 0) == 93.2)
    #expect(abs(EModel.rating(delayMilliseconds: 100, lossPercent: 0) - 90.8) < 1e-9)
  }
}
