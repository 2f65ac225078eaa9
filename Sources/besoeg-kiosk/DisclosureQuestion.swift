import Foundation
import VisitClient

/// What the citizen is asked before anything is passed on (C8), and the keys that answer.
enum DisclosureQuestion {
  /// The lines of a question: what, to whom, why, and that a no is as good.
  static func lines(_ question: DisclosureRecord, _ texts: Texts, width: Int) -> [String] {
    [
      texts[.kioskDisclosure, ["name": question.askedBy.displayName]],
      texts[.kioskDisclosureWhat, ["text": question.what]],
      texts[.kioskDisclosureTo, ["text": question.recipient]],
      texts[.kioskDisclosureWhy, ["text": question.reason]],
      texts[.kioskDisclosureKeys],
    ].flatMap { wrapped($0, width: width) }
  }

  /// Yes or no, as it was typed; nil for anything else.
  static func answer(_ line: String) -> Bool? {
    switch line.lowercased() {
    case "j", "ja", "y", "yes": true
    case "n", "nej", "no": false
    default: nil
    }
  }
}
