// The catalogue of refusals about outcomes, follow-ups, goals, notes and scales.

extension Refusal {
  // MARK: Outcomes

  /// The visit has not begun.
  public static let outcomeTooEarly = Refusal(
    "outcome-too-early", .conflict,
    da: "Besøget er ikke begyndt endnu. Skriv, hvordan det gik, når det er holdt.",
    en: "The visit has not begun yet. Say how it went once it has been held.")

  /// It was called off, so it cannot have been held or missed.
  public static let visitWasCancelled = Refusal(
    "visit-was-cancelled", .conflict,
    da: "Besøget er aflyst og tæller ikke som udeblivelse. Skriv, hvem der aflyste og hvorfor.",
    en: "The visit was cancelled and does not count as missed. Say who cancelled it and why.")

  /// It must be called off first.
  public static let cancelFirst = Refusal(
    "cancel-first", .conflict,
    da: "Besøget står stadig i kalenderen. Aflys det først, så tiden bliver fri.",
    en: "The visit is still in the calendar. Cancel it first, so that the time becomes free.")

  /// Who and why are wanted.
  public static let cancellationIncomplete = Refusal(
    "cancellation-incomplete", .invalid,
    da: "Skriv, hvem der aflyste besøget, og vælg en grund.",
    en: "Say who cancelled the visit and choose a reason.")

  /// No sensible length.
  public static let deliveredOutOfRange = Refusal(
    "delivered-out-of-range", .invalid,
    da: "Besøgets længde skal være mellem 0 og 1440 minutter.",
    en: "The visit's length must be between 0 and 1440 minutes.")

  /// A text is too long.
  public static func textTooLong(longest: Int) -> Refusal {
    Refusal(
      "text-too-long", .invalid,
      da: "Teksten må højst være på \(longest) tegn. Skriv det vigtigste.",
      en: "The text may be at most \(longest) characters. Write what matters most.")
  }

  // MARK: Following up

  /// The follow-up has ended.
  public static let followUpOver = Refusal(
    "follow-up-over", .conflict,
    da: "Opfølgningen er afsluttet. Book et besøg for at tage kontakt igen.",
    en: "The follow-up has ended. Book a visit to get in touch again.")

  /// Nobody has reached the citizen (H2).
  public static let notReachedYet = Refusal(
    "not-reached-yet", .conflict,
    da: "Ingen har talt med borgeren endnu. Prøv igen, ring på telefonen, eller aftal et nyt "
      + "besøg. Opfølgningen bliver ved, til der er kontakt.",
    en: "Nobody has spoken with the citizen yet. Try again, use the telephone or agree on a new "
      + "visit. The follow-up goes on until there is contact.")

  /// A readiness note first (H1).
  public static func readinessFirst(inARow: Int) -> Refusal {
    Refusal(
      "readiness-first", .conflict,
      da: "Borgeren har ikke svaret \(inARow) gange i træk. Skriv først et notat om, hvad borgeren "
        + "er parat til lige nu.",
      en: "The citizen has not answered \(inARow) times in a row. First write a note on what the "
        + "citizen is ready for at present.")
  }

  /// The note says nothing.
  public static let readinessNeedsWords = Refusal(
    "readiness-needs-words", .invalid,
    da: "Skriv et par ord om, hvad borgeren er parat til.",
    en: "Write a few words on what the citizen is ready for.")

  /// Following up is the team's.
  public static let followUpIsForTheTeam = Refusal(
    "follow-up-is-for-the-team", .forbidden,
    da: "Det er borgerens team, der følger op. Giv dem besked.",
    en: "The citizen's team follows up. Let them know.")

  // MARK: Goals and notes

  /// Goals are agreed on together (H5).
  public static let goalsAreAgreed = Refusal(
    "goals-are-agreed", .forbidden,
    da: "Mål aftales sammen med bostøttemedarbejderen, som skriver dem ind.",
    en: "Goals are agreed on with the support worker, who enters them.")

  /// A goal needs words.
  public static let goalNeedsWords = Refusal(
    "goal-needs-words", .invalid,
    da: "Skriv målet med borgerens egne ord.",
    en: "Write the goal in the citizen's own words.")

  /// There are enough (H5).
  public static func tooManyGoals(most: Int) -> Refusal {
    Refusal(
      "too-many-goals", .conflict,
      da: "Der arbejdes med højst \(most) mål ad gangen. Afslut et af dem først.",
      en: "At most \(most) goals are worked on at a time. Close one of them first.")
  }

  /// The journal's goal is here already.
  public static func goalKnown(_ wording: String) -> Refusal {
    Refusal(
      "goal-known", .conflict,
      da: "Målet fra journalen er her allerede: »\(wording)«.",
      en: "That goal from the journal is here already: “\(wording)”.")
  }

  /// The goal is no longer worked on.
  public static func goalNotActive(_ wording: String) -> Refusal {
    Refusal(
      "goal-not-active", .conflict,
      da: "Målet »\(wording)« er afsluttet. Vælg et mål, der arbejdes med.",
      en: "The goal “\(wording)” is closed. Choose one that is worked on.")
  }

  /// The citizen has no such goal, or it is named twice.
  public static let noSuchGoal = Refusal(
    "no-such-goal", .invalid,
    da: "Vælg hvert mål én gang, og kun blandt borgerens egne mål.",
    en: "Choose each goal once, and only among the citizen's own.")

  /// The note says nothing.
  public static let noteIsEmpty = Refusal(
    "note-is-empty", .invalid,
    da: "Notatet er tomt. Tryk på et mål, eller skriv næste skridt.",
    en: "The note is empty. Tap a goal or write the next step.")

  // MARK: Scales

  /// The marks are not as many as the lines.
  public static let marksDoNotFit = Refusal(
    "marks-do-not-fit", .invalid,
    da: "Svarene passer ikke til skalaen. Sæt et mærke på hver linje, eller spring over.",
    en: "The answers do not fit the scale. Mark each line or skip it.")

  /// A mark lies beside the line.
  public static func markOutOfRange(lowest: Int, highest: Int) -> Refusal {
    Refusal(
      "mark-out-of-range", .invalid,
      da: "Hvert mærke skal ligge mellem \(lowest) og \(highest).",
      en: "Each mark must be between \(lowest) and \(highest).")
  }
}
