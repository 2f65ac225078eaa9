/// Names a question about passing something on.
public struct DisclosureID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Something about a citizen that somebody else would get: asked first, and passed on only after a
/// yes (C8: "spørge borgeren, om han vil have videregivet notater"). A no is kept as a yes is.
public struct Disclosure: Hashable, Sendable, Codable {
  /// What the citizen said.
  public struct Answer: Hashable, Sendable, Codable {
    /// Whether it was a yes.
    public var isYes: Bool
    /// How it was given.
    public var way: ConsentWay
    /// When.
    public var at: UTCMilliseconds
    /// Who recorded it: the citizen, or whoever heard it.
    public var recordedBy: PersonID
  }

  /// Where a question is in its life.
  public enum State: String, Codable, Sendable, Hashable, CaseIterable {
    /// Waits for the citizen.
    case asked
    /// The citizen said yes; it may be passed on.
    case agreed
    /// The citizen said no.
    case declined
    /// It has been passed on.
    case passedOn = "passed-on"
    /// The worker does not ask after all.
    case takenBack = "taken-back"
  }

  /// The id.
  public var id: DisclosureID
  /// The municipality.
  public var tenant: TenantID
  /// Who is asked.
  public var citizen: PersonID
  /// What would be passed on, in words the citizen reads.
  public var what: String
  /// To whom.
  public var recipient: String
  /// Why.
  public var reason: String
  /// Who asks.
  public var askedBy: PersonID
  /// When.
  public var askedAt: UTCMilliseconds
  /// What the citizen said; nil while they have not.
  public var answer: Answer?
  /// The consent that a yes became.
  public var consent: ConsentID?
  /// When it was passed on.
  public var passedOnAt: UTCMilliseconds?
  /// Who passed it on.
  public var passedOnBy: PersonID?
  /// When the question was taken back.
  public var takenBackAt: UTCMilliseconds?

  /// Where it is in its life.
  public var state: State {
    if takenBackAt != nil { return .takenBack }
    if passedOnAt != nil { return .passedOn }
    return switch answer?.isYes {
    case nil: .asked
    case true?: .agreed
    case false?: .declined
    }
  }

  /// When something was last said about it.
  public var changedAt: UTCMilliseconds {
    takenBackAt ?? passedOnAt ?? answer?.at ?? askedAt
  }

  /// What the consent that a yes becomes is for.
  public var purpose: String { "\(what). \(reason)" }
}

/// Asking before anything is passed on.
public struct DisclosureRules: Sendable {
  /// The longest of each text, in characters: it has to be read on a small screen, and its parts
  /// together are a consent's reason.
  public static let longestText = 140

  /// Rules.
  public init() {}

