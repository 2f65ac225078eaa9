/// A text in both languages.
public struct LocalText: Hashable, Sendable, Codable {
  /// Danish.
  public var da: String
  /// English.
  public var en: String

  /// A text.
  public init(_ danish: String, _ english: String) {
    da = danish
    en = english
  }
}

/// What a municipality has agreed about screen visits (F4, F5, F9) and what drop-in is about (C10).
/// Data: it is theirs to write.
public struct Guidance: Hashable, Sendable, Codable {
  /// Something a citizen can come to drop-in with.
  public struct Topic: Hashable, Sendable, Codable {
    /// The stable id, for example `letters`.
    public var id: String
    /// What citizens are shown.
    public var text: LocalText
    /// What support it belongs to; nil where it belongs to nobody's grant in particular.
    public var purpose: SupportPurpose?

    /// A topic.
    public init(id: String, text: LocalText, purpose: SupportPurpose? = nil) {
      self.id = id
      self.text = text
      self.purpose = purpose
    }
  }

  /// The local guideline, shown where a visit is booked; nil where there is none.
  public var guideline: LocalText?
  /// A few questions to ask oneself before choosing the screen.
  public var questions: [LocalText]
  /// Talks that are best held in person.
  public var physicalTalks: [LocalText]
  /// What citizens can choose between when they come to drop-in.
  public var topics: [Topic]
  /// The key workers: colleagues to ask ("nøglemedarbejdere", "teknologi-agenter").
  public var keyWorkers: [PersonID]

  /// What is suggested before a municipality has written its own.
  public init() {
    questions = [
      LocalText(
        "Vil borgeren selv? Et nej er et svar.",
        "Does the citizen want to? A no is an answer."),
      LocalText(
        "Har I prøvet det sammen, så det virker?",
        "Have you tried it together, so that it works?"),
      LocalText(
        "Kan borgeren tale uforstyrret der, hvor skærmen står?",
        "Can the citizen talk undisturbed where the screen is?"),
      LocalText(
        "Er du tryg ved ikke at se hele hjemmet og hele kroppen denne gang?",
        "Are you at ease with not seeing the whole home and the whole body this time?"),
      LocalText(
        "Er det en kort samtale om struktur, aftaler eller post? Så er skærmen ofte god.",
        "Is it a short talk about structure, appointments or letters? Then the screen is often good."
      ),
    ]
    physicalTalks = [
      LocalText(
        "De dybere samtaler, og de svære beskeder", "The deeper talks, and difficult news"),
      LocalText(
        "Første gang I ser hinanden", "The first time you meet"),
      LocalText(
        "Når du er bekymret og har brug for at se, hvordan borgeren har det",
        "When you are worried and need to see how the citizen is"),
      LocalText(
        "Motiverende samtaler, hvor små tegn betyder noget",
        "Motivational talks, where small signs matter"),
    ]
    topics = [
      Topic(
        id: "letters", text: LocalText("Post og e-Boks", "Letters and e-Boks"), purpose: .economy),
      Topic(
        id: "money", text: LocalText("Regninger og budget", "Bills and budget"), purpose: .economy),
      Topic(
        id: "everyday", text: LocalText("Hverdagen derhjemme", "Everyday life at home"),
        purpose: .everydayLife),
      Topic(
        id: "appointments",
        text: LocalText("Aftaler og kontakt til andre", "Appointments and contact with others"),
        purpose: .everydayLife),
      Topic(id: "other", text: LocalText("Noget andet", "Something else")),
    ]
    keyWorkers = []
  }

  private enum CodingKeys: String, CodingKey {
    case guideline, questions, physicalTalks, topics, keyWorkers
  }

  /// Reads what is there; what is left out is as suggested.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    guideline = try values.decodeIfPresent(LocalText.self, forKey: .guideline)
    questions = try values.decodeIfPresent([LocalText].self, forKey: .questions) ?? questions
    physicalTalks =
      try values.decodeIfPresent([LocalText].self, forKey: .physicalTalks) ?? physicalTalks
    topics = try values.decodeIfPresent([Topic].self, forKey: .topics) ?? topics
    keyWorkers = try values.decodeIfPresent([PersonID].self, forKey: .keyWorkers) ?? []
  }

  /// The most entries of a list, and the longest text in characters.
  public static let (most, longest) = (30, 2000)

  /// The guidance, or why it cannot be kept.
  public func checked() throws(Refusal) -> Guidance {
    let texts = [guideline].compactMap(\.self) + questions + physicalTalks + topics.map(\.text)
    for text in texts where max(text.da.count, text.en.count) > Self.longest {
      throw .noteTooLong(longest: Self.longest)
    }
    for count in [questions.count, physicalTalks.count, topics.count, keyWorkers.count]
    where count > Self.most { throw .tooManyEntries(most: Self.most) }
    return self
  }

  /// The topics for somebody whose grants are for `purposes`: those first, "something else" last and
  /// always there. Without a grant they are all offered alike.
  public func topics(for purposes: Set<SupportPurpose>) -> [Topic] {
    guard !purposes.isEmpty else { return topics }
    func fits(_ topic: Topic) -> Bool { topic.purpose.map(purposes.contains) ?? false }
    return topics.filter(fits) + topics.filter { $0.purpose == nil }
  }

  /// What to consider about one citizen before a screen visit is booked, from what is known. Advice:
  /// whoever knows the citizen decides.
  public func advice(start: ScreenStart?, primary: VisitForm?) -> [Notice] {
    var notices: [Notice] = []
    switch start?.trial.state {
    case .declined, .stopped: notices.append(.prefersWithoutScreen)
    case .accepted: break
    case .offered, .notOffered, nil: notices.append(.notAskedYet)
    }
    if let check = start?.checks.last {
      switch check.conclusion {
      case .ready: break
      case .soundOnly: notices.append(.soundOnlyThere)
      case .needsEquipment, .needsNetwork: notices.append(.somethingIsMissing)
      }
      if !check.isPrivate { notices.append(.notAloneThere) }
    }
    if start?.trial.state == .accepted, let step = start?.nextStep {
      notices.append(.practiceFirst(step))
    }
    if let primary { notices.append(.packageBeginsWith(primary)) }
    return notices
  }
}
