// What is said about drop-in advice and its queue.

extension Refusal {
  /// A text holds what looks like a CPR number.
  public static let personalNumber = Refusal(
    "personal-number", .invalid,
    da: "Skriv ikke CPR-nummer her. Slet de sidste fire cifre, og prøv igen.",
    en: "Do not write a CPR number here. Delete the last four digits and try again.")

  /// A note is needed and blank.
  public static let nothingWritten = Refusal(
    "nothing-written", .invalid,
    da: "Skriv med få ord, hvad det drejer sig om.",
    en: "Write in a few words what it is about.")

  /// The telephone number is none.
  public static let phoneInvalid = Refusal(
    "phone-invalid", .invalid,
    da: "Skriv et telefonnummer med tal, for eksempel 20 12 34 56.",
    en: "Enter a telephone number in digits, for example 20 12 34 56.")

  /// The service opens later.
  public static func dropInNotOpen(from opens: UTCMilliseconds) -> Refusal {
    let time = CopenhagenTime(opens)
    return Refusal(
      "drop-in-not-open", .conflict,
      da: """
        Rådgivningen åbner den \(time.day) kl. \(time.clock). \
        Kom igen der, eller bed os ringe til dig.
        """,
      en: """
        Advice opens on \(time.day) at \(time.clock). \
        Come back then, or ask us to ring you.
        """)
  }

  /// The service is closed.
  public static let dropInClosed = Refusal(
    "drop-in-closed", .conflict,
    da: "Rådgivningen er lukket på det tidspunkt. Bed os ringe til dig.",
    en: "Advice is closed at that time. Ask us to ring you.")

  /// The talks without a referral are used up.
  public static func talksUsed(limit: Int) -> Refusal {
    Refusal(
      "talks-used", .conflict,
      da: """
        Du har haft \(limit) samtaler uden bevilling, og det er det antal, vi kan tilbyde. \
        Du kan altid søge om støtte. Bed os ringe til dig, så hjælper vi.
        """,
      en: """
        You have had \(limit) talks without a grant, which is as many as we can offer. \
        You can always apply for support. Ask us to ring you and we will help.
        """)
  }

  /// The place in the queue is somebody else's.
  public static let notYourTicket = Refusal(
    "not-your-ticket", .forbidden,
    da: "Pladsen i køen er en andens. Stil dig selv i køen.",
    en: "This place in the queue is somebody else's. Join the queue yourself.")

  /// There is no such place.
  public static let noSuchTicket = Refusal(
    "no-such-ticket", .invalid,
    da: "Pladsen findes ikke i køen. Stil dig i køen igen.",
    en: "There is no such place in the queue. Join the queue again.")

  /// The worker is not serving the session.
  public static let notOnDuty = Refusal(
    "not-on-duty", .forbidden,
    da: "Det er kun værten, afløseren og den, der har vagten, der tager imod. Byt vagt først.",
    en: "Only the host, the backup and whoever is on duty take people in. Swap duty first.")

  /// A colleague has taken it.
  public static let takenByColleague = Refusal(
    "taken-by-colleague", .conflict,
    da: "En kollega har taget den. Tag den næste.",
    en: "A colleague has taken this one. Take the next.")

  /// Nobody has taken it, or the time for ringing ran out.
  public static let notClaimed = Refusal(
    "not-claimed", .conflict,
    da: "Du har ikke taget borgeren fra køen. Tag den næste i køen.",
    en: "You have not taken this citizen from the queue. Take the next in line.")

  /// The citizen is no longer in the queue.
  public static let ticketOver = Refusal(
    "ticket-over", .conflict,
    da: "Borgeren er ikke i køen længere. Tag den næste.",
    en: "The citizen is no longer in the queue. Take the next.")
}