  /// A question to the citizen, or throws. What is asked already, or was said no to, is not asked
  /// again in the same words: a no holds.
  public func ask(
    _ id: DisclosureID, what: String, recipient: String, reason: String, citizen: PersonID,
    tenant: TenantID, known: [Disclosure], by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> Disclosure {
    let worker = try requireStaff(initiator)
    func checked(_ text: String) throws(Refusal) -> String {
      guard let text = try PersonalNumber.checked(text, longest: Self.longestText) else {
        throw .disclosureNeedsWords
      }
      return text
    }
    let disclosure = Disclosure(
      id: id, tenant: tenant, citizen: citizen, what: try checked(what),
      recipient: try checked(recipient), reason: try checked(reason), askedBy: worker,
      askedAt: now)
    for other in known where other.citizen == citizen && isSame(other, disclosure) {
      switch other.state {
      case .asked: throw .disclosureIsAsked
      case .declined: throw .disclosureWasDeclined
      case .agreed, .passedOn, .takenBack: continue
      }
    }
    return disclosure
  }

  /// The question answered by the citizen, or by who heard the answer. The same answer twice changes
  /// nothing; a yes is taken back in the register of consents.
  public func answer(
    _ disclosure: Disclosure, isYes: Bool, way: ConsentWay, by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> Disclosure {
    guard let recorder = initiator.person else { throw .consentNeedsAPerson }
    if initiator.role == .citizen {
      guard recorder == disclosure.citizen else { throw .notYourRecord }
    } else {
      _ = try requireStaff(initiator)
    }
    // On screen means the citizen's own finger.
    guard (way == .onScreen) == (recorder == disclosure.citizen) else {
      throw .consentWayDoesNotFit
    }
    guard disclosure.state == .asked else {
      if disclosure.answer?.isYes == isYes, disclosure.takenBackAt == nil { return disclosure }
      throw .disclosureIsAnswered
    }
    var answered = disclosure
    answered.answer = Disclosure.Answer(isYes: isYes, way: way, at: now, recordedBy: recorder)
    return answered
  }

  /// What was agreed to, passed on; a repeat changes nothing. Only a yes that still holds allows it.
  ///
  /// - Parameter consent: The consent that the yes became, as it is now.
  public func passOn(
    _ disclosure: Disclosure, under consent: Consent?, by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> Disclosure {
    let worker = try requireStaff(initiator)
    switch disclosure.state {
    case .passedOn: return disclosure
    case .asked: throw .disclosureNotAnswered
    case .declined: throw .disclosureWasDeclined
    case .takenBack: throw .disclosureIsAnswered
    case .agreed: break
    }
    guard let consent, consent.isValid(on: LocalDate(now)) else {
      throw .consentMissing(.disclosure)
    }
    var passedOn = disclosure
    passedOn.passedOnAt = now
    passedOn.passedOnBy = worker
    return passedOn
  }

  /// A question that nobody has answered, taken back; a repeat changes nothing.
  public func takeBack(
    _ disclosure: Disclosure, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> Disclosure {
    _ = try requireStaff(initiator)
    guard disclosure.takenBackAt == nil else { return disclosure }
    guard disclosure.state == .asked else { throw .disclosureIsAnswered }
    var back = disclosure
    back.takenBackAt = now
    return back
  }

  private func requireStaff(_ initiator: Initiator) throws(Refusal) -> PersonID {
    guard let person = initiator.person, let role = initiator.role,
      role.givesSupport || role == .caseWorker
    else { throw .consentNeedsAPerson }
    return person
  }

  private func isSame(_ a: Disclosure, _ b: Disclosure) -> Bool {
    a.what.lowercased() == b.what.lowercased()
      && a.recipient.lowercased() == b.recipient.lowercased()
  }
}

// What is said about passing something on.
extension Refusal {
  /// The question is empty in part.
  public static let disclosureNeedsWords = Refusal(
    "disclosure-needs-words", .invalid,
    da:
      "Skriv, hvad der gives videre, til hvem og hvorfor. Borgeren læser det, som du skriver det.",
    en: "Say what is passed on, to whom and why. The citizen reads it as you write it.")

  /// The citizen has the question already.
  public static let disclosureIsAsked = Refusal(
    "disclosure-is-asked", .conflict,
    da: "Borgeren er allerede spurgt om det. Vent på svaret.",
    en: "The citizen has been asked already. Wait for the answer.")

  /// The citizen has not answered.
  public static let disclosureNotAnswered = Refusal(
    "disclosure-not-answered", .conflict,
    da: "Borgeren har ikke svaret endnu. Giv intet videre, før der er sagt ja.",
    en: "The citizen has not answered yet. Pass nothing on before there is a yes.")

  /// The citizen said no.
  public static let disclosureWasDeclined = Refusal(
    "disclosure-was-declined", .conflict,
    da: "Borgeren har sagt nej til det, og det bliver ved nejet. Er noget ændret, så tal om det.",
    en: "The citizen has said no to this, and the no stands. Talk if something has changed.")

  /// It is over.
  public static let disclosureIsAnswered = Refusal(
    "disclosure-is-answered", .conflict,
    da: "Spørgsmålet er besvaret eller trukket tilbage. Et ja tages tilbage under samtykkerne.",
    en: "The question is answered or taken back. A yes is taken back among the consents.")
}
