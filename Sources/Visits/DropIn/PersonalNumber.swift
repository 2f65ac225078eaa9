/// Finds what looks like a CPR number in free text, so that none is ever stored in a queue (C7:
/// "fødselsdato (ikke de sidste fire cifre)").
///
/// A CPR number is ten digits, of which the first six are a date, ddmmyy. No check digit can be
/// relied on (numbers without one are issued since 2007), and replacement numbers have 60 added to
/// the day. A birth date with four-digit year and four more digits counts too.
public enum PersonalNumber {
  /// Whether some part of the text looks like one. Rather once too often: who is refused by mistake
  /// loses a number in a note, and what to do is said.
  ///
  /// Danish telephone numbers pass: eight digits, and `+45` in front is no day of a month.
  public static func appears(in text: String) -> Bool {
    var run = DigitRun()
    var gap = 0
    for scalar in text.unicodeScalars {
      if let digit = digit(scalar) {
        run.append(digit, startsGroup: gap > 0)
        gap = 0
      } else if separates(scalar), gap < DigitRun.longestGap {
        gap += 1
      } else {
        if run.looksPersonal { return true }
        run = DigitRun()
        gap = 0
      }
    }
    return run.looksPersonal
  }

  /// The value of a decimal digit of any script: full-width and Arabic-Indic digits name the same
  /// person.
  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue
    else { return nil }
    return Int(value)
  }

  /// What people put between the parts of a number, seen or unseen.
  private static func separates(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .spaceSeparator, .dashPunctuation, .connectorPunctuation, .format, .control,
      .lineSeparator, .mathSymbol:
      scalar != "+"
    default: scalar == "." || scalar == "/" || scalar == "'" || scalar == ":" || scalar == "*"
    }
  }
}

/// Digits that stand together, in groups.
private struct DigitRun {
  /// How many separators may stand between two groups.
  static let longestGap = 3

  private var digits: [Int] = []
  /// Where groups begin.
  private var starts: [Int] = []

  mutating func append(_ digit: Int, startsGroup: Bool) {
    if startsGroup || digits.isEmpty { starts.append(digits.count) }
    digits.append(digit)
  }

  /// Whether whole groups in a row make up a CPR number.
  var looksPersonal: Bool {
    let ends = Set(starts.dropFirst()).union([digits.count])
    return starts.contains { start in
      (ends.contains(start + 10) && isDay(start) && isMonth(start + 2))
        || (ends.contains(start + 12) && isDay(start) && isMonth(start + 2)
          && (18...20).contains(two(start + 4)))
    }
  }

  private func two(_ index: Int) -> Int { digits[index] * 10 + digits[index + 1] }

  private func isDay(_ index: Int) -> Bool {
    let day = two(index)
    return (1...31).contains(day) || (61...91).contains(day)
  }

  private func isMonth(_ index: Int) -> Bool { (1...12).contains(two(index)) }
}

extension PersonalNumber {
  /// Text as a queue, a call-back or a note of a few words may keep it: trimmed; nil when blank;
  /// refused when too long or when it holds what looks like a CPR number.
  static func checked(_ text: String?, longest: Int) throws(Refusal) -> String? {
    guard let text else { return nil }
    let trimmed = trimmingBlanks(text)
    guard trimmed.count <= longest else { throw .noteTooLong(longest: longest) }
    guard !appears(in: trimmed) else { throw .personalNumber }
    return trimmed.isEmpty ? nil : trimmed
  }
}
