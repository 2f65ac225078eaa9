// What the service takes as one of a few fixed words, in the words that people use. The codes stand
// in the order of the catalogue's words; the codes themselves and their numbers are understood, too.
extension Texts {
  /// The service's code for a word; a failure that lists the words where it is none of them.
  public func choice(_ word: String, of codes: [String], words: TextKey) throws -> String {
    if let code = code(word, of: codes, words: words) { return code }
    let known = list(words).joined(separator: ", ")
    throw ProgramFailure(self[.choiceUnclear, ["word": word, "choices": known]])
  }

  /// The catalogue's word for one of the service's codes; the code where there is none.
  public func word(for code: String, of codes: [String], words: TextKey) -> String {
    codes.firstIndex(of: code).map { list(words, at: $0) } ?? code
  }

  /// How a visit is held.
  public func form(_ word: String) throws -> String {
    try choice(word, of: Self.forms, words: .wordsForm)
  }

  /// Several forms, separated by commas.
  public func forms(_ words: String) throws -> [String] {
    try words.split(separator: ",").map { try form(String($0)) }
  }

  /// Hours outside the ordinary ones that a grant opens, separated by commas; none for an empty word.
  public func hours(_ words: String) throws -> [String] {
    try words.split(separator: ",").map {
      try choice(String($0), of: Self.hours, words: .wordsGrantHours)
    }
  }

  /// For whom support is meant.
  public func targetGroup(_ word: String) throws -> String {
    try choice(word, of: ["psychiatry", "disability"], words: .wordsTargetGroup)
  }

  /// How times are agreed with a citizen.
  public func scheduling(_ word: String) throws -> String {
    try choice(word, of: Self.schedulings, words: .wordsScheduling)
  }

  /// How something was agreed with a citizen.
  public func agreement(_ word: String) throws -> String {
    try choice(word, of: ["phone", "message", "in-person"], words: .wordsAgreement)
  }

  /// What a visit is changed to at the same time.
  public func conversion(_ word: String) throws -> String {
    try choice(word, of: ["video", "audio", "phone"], words: .wordsConversion)
  }

  /// What became of a visit.
  public func outcome(_ word: String) throws -> String {
    try choice(word, of: Self.outcomes, words: .wordsOutcome)
  }

  /// What became of a visit, as it is said.
  public func said(outcome code: String) -> String {
    word(for: code, of: Self.outcomes, words: .wordsOutcome)
  }

  /// Who wants a visit called off.
  public func canceller(_ word: String) throws -> String {
    try choice(word, of: Self.cancellers, words: .wordsCanceller)
  }

  /// Why a visit is called off.
  public func cancellationReason(_ word: String) throws -> String {
    try choice(word, of: Self.cancellationReasons, words: .wordsCancelReason)
  }

  /// Who called a visit off and why, as it is said; nil where neither is known.
  public func said(cancelledBy canceller: String?, because: String?) -> String? {
    let words = [
      canceller.map { word(for: $0, of: Self.cancellers, words: .wordsCanceller) },
      because.map { word(for: $0, of: Self.cancellationReasons, words: .wordsCancelReason) },
    ].compactMap(\.self)
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  /// How somebody was tried.
  public func contactWay(_ word: String) throws -> String {
    try choice(word, of: ["ring", "phone", "message", "inPerson"], words: .wordsContact)
  }

  /// What a citizen is ready for at present.
  public func readiness(_ word: String) throws -> String {
    try choice(
      word, of: ["asAgreed", "smallerSteps", "withoutPicture", "inPerson", "keepInTouch"],
      words: .wordsReadiness)
  }

  /// How a follow-up ends.
  public func followUpEnding(_ word: String) throws -> String {
    try choice(word, of: Self.followUpEndings, words: .wordsFollowUpEnding)
  }

  /// How a follow-up ended, as it is said.
  public func said(followUpEnding code: String) -> String {
    word(for: code, of: Self.followUpEndings, words: .wordsFollowUpEnding)
  }

  static let followUpEndings = ["reached", "agreed", "citizensWish"]

  /// Why a grant is closed.
  public func closingReason(_ word: String) throws -> String {
    try choice(word, of: Self.closings, words: .wordsClosing)
  }

  /// What somebody may do.
  public func role(_ word: String) throws -> Role {
    let code = try choice(word, of: Role.allCases.map(\.rawValue), words: .wordsRole)
    return Role(rawValue: code) ?? .citizen
  }

  /// The paragraph that a grant rests on: `82b`, `§ 82 b`, `85`.
  public func legalBasis(_ word: String) throws -> String {
    let bare = word.lowercased().filter { !" §.".contains($0) }
    guard ["82b", "85"].contains(bare) else {
      throw ProgramFailure(self[.choiceUnclear, ["word": word, "choices": "82b, 85"]])
    }
    return bare
  }

  /// The part of a record that somebody looked at.
  public func said(part code: String) -> String {
    word(for: code, of: Self.parts, words: .wordsRecordPart)
  }

  /// A kind of data that is kept for a time of its own; nil where it is none.
  public func dataKind(_ word: String) -> String? {
    code(word, of: Self.dataKinds, words: .wordsDataKind)
  }

  /// A kind of data, as it is said.
  public func said(dataKind code: String) -> String {
    word(for: code, of: Self.dataKinds, words: .wordsDataKind)
  }

  /// What a period counts from.
  public func retentionStart(_ word: String) throws -> String {
    try choice(word, of: ["event", "courseEnd"], words: .wordsRetentionStart)
  }

  /// Hours outside the ordinary ones.
  static let hours = ["evening", "weekend", "night"]
  /// Ways of agreeing on times.
  public static let schedulings = ["worker-sets", "worker-proposes", "citizen-picks"]
  static let forms = ["screen", "physical", "group", "dropIn"]
  static let outcomes = [
    "held-first-try", "held-after-retries", "moved-to-phone", "technical-failure", "not-answered",
    "cancelled",
  ]
  static let cancellers = ["citizen", "worker", "municipality"]
  static let cancellationReasons = [
    "illness", "holiday", "otherAppointment", "notUpToIt", "notNeeded", "replaced", "other",
  ]
  static let closings = ["purposeReached", "citizensWish", "replaced", "movedAway", "died"]
  static let dataKinds = [
    "visits", "ledger", "callQuality", "grants", "notes", "consents", "followUps", "queue",
    "callbacks", "reminders", "start", "pairing", "people", "accessLog", "audit", "events",
  ]
  static let parts = [
    "contact", "visits", "grants", "notes", "consents", "followUps", "copingCard", "placement",
    "callQuality", "accessLog",
  ]
}
