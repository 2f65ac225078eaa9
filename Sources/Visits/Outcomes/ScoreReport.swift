/// Scores of several citizens together (H9: group and management level), with nobody to be told from
/// them.
public struct ScoreReport: Hashable, Sendable {
  /// The fewest citizens behind a figure that is shown.
  public static let smallestCell = 5

  /// One line of the scale.
  public struct Line: Hashable, Sendable {
    /// The line's name within the scale.
    public var item: String
    /// The mean of everybody's first mark; nil where too few marked it.
    public var first: Double?
    /// The mean of the latest mark of those who marked it more than once; nil where too few did.
    public var latest: Double?
    /// The mean change from first to latest of the same citizens; nil where too few.
    public var change: Double?
  }

  /// The scale.
  public var scale: ScoreScaleID
  /// How many citizens answered; nil where they are too few to be shown.
  public var citizens: Int?
  /// The lines; empty where too few answered.
  public var lines: [Line]

  /// The report on `members`.
  ///
  /// - Parameters:
  ///   - answers: Everybody's answers to the scale in the municipality.
  ///   - members: Whom it is about; nil for all. Where those outside it are few but some, taking it
  ///     from the whole would tell them: then nothing is shown either.
  public init(_ scale: ScoreScale, answers: [ScoreAnswer], members: Set<PersonID>?) {
    self.scale = scale.id
    let given = answers.filter {
      $0.scale == scale.id && !$0.isSkipped && $0.marks.count == scale.items.count
    }
    let byCitizen = Dictionary(grouping: given, by: \.citizen)
    let inside = byCitizen.filter { members?.contains($0.key) ?? true }
    let outside = byCitizen.count - inside.count
    let isTold =
      inside.count >= Self.smallestCell && (outside == 0 || outside >= Self.smallestCell)
    guard isTold else {
      citizens = nil
      lines = []
      return
    }
    citizens = inside.count
    lines = scale.items.indices.map { index in
      var firsts: [Double] = []
      var pairs: [(first: Double, last: Double)] = []
      for answers in inside.values {
        let marks = answers.sorted { $0.at < $1.at }.compactMap { $0.marks[index] }.map(Double.init)
        guard let first = marks.first, let last = marks.last else { continue }
        firsts.append(first)
        if marks.count > 1 { pairs.append((first, last)) }
      }
      return Line(
        item: scale.items[index].id, first: Self.mean(firsts),
        latest: Self.mean(pairs.map(\.last)),
        change: Self.mean(pairs.map { $0.last - $0.first }))
    }
  }

  /// To one decimal: more would be an exactness that nobody's mark has.
  private static func mean(_ values: [Double]) -> Double? {
    guard values.count >= smallestCell else { return nil }
    return (values.reduce(0, +) / Double(values.count) * 10).rounded() / 10
  }
}
