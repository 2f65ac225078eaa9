/// SplitMix64 (Steele, Lea and Flood, 2014): everything that a simulation leaves to chance comes from
/// one of these, so that a seed repeats a run exactly.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The sequence that follows from `seed`.
  public init(_ seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to but not including 1.
  public mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }

  /// Whether something that happens to a share of 0 ... 1 of all happens now. Where it never can,
  /// nothing is drawn.
  public mutating func happens(_ share: Double) -> Bool { share > 0 && unit() < share }
}
