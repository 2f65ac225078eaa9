/// The share of a stream's packets that did not come, over about the last 256: five seconds of sound.
struct LossShare {
  /// From here on loss is not an accident but the state of the path.
  private static let sustained = 0.02
  private static let weight = 1.0 / 256
  /// A larger gap is an outage, or a new beginning.
  private static let longestGap: Int64 = 1_000

  private var share = 0.0
  private var newest: Int64?

  /// Whether more than an accident is lost.
  var isSustained: Bool { share >= Self.sustained }

  /// Notes that a packet came in the first place, not as a repair.
  mutating func note(_ sequence: Int64) {
    if let newest, sequence > newest, sequence - newest < Self.longestGap {
      let lost = Double(sequence - newest - 1)
      share += (1 - share) * min(lost * Self.weight, 0.5)
      share -= share * Self.weight
    } else if let newest, sequence < newest {
      // It was not lost, only overtaken.
      share = max(share - Self.weight, 0)
    }
    newest = max(newest ?? sequence, sequence)
  }
}
