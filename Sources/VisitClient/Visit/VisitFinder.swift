public import Foundation

/// Finds the visit or person that somebody means by a name, the beginning of an id, or nothing.
public enum VisitFinder {
  /// What was found.
  public enum Found<Element: Sendable>: Sendable {
    /// This one.
    case one(Element)
    /// Several fit.
    case several([Element])
    /// None fits.
    case none
  }

  /// The visit to ring when nobody is named: one that is on now or due within a quarter of an hour,
  /// else the next of the day.
  public static func next(in visits: [Visit], now: Date) -> Visit? {
    let open = visits.filter(isOpen).sorted { $0.start < $1.start }
    let isOn = { (visit: Visit) in
      visit.start.addingTimeInterval(-15 * 60) <= now && now < visit.end
    }
    if let active = open.first(where: { $0.state == .active || $0.state == .ringing }) {
      return active
    }
    return open.first(where: isOn) ?? open.first { $0.start >= now }
  }

  /// The visit that `words` mean: the beginning of its id, or the citizen's name.
  public static func visit(_ words: String, in visits: [Visit], now: Date) -> Found<Visit> {
    if let exact = visits.first(where: { $0.id == words }) { return .one(exact) }
    let byID = visits.filter { isID(words) && $0.id.lowercased().hasPrefix(words.lowercased()) }
    if !byID.isEmpty { return found(byID) }
    let byName = visits.filter { names(words, $0.citizen.displayName) }
    let citizens = Set(byName.map(\.citizen.id))
    if citizens.count > 1 { return .several(byName) }
    if let next = next(in: byName, now: now) { return .one(next) }
    // Nothing open: the last one that was, so that its verdict can be asked for.
    return byName.max { $0.start < $1.start }.map { .one($0) } ?? .none
  }

  /// The person that `words` mean: the beginning of an id, a whole name, or the beginning of one of
  /// its parts. A person whose name is not shown is listed as `#` and the beginning of the id.
  public static func person(_ words: String, in people: [Person]) -> Found<Person> {
    let words = words.hasPrefix("#") ? String(words.dropFirst()) : words
    let exact = people.filter { fold($0.displayName) == fold(words) || $0.id == words }
    if exact.count == 1 { return .one(exact[0]) }
    let byID = people.filter { isID(words) && $0.id.lowercased().hasPrefix(words.lowercased()) }
    return found(byID.isEmpty ? people.filter { names(words, $0.displayName) } : byID)
  }

  /// Whether a visit can still be held.
  static func isOpen(_ visit: Visit) -> Bool {
    switch visit.state {
    case .booked, .ringing, .active, .missed: true
    case .ended, .cancelled, .unknown: false
    }
  }

  private static func found<Element>(_ elements: [Element]) -> Found<Element> {
    switch elements.count {
    case 0: .none
    case 1: .one(elements[0])
    default: .several(elements)
    }
  }

  /// Whether the words can only be a whole id: no name is this long in one piece.
  static func isWholeID(_ words: String) -> Bool { words.count >= 20 && isID(words) }

  /// Ids are letters and digits; four of them tell a day's visits apart, fewer are rather a name.
  private static func isID(_ words: String) -> Bool {
    words.count >= 4 && words.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) }
      && words.contains { $0.isNumber }
  }

  /// Whether the words begin the name, or one of its parts: "kar", "friis", "karen f".
  private static func names(_ words: String, _ name: String) -> Bool {
    let (words, name) = (fold(words), fold(name))
    guard !words.isEmpty else { return false }
    if name.hasPrefix(words) { return true }
    return name.split { $0 == " " || $0 == "-" }.contains { $0.hasPrefix(words) }
  }

  private static func fold(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespaces).lowercased()
  }
}
