// What is said about reminders.

extension Refusal {
  /// A reminder would come too early or too late.
  public static func reminderTimeOutOfRange(days: Int) -> Refusal {
    Refusal(
      "reminder-time-out-of-range", .invalid,
      da: "En påmindelse kan komme fra 5 minutter til \(days) dage før. Vælg en anden tid.",
      en: "A reminder can come from 5 minutes to \(days) days before. Choose another time.")
  }

  /// More reminders than help.
  public static func tooManyReminders(most: Int) -> Refusal {
    Refusal(
      "too-many-reminders", .invalid,
      da: "Vælg højst \(most) påmindelser før hvert besøg.",
      en: "Choose at most \(most) reminders before each visit.")
  }

  /// There is nowhere to send it.
  public static func reminderNeedsAddress(_ channel: ReminderChannel) -> Refusal {
    let (danish, english): (String, String) =
      switch channel {
      case .email: ("en e-mailadresse", "an e-mail address")
      case .sms: ("et telefonnummer", "a telephone number")
      case .webhook: ("en modtager", "a recipient")
      }
    return Refusal(
      "reminder-needs-address", .invalid,
      da: "Skriv \(danish), som påmindelsen kan sendes til.",
      en: "Enter \(english) that the reminder can be sent to.")
  }
}
