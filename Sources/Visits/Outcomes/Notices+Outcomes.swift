// The catalogue of what is told about follow-ups and notes without refusing anything.

extension Notice {
  /// What the citizen reads after a visit that was not answered (H1, H2). Nobody is blamed, and one
  /// who said no thank you is not told to have been missed.
  public static func weMissedYou(
    worker: String, step: NoShowStep, declined: Bool = false
  ) -> Notice {
    if declined {
      return Notice(
        "you-said-no",
        da: "Du sagde nej tak. Det er helt i orden. \(worker) kontakter dig, og dine andre aftaler "
          + "står ved magt.",
        en: "You said no thank you. That is quite all right. \(worker) will be in touch, and your "
          + "other appointments stand.")
    }
    return switch step {
    case .tryAgain:
      Notice(
        "we-missed-you-try-again",
        da: "Vi nåede ikke hinanden. Det er helt i orden. \(worker) prøver igen om lidt.",
        en: "We did not reach each other. That is quite all right. \(worker) will try again soon.")
    case .phone:
      Notice(
        "we-missed-you-phone",
        da: "Vi nåede ikke hinanden. Det er helt i orden. \(worker) ringer på telefonen.",
        en: "We did not reach each other. That is quite all right. \(worker) will telephone you.")
    case .toDo, .readiness:
      Notice(
        "we-missed-you",
        da: "Vi nåede ikke hinanden. Det er helt i orden. \(worker) kontakter dig, og dine andre "
          + "aftaler står ved magt.",
        en: "We did not reach each other. That is quite all right. \(worker) will be in touch, and "
          + "your other appointments stand.")
    }
  }

  /// What the support worker is asked to do.
  public static func followUp(_ path: NoShowPath, name: String) -> Notice {
    let time = CopenhagenTime(path.due)
    let (day, clock) = (time.day, time.clock)
    return switch path.step {
    case .tryAgain:
      Notice(
        "follow-up-try-again", da: "\(name) svarede ikke. Ring igen kl. \(clock).",
        en: "\(name) did not answer. Ring again at \(clock).")
    case .phone:
      Notice(
        "follow-up-phone", da: "\(name) svarede ikke. Prøv telefonen.",
        en: "\(name) did not answer. Try the telephone.")
    case .toDo:
      Notice(
        "follow-up-to-do",
        da: "Få kontakt med \(name) senest den \(day) kl. \(clock). Aftalerne står ved magt.",
        en: "Get in touch with \(name) by \(day) at \(clock). The appointments stand.")
    case .readiness:
      Notice(
        "follow-up-readiness",
        da: "\(name) har ikke svaret \(path.inARow) gange i træk. Skriv, hvad \(name) er parat til "
          + "lige nu.",
        en: "\(name) has not answered \(path.inARow) times in a row. Write what \(name) is ready "
          + "for at present.")
    }
  }

  /// What a partner is told whom the citizen has named (H3). Nothing about the support.
  public static func partnerAlert(name: String) -> Notice {
    Notice(
      "partner-alert",
      da: "Vi har ikke kunnet få fat i \(name) i dag. Du får besked, fordi \(name) har aftalt det "
        + "med os. Hør gerne, om alt er vel.",
      en: "We have not been able to reach \(name) today. You are told because \(name) has agreed "
        + "to it. Please see whether all is well.")
  }

  /// A goal looks met (H4).
  public static func goalLooksMet(_ wording: String) -> Notice {
    Notice(
      "goal-looks-met",
      da: "Målet »\(wording)« ser ud til at være nået. Tal med borgeren om at afslutte det.",
      en: "The goal “\(wording)” looks met. Talk to the citizen about closing it.")
  }

  /// All goals look met (H12).
  public static let purposeLooksReached = Notice(
    "purpose-looks-reached",
    da: "Alle mål ser ud til at være nået. Tal med borgeren om nye mål, om at trappe ned eller om "
      + "at afslutte.",
    en: "All goals look met. Talk to the citizen about new goals, about tapering off or about "
      + "ending.")

  /// A scale fell (H8).
  public static let scoreFell = Notice(
    "score-fell",
    da: "Svarene ligger lavere end sidst. Spørg borgeren, hvordan det går.",
    en: "The answers are lower than last time. Ask the citizen how things are.")
}
