// The module's one string catalogue: every sentence that Visits shows to a person, Danish first,
// English second. No other file of the module holds user-facing text.

extension Refusal {
  // MARK: Who may do what

  /// The visit is between other people.
  public static let notYourVisit = Refusal(
    "not-your-visit", .forbidden,
    da: "Besøget er mellem andre end dig.",
    en: "This visit is between other people.")

  /// Only the visit's support worker rings.
  public static let onlyWorkerRings = Refusal(
    "only-worker-rings", .forbidden,
    da: "Det er bostøttemedarbejderen, der ringer op. Du skal ikke gøre noget.",
    en: "The support worker is the one who rings. You do not need to do anything.")

  /// Only the visit's citizen answers and declines.
  public static let onlyCitizenAnswers = Refusal(
    "only-citizen-answers", .forbidden,
    da: "Det er borgeren, der svarer på opkaldet.",
    en: "The citizen is the one who answers the call.")

  /// Citizens do not book, move or cancel here.
  public static let onlyStaffBooks = Refusal(
    "only-staff-books", .forbidden,
    da: "Aftal tidspunktet med din bostøttemedarbejder, som skriver det ind.",
    en: "Agree on the time with your support worker, who will enter it.")

  /// Those who run the system never enter a room.
  public static let operationsStayOutside = Refusal(
    "operations-stay-outside", .forbidden,
    da: "Driften deltager ikke i besøg.",
    en: "Operations do not take part in visits.")

  // MARK: What can be booked

  /// The name is empty, too long or holds control characters.
  public static func nameInvalid(longest: Int) -> Refusal {
    Refusal(
      "name-invalid", .invalid,
      da: "Skriv et navn på højst \(longest) tegn.",
      en: "Enter a name of at most \(longest) characters.")
  }

  /// The start is over.
  public static let startsInThePast = Refusal(
    "starts-in-the-past", .invalid,
    da: "Tidspunktet er allerede gået. Vælg et senere tidspunkt.",
    en: "That time has already passed. Choose a later time.")

  /// The start is further ahead than anybody plans.
  public static func startsTooFarAhead(days: Int) -> Refusal {
    Refusal(
      "starts-too-far-ahead", .invalid,
      da: "Et besøg kan højst bookes \(days) dage frem.",
      en: "A visit can be booked at most \(days) days ahead.")
  }

  /// The length is outside what a visit can take.
  public static func durationOutOfRange(_ range: ClosedRange<Int>) -> Refusal {
    Refusal(
      "duration-out-of-range", .invalid,
      da: "Et besøg varer mellem \(range.lowerBound) og \(range.upperBound) minutter.",
      en: "A visit takes between \(range.lowerBound) and \(range.upperBound) minutes.")
  }

  /// A reason or note is too long.
  public static func noteTooLong(longest: Int) -> Refusal {
    Refusal(
      "note-too-long", .invalid,
      da: "Begrundelsen må højst være på \(longest) tegn.",
      en: "The reason may be at most \(longest) characters.")
  }

  /// The form cannot be booked in this release.
  public static let formNotOffered = Refusal(
    "form-not-offered", .invalid,
    da: "Den form for besøg kan ikke bookes her. Vælg skærmbesøg eller fysisk besøg.",
    en: "That form of visit cannot be booked here. Choose a screen visit or a physical visit.")

  /// The one to be visited is no citizen.
  public static func notACitizen(name: String) -> Refusal {
    Refusal(
      "not-a-citizen", .invalid,
      da: "\(name) er ikke oprettet som borger. Vælg en borger.",
      en: "\(name) is not registered as a citizen. Choose a citizen.")
  }

  /// The one to visit is no support worker.
  public static func notASupportWorker(name: String) -> Refusal {
    Refusal(
      "not-a-support-worker", .invalid,
      da: "\(name) er ikke oprettet som bostøttemedarbejder. Vælg en bostøttemedarbejder.",
      en: "\(name) is not registered as a support worker. Choose a support worker.")
  }

  /// Somebody already has a visit then. Says when, never with whom.
  public static func doubleBooked(
    name: String, from start: UTCMilliseconds, to end: UTCMilliseconds
  ) -> Refusal {
    let day = CopenhagenTime(start).day
    let from = CopenhagenTime(start).clock
    let to = CopenhagenTime(end).clock
    return Refusal(
      "double-booked", .conflict,
      da: "\(name) har allerede et besøg den \(day) kl. \(from)–\(to). Vælg et andet tidspunkt.",
      en: "\(name) already has a visit on \(day) at \(from)–\(to). Choose another time.")
  }

  // MARK: What a visit's state allows

  /// The visit is over.
  public static let visitOver = Refusal(
    "visit-over", .conflict,
    da: "Besøget er slut. Book et nyt besøg for at tale sammen igen.",
    en: "The visit is over. Book a new visit to talk again.")

  /// The visit was called off.
  public static let visitCancelled = Refusal(
    "visit-cancelled", .conflict,
    da: "Besøget er aflyst. Book et nyt besøg.",
    en: "The visit has been cancelled. Book a new visit.")

  /// The visit is going on.
  public static let visitInProgress = Refusal(
    "visit-in-progress", .conflict,
    da: "Besøget er i gang. Læg på først.",
    en: "The visit is in progress. Hang up first.")

  /// Nothing has begun that could end.
  public static let notInProgress = Refusal(
    "not-in-progress", .conflict,
    da: "Besøget er ikke i gang.",
    en: "The visit is not in progress.")

  /// Nothing rings.
  public static let notRinging = Refusal(
    "not-ringing", .conflict,
    da: "Der bliver ikke ringet lige nu. Din bostøttemedarbejder ringer til dig.",
    en: "Nobody is ringing right now. Your support worker will ring you.")

  /// The ring is over.
  public static let ringOver = Refusal(
    "ring-over", .conflict,
    da: "Opkaldet er stoppet. Din bostøttemedarbejder kan ringe til dig igen.",
    en: "The call has stopped. Your support worker can ring you again.")

  /// Another of the citizen's devices took the call.
  public static let answeredElsewhere = Refusal(
    "answered-elsewhere", .conflict,
    da: "Opkaldet er taget på en anden skærm.",
    en: "The call was answered on another device.")

  /// The citizen is in no call yet.
  public static let notBegun = Refusal(
    "not-begun", .conflict,
    da: "Besøget er ikke begyndt. Din bostøttemedarbejder ringer til dig, når det er tid.",
    en: "The visit has not begun. Your support worker will ring you when it is time.")

  /// The citizen must answer first.
  public static let answerFirst = Refusal(
    "answer-first", .conflict,
    da: "Svar på opkaldet først.",
    en: "Answer the call first.")

  /// A physical visit has nothing to ring.
  public static let physicalVisit = Refusal(
    "physical-visit", .conflict,
    da: "Besøget er aftalt som et fysisk besøg og kan ikke ringes op.",
    en: "This is a physical visit and cannot be rung.")

  /// A telephone visit is rung by telephone.
  public static let phoneVisit = Refusal(
    "phone-visit", .conflict,
    da: "Besøget er aftalt som telefonopkald. Ring til borgeren på telefonen.",
    en: "This visit is a telephone call. Ring the citizen by telephone.")
}
