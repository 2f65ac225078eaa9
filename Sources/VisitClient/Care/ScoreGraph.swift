/// A citizen's answers on a scale as a line of bars, oldest first, and the numbers below where there
/// is room.
public struct ScoreGraph: Sendable {
  private static let bars = Array("▁▂▃▄▅▆▇█")

  private let lowest: Double
  private let highest: Double

  /// A graph of marks between two numbers.
  public init(lowest: Int, highest: Int) {
    self.lowest = Double(lowest)
    self.highest = Double(max(highest, lowest + 1))
  }

  /// The bars of these means; a dot where the scale was skipped.
  public func line(_ means: [Double?]) -> String {
    String(means.map(bar))
  }

  private func bar(_ mean: Double?) -> Character {
    guard let mean else { return "·" }
    let share = min(max((mean - lowest) / (highest - lowest), 0), 1)
    return Self.bars[min(Int(share * Double(Self.bars.count)), Self.bars.count - 1)]
  }
}
