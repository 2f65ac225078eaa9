// What is said about absences, substitutes, delays and proposed times.

extension Refusal {
  // MARK: Absences

  /// The absence ends before it begins.
  public static let absenceEmpty = Refusal(
    "absence-empty", .invalid,
    da: "Fraværet slutter, før det begynder. Ret tidspunkterne.",
    en: "The absence ends before it begins. Correct the times.")

  /// The absence is longer than any.
  public static func absenceTooLong(days: Int) -> Refusal {
    Refusal(
      "absence-too-long", .invalid,
      da: "Et fravær kan højst være på \(days) dage. Se efter, om årstallet er rigtigt.",
      en: "An absence can be at most \(days) days. Check that the year is right.")
  }

  /// A remedy lacks what it is about.
  public static let remedyIncomplete = Refusal(
    "remedy-incomplete", .invalid,
    da: "Vælg en anden medarbejder til afløsning eller et andet tidspunkt til flytning.",
    en: "Choose another worker for a substitution or another time for a move.")

  /// The one who should hold the visit is away then.
  public static func workerAway(until end: UTCMilliseconds) -> Refusal {
    let time = CopenhagenTime(end)
    return Refusal(
      "worker-away", .conflict,
      da: """
        Medarbejderen er fraværende på det tidspunkt (til den \(time.day) kl. \(time.clock)). \
        Vælg en anden medarbejder eller et senere tidspunkt.
        """,
      en: """
        The worker is away at that time (until \(time.day) at \(time.clock)). \
        Choose another worker or a later time.
        """)
  }

  /// Nothing has been put to the citizen.
  public static let nothingProposed = Refusal(
    "nothing-proposed", .conflict,
    da: "Der er ikke foreslået noget endnu. Vi kontakter dig om dit besøg.",
    en: "Nothing has been proposed yet. We will contact you about your visit.")

  /// A colleague cannot press the citizen's button.
  public static let onlyCitizenAgreesOnScreen = Refusal(
    "only-citizen-agrees-on-screen", .forbidden,
    da: """
      Kun borgeren selv kan sige ja på skærmen. Skriv, om I har aftalt det i telefonen, \
      med en besked eller ansigt til ansigt.
      """,
    en: """
      Only the citizen can agree on screen. Record whether you agreed by telephone, \
      by message or face to face.
      """)

  /// The to-do has been dealt with.
  public static let taskDone = Refusal(
    "task-done", .conflict,
    da: "Opgaven er allerede løst. Åbn besøget for at se, hvad der er aftalt.",
    en: "This task is already done. Open the visit to see what was agreed.")

  // MARK: Changing how and when

  /// Groups and drop-in are not converted one citizen at a time.
  public static let onlyTwoPartyConverts = Refusal(
    "only-two-party-converts", .conflict,
    da: "Kun besøg mellem en borger og en medarbejder kan laves om. Book et skærmbesøg i stedet.",
    en: "Only visits between one citizen and one worker can be changed. Book a screen visit.")

  /// The citizen's grant does not allow the form.
  public static let conversionNotGranted = Refusal(
    "conversion-not-granted", .conflict,
    da: """
      Borgerens bevilling omfatter ikke den form for besøg. \
      Vælg en anden form, eller tal med sagsbehandleren.
      """,
    en: """
      The citizen's grant does not include that form of visit. \
      Choose another form or talk to the case worker.
      """)

  /// A delay is longer than a delay.
  public static func delayOutOfRange(longest: Int) -> Refusal {
    Refusal(
      "delay-out-of-range", .invalid,
      da: "En forsinkelse er på 1 til \(longest) minutter. Flyt besøget, hvis det varer længere.",
      en: "A delay is 1 to \(longest) minutes. Move the visit if it is longer.")
  }

  // MARK: Proposed times

  /// Two or three times are offered.
  public static let proposeTwoOrThree = Refusal(
    "propose-two-or-three", .invalid,
    da: "Foreslå to eller tre forskellige tidspunkter.",
    en: "Propose two or three different times.")

  /// The time is none of those offered.
  public static let notAmongProposed = Refusal(
    "not-among-proposed", .invalid,
    da: "Vælg et af de foreslåede tidspunkter.",
    en: "Choose one of the proposed times.")

  /// Somebody was faster, or the time has gone by.
  public static let proposedTimeTaken = Refusal(
    "proposed-time-taken", .conflict,
    da: "Det tidspunkt er desværre ikke ledigt længere. Vælg et af de andre.",
    en: "Sorry, that time is no longer free. Choose one of the others.")

  /// The proposal has been answered or taken back.
  public static let proposalClosed = Refusal(
    "proposal-closed", .conflict,
    da: "Forslaget gælder ikke længere. Din bostøttemedarbejder finder en ny tid med dig.",
    en: "The proposal no longer applies. Your support worker will find a new time with you.")

  // MARK: Times the citizen picks

  /// It is not agreed with the citizen that they pick times themselves.
  public static func citizenDoesNotPick(name: String) -> Refusal {
    Refusal(
      "citizen-does-not-pick", .conflict,
      da: """
        Det er ikke aftalt, at \(name) selv vælger tider. Skriv det først under måden at aftale \
        tider på, eller foreslå to eller tre tider.
        """,
      en: """
        It is not agreed that \(name) picks times. Record it first as the way times are agreed, \
        or propose two or three times.
        """)
  }

  /// The window has no room for the visit.
  public static func pickWindowTooSmall(minutes: Int) -> Refusal {
    Refusal(
      "pick-window-too-small", .invalid,
      da: """
        Der er ikke plads til et besøg på \(minutes) minutter i de dage og timer. \
        Ret dagene, ugedagene eller klokkeslættene.
        """,
      en: """
        There is no room for a visit of \(minutes) minutes in those days and hours. \
        Correct the days, the weekdays or the times.
        """)
  }

  /// The window reaches further than anybody looks ahead.
  public static func pickWindowTooLong(days: Int) -> Refusal {
    Refusal(
      "pick-window-too-long", .invalid,
      da: "Borgeren kan højst vælge mellem tider på \(days) dage. Vælg færre dage.",
      en: "A citizen can pick among times on at most \(days) days. Choose fewer days.")
  }

  /// Nothing is free in the window that the citizen's grant and the hours allow.
  public static let nothingFreeToPick = Refusal(
    "nothing-free-to-pick", .conflict,
    da: """
      Der er ingen ledige tider i de dage og timer inden for åbningstiden og bevillingen. \
      Vælg andre dage eller timer.
      """,
    en: """
      Nothing is free in those days and hours within opening hours and the grant. \
      Choose other days or times.
      """)
}
