// What is said about call-back requests.

extension Refusal {
  /// The request is somebody else's.
  public static let notYourCallback = Refusal(
    "not-your-callback", .forbidden,
    da: "Det er en anden, der har bedt om at blive ringet op. Bed selv om at blive ringet op.",
    en: "Somebody else asked to be called. Ask to be called yourself.")

  /// Citizens do not take requests.
  public static let onlyStaffCallsBack = Refusal(
    "only-staff-calls-back", .forbidden,
    da: "Det er en medarbejder, der ringer tilbage. Du skal ikke gøre noget.",
    en: "A worker calls back. You do not need to do anything.")

  /// A colleague was first.
  public static func callbackTaken(by name: String, at time: UTCMilliseconds) -> Refusal {
    let clock = CopenhagenTime(time).clock
    return Refusal(
      "callback-taken", .conflict,
      da: "\(name) tog den kl. \(clock) og ringer. Tag en anden.",
      en: "\(name) took this at \(clock) and is calling. Take another.")
  }

  /// Nobody has taken it, or the time for calling ran out.
  public static let callbackNotTaken = Refusal(
    "callback-not-taken", .conflict,
    da: "Du har ikke taget den, eller det er for længe siden. Tag den først.",
    en: "You have not taken this, or it was too long ago. Take it first.")

  /// They have talked, or the citizen does not want it any longer.
  public static let callbackClosed = Refusal(
    "callback-closed", .conflict,
    da: "Der er allerede talt med borgeren, eller borgeren har fortrudt. Tag en anden.",
    en: "The citizen has already been called, or has changed their mind. Take another.")
}
