// The catalogue of refusals about who may see and do what.

extension Refusal {
  /// Booking is the team's and operations'.
  public static let bookingIsForTheTeam = Refusal(
    "booking-is-for-the-team", .forbidden,
    da: "Besøg bookes og ændres af borgerens team. Bed teamet om det.",
    en: "Visits are booked and changed by the citizen's team. Ask the team to do it.")
}

extension Refusal {
  // MARK: Seeing and changing a citizen's record

  /// The record is somebody else's.
  public static let notYourRecord = Refusal(
    "not-your-record", .forbidden,
    da: "Du kan kun se og ændre det, der handler om dig selv.",
    en: "You can only see and change what is about yourself.")

  /// A reason is wanted outside the team.
  public static func reasonNeeded(shortest: Int) -> Refusal {
    Refusal(
      "reason-needed", .forbidden,
      da: "Borgeren hører ikke til dit team. Skriv med mindst \(shortest) tegn, hvorfor du har "
        + "brug for at se oplysningerne. Begrundelsen gemmes i loggen.",
      en: "The citizen does not belong to your team. Say in at least \(shortest) characters why "
        + "you need to see this. The reason is kept in the log.")
  }

  /// The card is the citizen's, so whoever looks says why (H14).
  public static func cardNeedsReason(shortest: Int) -> Refusal {
    Refusal(
      "card-needs-reason", .forbidden,
      da: "Kortet er borgerens eget. Skriv med mindst \(shortest) tegn, hvorfor du slår op i det. "
        + "Borgeren kan se, hvem der har kigget.",
      en: "The card is the citizen's own. Say in at least \(shortest) characters why you look it "
        + "up. The citizen can see who has looked.")
  }

  /// Outside the team only reading is open.
  public static let outsideTeamReadsOnly = Refusal(
    "outside-team-reads-only", .forbidden,
    da: "Borgeren hører ikke til dit team. Bed borgerens team om ændringen, eller bliv tilknyttet "
      + "som afløser.",
    en: "The citizen does not belong to your team. Ask the citizen's team for the change, or be "
      + "named as a substitute.")

  /// The role has no use for that part.
  public static let partNotForRole = Refusal(
    "part-not-for-role", .forbidden,
    da: "Din rolle giver ikke adgang til den del af oplysningerne. Kontakt borgerens team.",
    en: "Your role gives no access to that part of the record. Contact the citizen's team.")

  /// The team writes it.
  public static let teamWritesIt = Refusal(
    "team-writes-it", .forbidden,
    da: "Det er borgerens team, der skriver her. Bed dem om at rette det.",
    en: "The citizen's team writes here. Ask them to correct it.")

  /// Taking everything out is for administrators, and for the citizen.
  public static let exportIsForAdministrators = Refusal(
    "export-is-for-administrators", .forbidden,
    da: "Udtræk af alt om en borger laves af borgeren selv eller af administratoren. Send dem "
      + "anmodningen.",
    en: "Everything about a citizen is taken out by the citizen or by the administrator. Pass the "
      + "request on to them.")

  /// The log is append-only.
  public static let logOnlyGrows = Refusal(
    "log-only-grows", .forbidden,
    da: "Loggen kan ikke ændres. Er noget forkert, så skriv en ny linje om det.",
    en: "The log cannot be changed. If something is wrong, add a new line about it.")

  // MARK: Consents

  /// There is no such consent (H13).
  public static func consentMissing(_ kind: ConsentKind) -> Refusal {
    let (danish, english): (String, String) =
      switch kind {
      case .autoAnswer: ("at svare opkald automatisk", "answering calls automatically")
      case .partnerAlert: ("at give den person besked", "telling that person")
      case .disclosure: ("at give oplysningerne videre", "passing this on")
      case .companion: ("at den person er med", "that person taking part")
      case .peerContact: ("kontakt fra andre i gruppen", "contact from others in the group")
      }
    return Refusal(
      "consent-missing", .conflict,
      da: "Borgeren har ikke givet samtykke til \(danish). Spørg borgeren, og skriv svaret ind.",
      en: "The citizen has not agreed to \(english). Ask the citizen and enter the answer.")
  }

  /// Only the citizen, or one who hears it from the citizen, records a consent.
  public static let consentNeedsAPerson = Refusal(
    "consent-needs-a-person", .forbidden,
    da: "Et samtykke gives af borgeren eller skrives ind af den medarbejder, der har fået det.",
    en: "A consent is given by the citizen or entered by the worker who received it.")

  /// How it was given and who records it do not go together.
  public static let consentWayDoesNotFit = Refusal(
    "consent-way-does-not-fit", .invalid,
    da: "På skærmen giver borgeren selv samtykket. Vælg mundtligt eller skriftligt, når du skriver "
      + "det ind for borgeren.",
    en: "On screen the citizen gives the consent personally. Choose spoken or written when you "
      + "enter it for the citizen.")

  /// What for?
  public static let consentNeedsReason = Refusal(
    "consent-needs-reason", .invalid,
    da: "Skriv med almindelige ord, hvad samtykket er til.",
    en: "Say in plain words what the consent is for.")

  /// About whom?
  public static let consentNeedsRecipient = Refusal(
    "consent-needs-recipient", .invalid,
    da: "Skriv, hvem samtykket gælder.",
    en: "Say whom the consent is about.")

  /// Only a partner who is to be told has an address.
  public static let consentContactDoesNotFit = Refusal(
    "consent-contact-does-not-fit", .invalid,
    da: "En adresse hører kun til den, der skal have besked, når borgeren ikke svarer. Skriv "
      + "adressen, eller lad den stå tom.",
    en: "An address belongs only to the one who is told when the citizen does not answer. Enter "
      + "the address or leave it out.")

  /// Calls that answer themselves are agreed on with a device and hours.
  public static let autoAnswerIsAgreedOnADevice = Refusal(
    "auto-answer-is-agreed-on-a-device", .invalid,
    da: "Samtykke til at svare automatisk gives til en bestemt skærm og bestemte tider. Skriv det "
      + "ind på borgerens skærm.",
    en: "Consent to answering calls automatically is given for one screen and certain hours. Enter "
      + "it with the citizen's screen.")

  /// Its last day is over.
  public static let consentAlreadyOver = Refusal(
    "consent-already-over", .invalid,
    da: "Samtykkets sidste dag er allerede gået. Vælg en senere dag.",
    en: "The consent's last day has already passed. Choose a later one.")

  // MARK: Retention

  /// No permitted period.
  public static func retentionOutOfRange(_ range: ClosedRange<Int>) -> Refusal {
    Refusal(
      "retention-out-of-range", .invalid,
      da: "Opbevaringsperioden skal være mellem \(range.lowerBound) og \(range.upperBound) dage. "
        + "Logge regnes fra den dag, de er skrevet.",
      en: "The retention period must be between \(range.lowerBound) and \(range.upperBound) days. "
        + "Logs count from the day they were written.")
  }
}

extension Refusal {
  // MARK: People and roles

  /// A role that only others may give.
  public static let administratorsMakeAdministrators = Refusal(
    "administrators-make-administrators", .forbidden,
    da: "En administrator oprettes og får adgang af en administrator. Send anmodningen videre.",
    en: "Administrators are created and given access by an administrator. Pass the request on.")

  /// The one named is no case worker.
  public static func notACaseWorker(name: String) -> Refusal {
    Refusal(
      "not-a-case-worker", .invalid,
      da: "\(name) er ikke oprettet som sagsbehandler. Vælg en sagsbehandler.",
      en: "\(name) is not registered as a case worker. Choose a case worker.")
  }
}
