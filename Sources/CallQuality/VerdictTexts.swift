// The module's one string catalogue: every sentence that CallQuality shows to a person, Danish
// first, English second. No other file of the module holds user-facing text.

extension VerdictCause {
  // MARK: Not held

  static let cancelled = VerdictCause(
    "cancelled", .user, nil,
    da: "Besøget blev aflyst.",
    en: "The visit was cancelled.")

  static let notAnswered = VerdictCause(
    "not-answered", .user, nil,
    da: "Opkaldet blev ikke besvaret.",
    en: "The call was not answered.")

  static let callerGaveUp = VerdictCause(
    "caller-gave-up", .user, nil,
    da: "Der blev lagt på, før borgeren svarede.",
    en: "The caller hung up before the citizen answered.")

  static let declined = VerdictCause(
    "declined", .user, nil,
    da: "Borgeren sagde nej til opkaldet.",
    en: "The citizen declined the call.")

  // MARK: Sound

  static let noSound = VerdictCause(
    "no-sound", .network, nil,
    da: "Der kom aldrig lyd igennem.",
    en: "No sound ever came through.")

  /// `wasSent`: the sound reached the relay, so the fault is on the way to the listener; otherwise
  /// it never left the speaker's device.
  static func oneWaySound(listener: VerdictInput.Party, wasSent: Bool) -> VerdictCause {
    VerdictCause(
      "one-way-sound", wasSent ? .network : .equipment, listener.participant,
      da: "Lyden gik kun den ene vej: \(listener.danish) kunne ikke høre den anden.",
      en: "Sound went only one way: \(listener.english) could not hear the other.")
  }

  static func lateSound(
    milliseconds: Int64, limit: Int64, listener: VerdictInput.Party?
  ) -> VerdictCause {
    VerdictCause(
      "late-sound", .network, listener?.participant,
      da: "Lyden kom først efter \(seconds(milliseconds, ",")) sekunder. "
        + "Den skal komme inden \(limit / 1000).",
      en: "Sound came only after \(seconds(milliseconds, ".")) seconds. "
        + "It should come within \(limit / 1000).")
  }

  // MARK: Holding

  static func didNotHold(milliseconds: Int64) -> VerdictCause {
    VerdictCause(
      "did-not-hold", .network, nil,
      da: "Samtalen holdt kun i \(seconds(milliseconds, ",")) sekunder.",
      en: "The conversation held for only \(seconds(milliseconds, ".")) seconds.")
  }

  static func recovered(_ party: VerdictInput.Party, milliseconds: Int64) -> VerdictCause {
    VerdictCause(
      "interrupted-recovered", .network, party.participant,
      da: "Forbindelsen til \(party.danish) var væk i \(seconds(milliseconds, ",")) sekunder og "
        + "kom igen af sig selv. Ingen skulle gøre noget, men lyden holdt ikke hele tiden.",
      en: "The connection to \(party.english) was lost for \(seconds(milliseconds, ".")) seconds "
        + "and came back by itself. Nobody had to do anything, but the sound did not hold.")
  }

  static func interrupted(_ party: VerdictInput.Party, milliseconds: Int64) -> VerdictCause {
    VerdictCause(
      "interrupted", .network, party.participant,
      da: "Forbindelsen til \(party.danish) var væk i \(seconds(milliseconds, ",")) sekunder.",
      en: "The connection to \(party.english) was lost for \(seconds(milliseconds, ".")) seconds.")
  }

  static func notResumed(_ party: VerdictInput.Party) -> VerdictCause {
    VerdictCause(
      "not-resumed", .network, party.participant,
      da: "Forbindelsen til \(party.danish) røg og kom ikke igen.",
      en: "The connection to \(party.english) was lost and did not come back.")
  }

  static func relayLost(milliseconds: Int64, healed: Bool) -> VerdictCause {
    VerdictCause(
      healed ? "relay-lost-recovered" : "relay-lost", .software, nil,
      da: "En del af serveren gik ned. Samtalen kom igen af sig selv efter "
        + "\(seconds(milliseconds, ",")) sekunder.",
      en: "A part of the server went down. The conversation came back by itself after "
        + "\(seconds(milliseconds, ".")) seconds.")
  }

  // MARK: Ringing and joining

  static func rungAgain(times: Int) -> VerdictCause {
    VerdictCause(
      "rung-again", .user, nil,
      da: "Der blev ringet op \(times) gange.",
      en: "The citizen was rung \(times) times.")
  }

  static func severalAttempts(_ party: VerdictInput.Party, attempt: Int) -> VerdictCause {
    VerdictCause(
      "several-attempts", .access, party.participant,
      da: "\(party.danishFirst) kom først ind i forsøg nummer \(attempt).",
      en: "\(party.englishFirst) got in only at attempt number \(attempt).")
  }

  static func rejoined(_ party: VerdictInput.Party) -> VerdictCause {
    VerdictCause(
      "rejoined", .user, party.participant,
      da: "\(party.danishFirst) måtte gå ind i besøget igen.",
      en: "\(party.englishFirst) had to enter the visit again.")
  }

  static func rejoinedByItself(_ party: VerdictInput.Party) -> VerdictCause {
    VerdictCause(
      "rejoined-by-itself", .network, party.participant,
      da: "Forbindelsen til \(party.danish) røg og kom igen af sig selv.",
      en: "The connection to \(party.english) was lost and came back by itself.")
  }

  static func deviceSwitched(_ party: VerdictInput.Party) -> VerdictCause {
    VerdictCause(
      "device-switched", .equipment, party.participant,
      da: "\(party.danishFirst) skiftede til en anden skærm.",
      en: "\(party.englishFirst) switched to another device.")
  }

  /// Seconds with one decimal, rounded to the nearest; a whole number without.
  private static func seconds(_ milliseconds: Int64, _ point: String) -> String {
    let tenths = (milliseconds + 50) / 100
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10)\(point)\(tenths % 10)"
  }
}

extension VerdictInput.Party {
  fileprivate var danish: String { isCitizen ? "borgeren" : "bostøttemedarbejderen" }
  fileprivate var danishFirst: String { isCitizen ? "Borgeren" : "Bostøttemedarbejderen" }
  fileprivate var english: String { isCitizen ? "the citizen" : "the support worker" }
  fileprivate var englishFirst: String { isCitizen ? "The citizen" : "The support worker" }
  private var isCitizen: Bool { role == "citizen" }
}
