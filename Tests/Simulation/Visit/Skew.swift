public import Wire

/// How far apart a participant's sound and picture are, noted with every picture shown: positive where
/// the sound is later than the picture.
public struct Skew: Sendable {
  private static let step = TimeSpan.milliseconds(5)
  private static let most = TimeSpan.seconds(1)

  /// How many pictures were so far from their sound, in steps of 5 ms from -1 s; the ends hold all
  /// beyond.
  private var counts = [Int](repeating: 0, count: 401)
  /// Pictures noted.
  public private(set) var pictures = 0

  /// Notes a picture captured `pictureAge` ago that is shown while sound spoken `soundAge` ago is
  /// heard.
  mutating func note(soundAge: TimeSpan, pictureAge: TimeSpan) {
    let apart = min(max(soundAge - pictureAge, .zero - Self.most), Self.most)
    counts[Int((apart + Self.most).nanoseconds / Self.step.nanoseconds)] += 1
    pictures += 1
  }

  /// The share of pictures within `limit` of their sound, 0 ... 1.
  public func share(within limit: TimeSpan) -> Double {
    guard pictures > 0 else { return 0 }
    let near = counts.indices.filter { apart($0) <= limit && apart($0) >= .zero - limit }
    return Double(near.reduce(0) { $0 + counts[$1] }) / Double(pictures)
  }

  /// The skew that a share of the pictures stays below.
  public func percentile(_ share: Double) -> TimeSpan {
    var left = Int(Double(pictures) * share)
    for (index, count) in counts.enumerated() {
      left -= count
      if left < 0 { return apart(index) }
    }
    return Self.most
  }

  private func apart(_ index: Int) -> TimeSpan { Self.step * Int64(index) - Self.most }
}
