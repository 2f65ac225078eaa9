import VisitClient

/// What was wrong with a command line, in the language of the screen. The parser knows English only;
/// what it says most often is said again in our own words, the rest as it is.
enum UsageText {
  /// How the parser's sentences begin, and ours in their place.
  private static let known: [(begin: String, key: TextKey)] = [
    ("Unexpected argument '", .usageUnexpected), ("Unknown option '", .usageUnknown),
    ("Missing expected argument '", .usageMissing), ("Missing value for '", .usageNoValue),
    ("The value '", .usageValue),
  ]

  /// What the parser's help says in English, in the order of the catalogue's words for it.
  private static let help = [
    "SUBCOMMANDS:", "USAGE:", "ARGUMENTS:", "OPTIONS:", "Show help information", "  See '",
    "<subcommand>", "<options>", "(default)", "(default: ",
  ]

  /// The parser's help in the language of the screen.
  static func help(_ text: String, _ texts: Texts) -> String {
    let bare = text.replacing("OVERVIEW: ", with: "").replacing(" SUBCOMMANDS:", with: ":")
      .replacing("' for detailed help.", with: "")
    let ours = zip(help, texts.list(.usageHelp)).reduce(bare) { $0.replacing($1.0, with: $1.1) }
    let usage = texts.list(.usageHelp)[1]
    return ours.split(separator: "\n", omittingEmptySubsequences: false)
      .flatMap { $0.hasPrefix(usage) ? wrappedUsage(String($0)) : [String($0)] }
      .joined(separator: "\n")
  }

  /// A line of all the options there are, on lines of 80 with what follows set in.
  private static func wrappedUsage(_ line: String) -> [String] {
    // An option and its value stay together.
    let whole = line.replacing(" <", with: "\u{A0}<").replacing(" ...", with: "\u{A0}...")
    return wrapped(whole, width: 76).enumerated().map { number, part in
      (number == 0 ? "" : "    ") + part.replacing("\u{A0}", with: " ")
    }
  }

  /// The parser's message in plain words; of what is missing also what it is, from the command's `help`.
  static func explain(_ message: String, help: String, _ texts: Texts) -> [String] {
    for (begin, key) in known where message.hasPrefix(begin) {
      let word = message.dropFirst(begin.count).prefix { $0 != "'" }.replacing(" ...", with: "")
      let said = texts[key, ["word": String(word)]]
      guard key == .usageMissing, let meaning = meaning(of: word, in: help) else { return [said] }
      return [said] + wrapped("  " + meaning, width: 80)
    }
    return [message]
  }

  /// What a command's help says of one of its words: beside it, and on the lines set in below it.
  private static func meaning(of word: Substring, in help: String) -> String? {
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.firstIndex(where: { $0.hasPrefix("  " + word) }) else { return nil }
    let below = lines[(first + 1)...].prefix { $0.hasPrefix(String(repeating: " ", count: 10)) }
    let words = ([lines[first].dropFirst(2 + word.count)] + below)
      .flatMap { $0.split(separator: " ") }.drop { $0 == "..." }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// The words of the command that a message is about, from the usage below it: `besoeg todo settle`.
  static func command(in usage: String) -> [String] {
    guard let line = usage.split(separator: "\n").first(where: { $0.hasPrefix("Usage: ") }) else {
      return []
    }
    return line.split(separator: " ").dropFirst(2)
      .prefix { !$0.hasPrefix("<") && !$0.hasPrefix("[") && !$0.hasPrefix("-") }.map(String.init)
  }
}
