// What is said while a citizen gets started with screen visits, and about what is lent to them.

extension Refusal {
  /// A citizen says yes or no; offering is the team's.
  public static let answerIsYours = Refusal(
    "answer-is-yours", .forbidden,
    da: "Du kan sige ja tak, nej tak eller stop. Skriv til din bostøttemedarbejder om resten.",
    en: "You can say yes, no or stop. Write to your support worker about the rest.")

  /// Only who gives support writes it down.
  public static let offerIsTheTeams = Refusal(
    "offer-is-the-teams", .forbidden,
    da: "Det er borgerens eget team, der skriver det her ned. Bed en bostøttemedarbejder om det.",
    en: "The citizen's own team writes this down. Ask a support worker to do it.")

  /// The citizen has not been asked.
  public static let askFirst = Refusal(
    "ask-first", .conflict,
    da: "Spørg borgeren først, og skriv svaret ned. Derefter kan I øve jer sammen.",
    en: "Ask the citizen first and write the answer down. Then you can practise together.")

  /// The citizen said no.
  public static let screenIsUnwanted = Refusal(
    "screen-is-unwanted", .conflict,
    da:
      "Borgeren har sagt nej tak til skærmbesøg. Spørg igen en anden gang, hvis det giver mening.",
    en: "The citizen has said no to screen visits. Ask again another time if it makes sense.")

  /// A visit with a picture for one who said no to it.
  public static func saidNoToScreen(name: String) -> Refusal {
    Refusal(
      "said-no-to-screen", .conflict,
      da: """
        \(name) har sagt nej tak til skærmbesøg. Book et besøg hjemme eller en telefonsamtale, \
        eller spørg \(name) igen, og skriv svaret ned først.
        """,
      en: """
        \(name) has said no to screen visits. Book a visit in person or a telephone call, \
        or ask \(name) again and write the answer down first.
        """)
  }

  /// The work order is done or taken back.
  public static let orderIsClosed = Refusal(
    "order-is-closed", .conflict,
    da: "Opgaven er afsluttet. Lav en ny, hvis noget stadig driller.",
    en: "This order is closed. Make a new one if something still does not work.")

  /// Somebody else has it.
  public static let equipmentIsLent = Refusal(
    "equipment-is-lent", .conflict,
    da: "Udstyret er lånt ud til en anden. Skriv det hjem først.",
    en: "The equipment is lent to somebody else. Enter its return first.")

  /// It does not work.
  public static let equipmentIsFaulty = Refusal(
    "equipment-is-faulty", .conflict,
    da: "Udstyret virker ikke eller er væk. Vælg noget andet, eller skriv, at det er i orden igen.",
    en: "The equipment does not work or is lost. Choose another, or enter that it works again.")

  /// It was given up.
  public static let equipmentIsRetired = Refusal(
    "equipment-is-retired", .conflict,
    da: "Udstyret er taget ud af brug. Vælg noget andet.",
    en: "The equipment is out of use. Choose another.")

  /// A list is too long to be read.
  public static func tooManyEntries(most: Int) -> Refusal {
    Refusal(
      "too-many-entries", .invalid,
      da: "Der kan højst være \(most) punkter i en liste. Skriv de vigtigste.",
      en: "A list can hold at most \(most) entries. Write the most important ones.")
  }
}
