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

  /// The parser's message in plain words.
  static func explain(_ message: String, _ texts: Texts) -> String {
    for (begin, key) in known where message.hasPrefix(begin) {
      let word = message.dropFirst(begin.count).prefix { $0 != "'" }
      return texts[key, ["word": String(word.replacing(" ...", with: ""))]]
    }
    return message
  }
}
