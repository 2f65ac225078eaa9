// What a citizen in the drop-in queue is shown.

extension QueueTicket {
  /// What the citizen is shown: never nothing, and always what happens next.
  ///
  /// - Parameters:
  ///   - place: The citizen's place, while they wait.
  ///   - name: The name of who has taken them.
  public func status(place: QueuePlace?, name: String?) -> Notice {
    let who = name ?? ""
    switch state {
    case .waiting: return waitingStatus(place)
    case .claimed:
      return who.isEmpty
        ? Notice("queue-calling", da: "Vi ringer til dig nu.", en: "We are calling you now.")
        : Notice(
          "queue-calling", da: "\(who) ringer til dig nu.", en: "\(who) is calling you now.")
    case .talking:
      return Notice("queue-talking", da: "I taler sammen nu.", en: "You are talking now.")
    case .done: return Notice("queue-done", da: "Tak for snakken.", en: "Thank you for the talk.")
    case .left:
      return Notice(
        "queue-left", da: "Du er ude af køen. Du kan altid stille dig i kø igen.",
        en: "You have left the queue. You can always join it again.")
    case .handedOn:
      return Notice(
        "queue-handed-on",
        da: "Vi nåede dig ikke i dag. Vi har skrevet dig op og ringer til dig.",
        en: "We did not get to you today. We have put you on our list and will call you.")
    }
  }

  private func waitingStatus(_ place: QueuePlace?) -> Notice {
    guard let place else {
      return Notice(
        "queue-waiting", da: "Du er i køen. Vi ringer til dig.",
        en: "You are in the queue. We will call you.")
    }
    guard place.isBeforeClosing else {
      return Notice(
        "queue-later",
        da: """
          Du er nummer \(place.position) i køen. Der er mange i dag. Når vi dig ikke, \
          ringer vi til dig senere. Du skal ikke vente ved skærmen.
          """,
        en: """
          You are number \(place.position) in the queue. It is a busy day. If we do not get \
          to you, we will call you later. You need not wait at the screen.
          """)
    }
    guard place.expectedMinutes > 0 else {
      return Notice(
        "queue-next", da: "Du er den næste. Vi ringer til dig om lidt.",
        en: "You are next. We will call you in a moment.")
    }
    return Notice(
      "queue-place",
      da: """
        Du er nummer \(place.position) i køen. Vi ringer til dig om cirka \
        \(place.expectedMinutes) minutter. Du skal ikke vente ved skærmen.
        """,
      en: """
        You are number \(place.position) in the queue. We will call you in about \
        \(place.expectedMinutes) minutes. You need not wait at the screen.
        """)
  }
}
