// What a citizen who has asked to be called is shown.

extension CallbackRequest {
  /// What the citizen is shown: never nothing, and always what happens next.
  ///
  /// - Parameters:
  ///   - name: The name of who has taken or seen it.
  ///   - hours: The team's contact hours from now on.
  ///   - emergencyNumber: The number that is answered at once, where there is one.
  public func status(
    name: String?, hours: TimeWindows, emergencyNumber: String?, at now: UTCMilliseconds
  ) -> Notice {
    switch state {
    case .done:
      return Notice(
        "callback-done", da: "I har talt sammen.", en: "You have talked.")
    case .withdrawn:
      return Notice(
        "callback-withdrawn",
        da: "Du har fortrudt. Du kan altid bede os ringe igen.",
        en: "You changed your mind. You can always ask us to call again.")
    case .claimed:
      let who = name ?? ""
      return who.isEmpty
        ? Notice(
          "callback-calling", da: "Vi ringer til dig nu.", en: "We are calling you now.")
        : Notice(
          "callback-calling", da: "\(who) ringer til dig nu.", en: "\(who) is calling you now.")
    case .waiting: break
    }
    var text = waitingStatus(name: name, hours: hours, at: now)
    let needsNumber = isUrgent || escalation == .lead || !ContactHours.contains(now, in: hours)
    if needsNumber, let emergencyNumber {
      text.danish += " Haster det, så ring på \(emergencyNumber)."
      text.english += " If it is urgent, ring \(emergencyNumber)."
    }
    return text
  }

  private func waitingStatus(
    name: String?, hours: TimeWindows, at now: UTCMilliseconds
  ) -> Notice {
    if attempts > 0 {
      return Notice(
        "callback-again",
        da: "Vi har ringet til dig. Vi prøver igen.",
        en: "We have called you. We will try again.")
    }
    if let name, let seenAt {
      let clock = CopenhagenTime(seenAt).clock
      return Notice(
        "callback-seen",
        da: "Set af \(name) kl. \(clock). Vi ringer til dig.",
        en: "Seen by \(name) at \(clock). We will call you.")
    }
    if !ContactHours.contains(now, in: hours),
      let opens = ContactHours.nextOpening(after: now, in: hours)
    {
      let time = CopenhagenTime(opens)
      return Notice(
        "callback-after-hours",
        da: "Vi ringer til dig, når vi åbner den \(time.day) kl. \(time.clock).",
        en: "We will call you when we open on \(time.day) at \(time.clock).")
    }
    return Notice(
      "callback-received",
      da: "Vi har fået din besked. Vi ringer til dig.",
      en: "We have your message. We will call you.")
  }
}
