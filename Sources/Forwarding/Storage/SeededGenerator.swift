/// SplitMix64: a small generator whose every draw follows from its seed, so that a simulated visit
/// repeats exactly. The seed comes from the system's generator in a running relay; what is drawn
/// here (SSRCs, first sequence numbers, report jitter) guards against collision, not against people.
struct SeededGenerator: RandomNumberGenerator, BitwiseCopyable {
  private var state: UInt64

  /// A generator that starts at `seed`.
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
