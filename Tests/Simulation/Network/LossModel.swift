/// How a network loses packets: Gilbert and Elliott's two states.
///
/// A good state and a bad one, each with its own share of losses, and a chance per packet of going
/// over to the other. Loss that is independent from packet to packet is the case with no bad state.
/// Radio loses in bursts, and a burst is what correction data in the next packet cannot repair.
public struct LossModel: Hashable, Sendable {
  /// The share lost in the good state, 0 ... 1.
  public var shareInGood: Double
  /// The share lost in the bad state, 0 ... 1.
  public var shareInBad: Double
  /// The chance per packet of falling from good to bad.
  public var toBad: Double
  /// The chance per packet of recovering from bad to good.
  public var toGood: Double

  /// A model of given chances.
  public init(shareInGood: Double, shareInBad: Double, toBad: Double, toGood: Double) {
    self.shareInGood = shareInGood
    self.shareInBad = shareInBad
    self.toBad = toBad
    self.toGood = toGood
  }

  /// Nothing is lost.
  public static let none = random(0)

  /// A share of packets is lost, each by itself.
  public static func random(_ share: Double) -> LossModel {
    LossModel(shareInGood: share, shareInBad: share, toBad: 0, toGood: 1)
  }

  /// A share of packets is lost, in runs of `mean` packets in the mean (Gilbert's model: everything
  /// is lost in the bad state and nothing in the good one).
  ///
  /// Worked example: 15 % in runs of 5. A run ends with a chance of 1/5 per packet. To spend 15 % of
  /// the packets in runs, one must begin with a chance of 1/5 · 0.15/0.85 = 3.5 % per good packet.
  public static func bursts(_ share: Double, mean: Double) -> LossModel {
    guard mean > 1 else { return random(share) }
    let toGood = 1 / mean
    let toBad = min(1, toGood * share / max(1 - share, 1e-9))
    return LossModel(shareInGood: 0, shareInBad: 1, toBad: toBad, toGood: toGood)
  }

  /// The share lost in the long run.
  public var share: Double {
    guard toBad > 0 else { return shareInGood }
    let bad = toBad / (toBad + toGood)
    return shareInBad * bad + shareInGood * (1 - bad)
  }

  /// Whether the next packet is lost. `isBad` is the state, kept by the caller.
  func loses(isBad: inout Bool, _ random: inout SeededRandom) -> Bool {
    isBad = isBad ? !random.happens(toGood) : random.happens(toBad)
    return random.happens(isBad ? shareInBad : shareInGood)
  }
}

extension LossModel {
  /// The mean length of a run of losses, in packets; 1 where losses are independent.
  public var meanBurst: Double { toBad > 0 ? 1 / toGood : 1 }
}
