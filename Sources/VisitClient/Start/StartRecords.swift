public import FoundationEssentials

/// How a citizen gets started with screen visits.
public struct StartRecord: Codable, Sendable {
  /// One practice call.
  public struct Practice: Codable, Sendable {
    /// `together`, `apart` or `home`.
    public var step: String
    /// `worked`, `with-help` or `not-yet`.
    public var result: String
    /// What to think of the next time.
    public var note: String?
    /// When.
    public var at: Date
  }

  /// A look at equipment and network.
  public struct Check: Codable, Sendable {
    /// What the citizen would use.
    public var device: String
    /// How it reaches the internet.
    public var network: String
    /// What it comes to.
    public var conclusion: String
    /// When.
    public var at: Date
  }

  /// The last answer; nil before the citizen was asked.
  public var state: String?
  /// Practice calls so far.
  public var practices: [Practice]
  /// The step to practise next.
  public var nextStep: String?
  /// What there was to hold a visit with.
  public var checks: [Check]
  /// The day by which screen visits are to be tried.
  public var trialDue: String?
  /// What the citizen is told.
  public var status: NoticeRecord
}

/// What to consider before a screen visit is booked.
public struct AdviceRecord: Codable, Sendable {
  /// About this citizen.
  public var advice: [NoticeRecord]
  /// What the municipality has agreed.
  public var guideline: NoticeRecord?
  /// What to ask oneself.
  public var questions: [NoticeRecord]
  /// What is best done in person.
  public var physicalTalks: [NoticeRecord]
  /// Whom to ask.
  public var keyWorkers: [PersonName]

  /// Somebody's name.
  public struct PersonName: Codable, Sendable {
    /// The id.
    public var id: String
    /// The name.
    public var displayName: String
  }
}

/// A worker's citizens.
public struct RosterRecord: Codable, Sendable {
  /// One of them.
  public struct Line: Codable, Sendable {
    /// Who.
    public var citizen: AdviceRecord.PersonName
    /// Whether the worker is the known one.
    public var isPrimary: Bool
    /// When they meet next.
    public var next: Date?
    /// Minutes granted this week.
    public var grantedMinutes: Int?
    /// Minutes booked this week.
    public var bookedMinutes: Int
    /// The last answer about screen visits.
    public var screen: String?
    /// What waits to be done.
    public var needs: [NoticeRecord]
  }

  /// Of how many citizens she is the known worker.
  public var count: Int
  /// How many are enough.
  public var most: Int
  /// That there are too many.
  public var warning: NoticeRecord?
  /// Her citizens.
  public var citizens: [Line]
}

/// Somebody who asks for something now.
public struct IncomingRecord: Codable, Sendable {
  /// Where: `callback`, `drop-in` or `wish`.
  public var source: String
  /// Who.
  public var citizen: AdviceRecord.PersonName
  /// What it is about.
  public var about: String?
  /// Since when.
  public var since: Date
  /// Who has it.
  public var holder: AdviceRecord.PersonName?
  /// Why it stands where it stands.
  public var reason: NoticeRecord
}

/// Freed time with those whom it would suit.
public struct FreedRecord: Codable, Sendable {
  /// One who waits.
  public struct Waiting: Codable, Sendable {
    /// Who.
    public var citizen: AdviceRecord.PersonName
    /// How many minutes are wanted.
    public var minutes: Int
  }

  /// Whose time.
  public var worker: AdviceRecord.PersonName
  /// From.
  public var from: Date
  /// To.
  public var to: Date
  /// Who waits, longest first.
  public var waiting: [Waiting]
}

/// A parked topic.
public struct ParkedRecord: Codable, Sendable {
  /// The id.
  public var id: String
  /// Whose it is.
  public var citizen: String
  /// What it is.
  public var topic: String
  /// What to know about it.
  public var note: String?
  /// Who is to take it up.
  public var to: String
  /// Who has.
  public var takenBy: String?
}

/// A piece of equipment.
public struct EquipmentRecord: Codable, Sendable {
  /// The id.
  public var id: String
  /// What it is.
  public var kind: String
  /// What it is called.
  public var label: String
  /// How it fares.
  public var condition: String
  /// Who has it.
  public var holder: String?
  /// Whether somebody should try it.
  public var isCheckDue: Bool
}

/// An order to go to a citizen's home.
public struct HomeOrderRecord: Codable, Sendable {
  /// The id.
  public var id: String
  /// Whose home.
  public var citizen: String
  /// Where the fault seems to lie.
  public var fault: String
  /// What does not work.
  public var text: String
  /// What to bring.
  public var bring: [String]
  /// `open`, `planned`, `done` or `cancelled`.
  public var state: String
  /// When somebody goes.
  public var plannedAt: Date?
}

/// A visit to practise with.
public struct PracticeRecord: Codable, Sendable {
  /// The visit.
  public var visit: Visit
  /// The worker's token for it.
  public var token: String
  /// The citizen's page.
  public var page: String
}
