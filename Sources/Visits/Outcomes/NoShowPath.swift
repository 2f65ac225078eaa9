/// Where the follow-up of an unanswered visit is (H1).
public enum NoShowStep: String, Codable, Sendable, Hashable, CaseIterable {
  /// Ring once more in a few minutes.
  case tryAgain = "try-again"
  /// Try the telephone.
  case phone
  /// A to-do of the support worker's, until somebody has been in touch.
  case toDo = "to-do"
  /// Write down what the citizen is ready for at present, after several in a row.
  case readiness
}

/// A way of getting in touch.
public enum ContactWay: String, Codable, Sendable, Hashable, CaseIterable {
  /// Ringing the screen.
  case ring
  /// The telephone.
  case phone
  /// A written message.
  case message
  /// Going there.
  case inPerson
}

/// One attempt at getting in touch.
public struct ContactTry: Hashable, Sendable, Codable {
  /// How.
  public var way: ContactWay
  /// Whether the citizen was reached.
  public var reached: Bool
  /// By whom.
  public var by: PersonID?
  /// When.
  public var at: UTCMilliseconds

  /// An attempt.
  public init(way: ContactWay, reached: Bool, by: PersonID?, at: UTCMilliseconds) {
    self.way = way
    self.reached = reached
    self.by = by
    self.at = at
  }
}

/// What a citizen is ready for at present ("vurdering af borgerens parathed", H1).
public struct ReadinessNote: Hashable, Sendable, Codable {
  /// What contact fits now.
  public enum Level: String, Codable, Sendable, Hashable, CaseIterable {
    /// As agreed.
    case asAgreed
    /// Shorter or less often for a time.
    case smallerSteps
    /// Sound only, or the telephone.
    case withoutPicture
    /// Face to face.
    case inPerson
    /// Keep in touch without asking for anything.
    case keepInTouch
  }

  /// What fits.
  public var level: Level
  /// In words.
  public var text: String
  /// Who wrote it.
  public var by: PersonID?
  /// When.
  public var at: UTCMilliseconds

  /// A note.
  public init(level: Level, text: String, by: PersonID?, at: UTCMilliseconds) {
    self.level = level
    self.text = text
    self.by = by
    self.at = at
  }
}

/// The follow-up of a visit that was not answered.
///
/// It ends with the citizen having been reached, or with a new visit agreed on; never by itself, and
/// never by dropping anything: what is booked stays booked (H2: "blev ved med at opsøge mig, når jeg
/// ikke svarede").
public struct NoShowPath: Hashable, Sendable, Codable {
  /// How it ended.
  public enum Ending: String, Codable, Sendable, Hashable, CaseIterable {
    /// The citizen was reached.
    case reached
    /// A new visit is agreed on.
    case agreed
    /// The citizen wants no more support for now; the way back is open (F3, A12).
    case citizensWish
  }

  /// The visit.
  public var visit: VisitID
  /// Who was not reached.
  public var citizen: PersonID
  /// Whose follow-up it is.
  public var worker: PersonID
  /// What became of the ring, where known.
  public var cause: NotAnsweredCause?
  /// How many visits in a row now were not answered, this one included.
  public var inARow: Int
  /// When it began.
  public var openedAt: UTCMilliseconds
  /// Where it is.
  public var step: NoShowStep
  /// When the step is due.
  public var due: UTCMilliseconds
  /// The attempts so far.
  public var tries: [ContactTry]
  /// What the citizen is ready for, once written.
  public var readiness: ReadinessNote?
  /// Since when the team lead has it as well, because the to-do lay too long.
  public var escalatedAt: UTCMilliseconds?
  /// How it ended; nil while it goes on.
  public var ending: Ending?
  /// When it ended.
  public var endedAt: UTCMilliseconds?

  /// A follow-up.
  public init(
    visit: VisitID, citizen: PersonID, worker: PersonID, cause: NotAnsweredCause? = nil,
    inARow: Int, openedAt: UTCMilliseconds,
    step: NoShowStep, due: UTCMilliseconds, tries: [ContactTry] = [],
    readiness: ReadinessNote? = nil, escalatedAt: UTCMilliseconds? = nil, ending: Ending? = nil,
    endedAt: UTCMilliseconds? = nil
  ) {
    self.visit = visit
    self.citizen = citizen
    self.worker = worker
    self.cause = cause
    self.inARow = inARow
    self.openedAt = openedAt
    self.step = step
    self.due = due
    self.tries = tries
    self.readiness = readiness
    self.escalatedAt = escalatedAt
    self.ending = ending
    self.endedAt = endedAt
  }

  /// Whether it goes on.
  public var isOpen: Bool { ending == nil }

  /// Whether the citizen has been reached since.
  public var wasReached: Bool { tries.contains(where: \.reached) }
}

/// What can be done in a follow-up.
public enum NoShowCommand: Hashable, Sendable {
  /// An attempt at getting in touch was made.
  case tried(ContactWay, reached: Bool)
  /// What the citizen is ready for is written down.
  case writeReadiness(ReadinessNote.Level, text: String)
  /// Somebody else follows up.
  case handOver(to: PersonID)
  /// It is done.
  case close(NoShowPath.Ending)
}

/// How patient the follow-up is.
public struct NoShowPolicy: Hashable, Sendable, Codable {
  /// Minutes before ringing once more.
  public var retryAfterMinutes = 5
  /// How many more rings before the telephone.
  public var retries = 2
  /// Minutes for the telephone before it becomes a to-do.
  public var phoneMinutes = 15
  /// Minutes until the to-do is due: the same working day or the next.
  public var toDoMinutes = 24 * 60
  /// Minutes after that until the team lead has it as well.
  public var escalateAfterMinutes = 24 * 60
  /// From how many in a row a readiness note is asked for.
  public var readinessAfter = 3

  /// The default policy.
  public init() {}
}
