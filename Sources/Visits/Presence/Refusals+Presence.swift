// What is said about devices and answering.

extension Refusal {
  /// Why calls should answer themselves is not said.
  public static let autoAnswerNeedsReason = Refusal(
    "auto-answer-needs-reason", .invalid,
    da: "Skriv, hvorfor opkald skal besvares af sig selv. Det skal stå sammen med samtykket.",
    en: "Write why calls should be answered automatically. It is kept with the consent.")

  /// Hours or callers are missing.
  public static let autoAnswerNeedsHours = Refusal(
    "auto-answer-needs-hours", .invalid,
    da: "Vælg, hvem der må ringe sådan, og på hvilke dage og tider.",
    en: "Choose who may call like this, and on which days and times.")

  /// The countdown is too short or too long.
  public static func countdownOutOfRange(_ range: ClosedRange<Int>) -> Refusal {
    Refusal(
      "countdown-out-of-range", .invalid,
      da: """
        Nedtællingen skal vare \(range.lowerBound) til \(range.upperBound) sekunder, \
        så borgeren kan nå at sige nej tak.
        """,
      en: """
        The countdown must last \(range.lowerBound) to \(range.upperBound) seconds, \
        so that the citizen has time to say no.
        """)
  }

  /// The consent's period is not one.
  public static func consentPeriodInvalid(days: Int) -> Refusal {
    Refusal(
      "consent-period-invalid", .invalid,
      da: "Et samtykke gælder fra den dag, det er givet, og højst \(days) dage. Ret datoerne.",
      en: "A consent holds from the day it was given, for at most \(days) days. Correct the dates.")
  }
}
