import Foundation

/// A language of the screen texts.
public enum Language: String, Sendable, CaseIterable {
  /// Danish, the first language of everything.
  case danish = "da"
  /// English.
  case english = "en"

  /// The language that a program was asked for: `--lang` among its arguments, else `BESOEG_LANG`,
  /// else Danish. Looked up before arguments are parsed, since their help texts need it too.
  public static func chosen(
    arguments: [String], environment: [String: String]
  ) -> Language {
    var asked: String?
    for (argument, next) in zip(arguments, arguments.dropFirst() + [""]) {
      if argument == "--lang" { asked = next }
      if argument.hasPrefix("--lang=") { asked = String(argument.dropFirst("--lang=".count)) }
    }
    return Language(rawValue: (asked ?? environment["BESOEG_LANG"] ?? "").lowercased()) ?? .danish
  }
}

/// The string catalogue of the native programs in one language.
public struct Texts: Sendable {
  /// The language.
  public let language: Language
  private let entries: [String: String]

  /// The Danish texts.
  public static let danish = Texts(.danish)
  /// The English texts.
  public static let english = Texts(.english)

  /// The texts in the language this program was asked for.
  public static let current: Texts = {
    let language = Language.chosen(
      arguments: CommandLine.arguments, environment: ProcessInfo.processInfo.environment)
    return language == .english ? english : danish
  }()

  /// The texts in a language, read from the catalogue that ships with the program.
  private init(_ language: Language) {
    self.language = language
    let url = Bundle.module.url(
      forResource: language.rawValue, withExtension: "json", subdirectory: "Texts")
    let data = url.flatMap { try? Data(contentsOf: $0) }
    entries = data.flatMap { try? JSONDecoder().decode([String: String].self, from: $0) } ?? [:]
  }

  /// A text with its `{placeholders}` filled. A text that is missing shows as its key: a poor text
  /// is better than no program.
  public subscript(key: TextKey, values: [String: String] = [:]) -> String {
    let text = entries[key.rawValue] ?? key.rawValue
    guard !values.isEmpty, text.contains("{") else { return text }
    var filled = ""
    var rest = text[...]
    // One pass, so that a value that holds braces is shown as it is.
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      filled += rest[..<open]
      let name = String(rest[rest.index(after: open)..<close])
      filled += values[name] ?? "{\(name)}"
      rest = rest[rest.index(after: close)...]
    }
    return filled + rest
  }

  /// The entries of a list, which the catalogue separates by commas.
  public func list(_ key: TextKey) -> [String] {
    self[key].split(separator: ",").map { String($0.trimmingPrefix(" ")) }
  }

  /// The service's word for `word`, which is one of `codes`, one of the catalogue's words for them
  /// (in the same order), or its number from 1; nil where it is none of these.
  public func code(_ word: String, of codes: [String], words: TextKey) -> String? {
    let word = word.trimmingCharacters(in: .whitespaces).lowercased()
    if let number = Int(word), codes.indices.contains(number - 1) { return codes[number - 1] }
    if let index = list(words).firstIndex(of: word), codes.indices.contains(index) {
      return codes[index]
    }
    return codes.first { $0.lowercased() == word }
  }

  /// One entry of a list, empty beyond its end.
  func list(_ key: TextKey, at index: Int) -> String {
    let entries = list(key)
    return entries.indices.contains(index) ? entries[index] : ""
  }

  /// The names that the catalogue has texts for.
  var names: Set<String> { Set(entries.keys) }
}
