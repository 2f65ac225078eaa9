/// The words that `DateWords` knows, from both languages' catalogues.
struct Vocabulary: Sendable {
  static let shared = Vocabulary()

  /// Phrases by key, each as its words, the longest first.
  private let phrases: [TextKey: [[String]]]
  /// For lists in order (weekdays, months): which number a word means.
  private let numbers: [TextKey: [String: Int]]

  private init() {
    var phrases: [TextKey: [[String]]] = [:]
    var numbers: [TextKey: [String: Int]] = [:]
    for texts in [Texts.danish, Texts.english] {
      for key in Self.phraseKeys {
        phrases[key, default: []] += texts.list(key).map { phrase in
          phrase.split(separator: " ").map(String.init)
        }
      }
      for key in [TextKey.wordsWeekdays, .wordsMonths] {
        for (number, synonyms) in texts.list(key).enumerated() {
          for word in synonyms.split(separator: " ") {
            numbers[key, default: [:]][String(word)] = number
          }
        }
      }
    }
    self.phrases = phrases.mapValues { $0.sorted { $0.count > $1.count } }
    self.numbers = numbers
  }

  private static let phraseKeys: [TextKey] = [
    .wordsNow, .wordsIn, .wordsToday, .wordsTomorrow, .wordsDayAfterTomorrow, .wordsNext,
    .wordsMinutes, .wordsHours, .wordsFillers,
  ]

  /// Removes a phrase of `key` from the front, if there is one. With `isPrefixOfNumber` only where a
  /// number follows: "in" and "om" mean other things elsewhere.
  func takes(
    _ key: TextKey, from words: inout ArraySlice<String>, isPrefixOfNumber: Bool = false
  ) -> Bool {
    for phrase in phrases[key] ?? [] where words.starts(with: phrase) {
      if isPrefixOfNumber && Int(words.dropFirst(phrase.count).first ?? "") == nil { continue }
      words.removeFirst(phrase.count)
      return true
    }
    return false
  }

  /// Which entry of a list a word means.
  func index(_ key: TextKey, of word: String) -> Int? { numbers[key]?[word] }
}
