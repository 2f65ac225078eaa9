/// A table that fits a terminal: columns as wide as they need, long cells cut with "…".
public struct TextTable: Sendable {
  /// Where a column's cells stand.
  public enum Alignment: Sendable {
    /// Left: words.
    case left
    /// Right: numbers.
    case right
  }

  /// One column.
  public struct Column: Sendable {
    /// The heading.
    public var title: String
    /// Where its cells stand.
    public var alignment: Alignment

    /// A column.
    public init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []
  /// Between two columns.
  private static let gap = "  "
  /// A column is not squeezed below this.
  private static let narrowest = 6

  /// A table without rows.
  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; cells beyond the columns are dropped and missing ones empty.
  public mutating func append(_ cells: [String]) {
    rows.append((0..<columns.count).map { $0 < cells.count ? cells[$0] : "" })
  }

  /// The table's lines, none wider than `width` characters (unless the columns cannot be narrower).
  public func lines(width: Int = 80) -> [String] {
    let hasHeading = columns.contains { !$0.title.isEmpty }
    let heading = columns.map(\.title)
    var widths = (0..<columns.count).map { column in
      max(heading[column].count, rows.map { $0[column].count }.max() ?? 0)
    }
    let room = width - Self.gap.count * (columns.count - 1)
    // The widest column gives way first: numbers stay whole, names are cut.
    while widths.reduce(0, +) > room,
      let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
      widths[widest] > Self.narrowest
    {
      widths[widest] -= 1
    }
    var lines = hasHeading ? [line(heading, widths)] : []
    if hasHeading {
      var rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: Self.gap)
      while rule.last == " " { rule.removeLast() }
      lines.append(rule)
    }
    lines += rows.map { line($0, widths) }
    return lines
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let fitted = zip(cells, zip(widths, columns)).map { cell, place in
      fit(cell, to: place.0, place.1.alignment)
    }
    var text = fitted.joined(separator: Self.gap)
    while text.last == " " { text.removeLast() }
    return text
  }

  private func fit(_ cell: String, to width: Int, _ alignment: Alignment) -> String {
    if cell.count > width { return cell.prefix(max(width - 1, 0)) + "…" }
    let space = String(repeating: " ", count: width - cell.count)
    return alignment == .left ? cell + space : space + cell
  }
}

/// Breaks text at spaces so that no line is wider than `width` characters. Lines that go on keep the
/// indentation of the first.
public func wrapped(_ text: String, width: Int = 80) -> [String] {
  var lines: [String] = []
  for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
    let indent = String(paragraph.prefix { $0 == " " })
    var line = ""
    for word in paragraph.split(separator: " ") {
      let candidate = line.isEmpty ? indent + word : line + " " + word
      if candidate.count > width && !line.isEmpty {
        lines.append(line)
        line = indent + word
      } else {
        line = candidate
      }
    }
    lines.append(line)
  }
  return lines
}
