public import FoundationEssentials

/// A support worker's week, as the service tells it.
public struct WorkerWeek: Codable, Sendable {
  /// Time from when until when.
  public struct Span: Codable, Sendable {
    /// Whose.
    public var worker: String
    /// From.
    public var from: Date
    /// To.
    public var to: Date
    /// Why, where it is an absence.
    public var kind: String?
    /// The absence's id.
    public var id: String?
    /// To-dos that came of an absence.
    public var todos: Int?
  }

  /// Whose week.
  public var worker: String
  /// Its Monday, as ISO 8601 writes it.
  public var monday: String
  /// Minutes with citizens, booked and held.
  public var contactMinutes: Int
  /// The visits.
  public var visits: [Visit]
  /// When the worker is away.
  public var absences: [Span]
  /// Time that became free and nobody has taken.
  public var freed: [Span]
}

/// A team with its people.
public struct TeamRecord: Codable, Sendable {
  /// The id.
  public var id: String
  /// What it is called.
  public var name: String
  /// Workers and citizens.
  public var members: [Person]
}

/// A time at which a visit could be booked.
public struct SlotRecord: Codable, Sendable {
  /// Who would visit.
  public var worker: String
  /// When it would begin.
  public var start: Date
  /// When it would end.
  public var end: Date
}

/// How long a series' visits are on one day of the week.
public struct DayLengthRecord: Codable, Sendable, Hashable {
  /// The day as RFC 5545 writes it.
  public var day: String
  /// The length.
  public var minutes: Int

  /// A length.
  public init(day: String, minutes: Int) {
    self.day = day
    self.minutes = minutes
  }
}

/// A series to begin.
public struct NewSeries: Codable, Sendable {
  /// Who is visited.
  public var citizenId: String
  /// Who visits; nil means the caller.
  public var workerId: String?
  /// The room, where one is needed.
  public var room: String?
  /// How it is held.
  public var form: String?
  /// The first time: Danish local time such as `2026-11-24T10:00`.
  public var start: String
  /// How it repeats: the value of an RFC 5545 `RRULE`.
  public var rule: String?
  /// How long each visit is, in minutes.
  public var durationMinutes: Int
  /// Days on which they are longer or shorter; nil where they all are of one length.
  public var lengths: [DayLengthRecord]?
  /// Whether refused times are left out.
  public var skipRefused: Bool?

  /// A series.
  public init(
    citizenId: String, workerId: String?, room: String?, form: String?, start: String,
    rule: String?, durationMinutes: Int, lengths: [DayLengthRecord]? = nil, skipRefused: Bool?
  ) {
    self.citizenId = citizenId
    self.workerId = workerId
    self.room = room
    self.form = form
    self.start = start
    self.rule = rule
    self.durationMinutes = durationMinutes
    self.lengths = lengths
    self.skipRefused = skipRefused
  }
}

/// A series as the service tells it.
public struct SeriesRecord: Codable, Sendable {
  /// One of its visits.
  public struct Entry: Codable, Sendable {
    /// When.
    public var start: Date
    /// Where it has got to.
    public var state: VisitState
  }

  /// The id.
  public var id: String
  /// Who visits.
  public var worker: String?
  /// How it is held.
  public var form: String?
  /// The first time: Danish local time.
  public var start: String?
  /// How it repeats: the value of an RFC 5545 `RRULE`.
  public var rule: String?
  /// How long each visit is, in minutes.
  public var durationMinutes: Int?
  /// Days on which they are longer or shorter.
  public var lengths: [DayLengthRecord]?
  /// The visits laid.
  public var visits: [Entry]?
  /// What could not be laid.
  public var gaps: [GapRecord]?
}

/// An occurrence that could not be laid, and why.
public struct GapRecord: Codable, Sendable {
  /// Its series.
  public var series: String
  /// Whose it would have been, where it is told.
  public var citizen: String?
  /// The time the series gives it: Danish local time.
  public var original: String
  /// Why, in Danish.
  public var da: String
  /// Why, in English.
  public var en: String
}

/// A grant as the service tells it.
public struct GrantRecord: Codable, Sendable {
  /// What is granted.
  public struct Terms: Codable, Sendable {
    /// The forms.
    public var forms: [String]
    /// Minutes a week.
    public var weeklyMinutes: Int?
    /// Hours outside the ordinary ones: `evening`, `weekend`, `night`.
    public var hours: [String]?
  }
  /// Minutes a week in one form.
  public struct Share: Codable, Sendable {
    /// The form.
    public var form: String
    /// Minutes.
    public var minutes: Int
  }
  /// Terms with the day they hold from.
  public struct Dated: Codable, Sendable {
    /// The day.
    public var from: String
    /// The terms.
    public var terms: Terms
  }
  /// Terms that wait for a decision.
  public struct Waiting: Codable, Sendable {
    /// The terms.
    public var terms: Terms
    /// From when.
    public var from: String
    /// Why.
    public var reason: String
  }
  /// Something it asks for.
  public struct Task: Codable, Sendable {
    /// The day.
    public var due: String
    /// In Danish.
    public var da: String
    /// In English.
    public var en: String
  }
  /// A status that was written.
  public struct Status: Codable, Sendable {
    /// The milestone it answers: `status-1`, `status-2`.
    public var milestone: String
    /// What it says.
    public var text: String
    /// When.
    public var at: Date
  }
  /// A sentence.
  public struct Sentence: Codable, Sendable {
    /// In Danish.
    public var da: String
    /// In English.
    public var en: String
  }

  /// The id.
  public var id: String
  /// `82b` or `85`.
  public var basis: String
  /// The first day.
  public var start: String
  /// The last day there can be a visit.
  public var lastDay: String?
  /// The most visits.
  public var visitCap: Int?
  /// What is granted, by day.
  public var terms: [Dated]
  /// What the package makes of the week's minutes, the primary form first.
  public var mix: [Share]?
  /// What waits for a decision.
  public var proposal: Waiting?
  /// The statuses written so far.
  public var statuses: [Status]?
  /// How to appeal.
  public var appeal: Sentence
  /// What it asks for.
  public var tasks: [Task]?
}

/// A week's minutes.
public struct MinutesRecord: Codable, Sendable {
  /// The week's Monday.
  public var monday: String
  /// Granted, where the grant says how much.
  public var granted: Int?
  /// Booked.
  public var booked: Int
  /// Delivered.
  public var delivered: Int
}

/// A to-do: a visit whose worker is away.
public struct TodoRecord: Codable, Sendable {
  /// A colleague who could hold it.
  public struct Candidate: Codable, Sendable {
    /// The colleague.
    public var worker: String
    /// `backup`, `known` or `team`.
    public var reason: String
  }

  /// The absence.
  public var absence: String
  /// The visit.
  public var visit: Visit
  /// `open` or `proposed`.
  public var state: String
  /// Whether its time has come.
  public var isOverdue: Bool
  /// Who could hold it, best first.
  public var candidates: [Candidate]
}

/// A to-do: a visit with a picture whose citizen has said no to pictures since.
public struct ScreenTodo: Codable, Sendable {
  /// The visit.
  public var visit: Visit
  /// Whether its time has come.
  public var isOverdue: Bool
}

/// What somebody has to see to.
public struct TodoList: Codable, Sendable {
  /// Visits whose worker is away.
  public var todos: [TodoRecord]
  /// Visits with a picture whose citizen has said no to pictures since; nil from an older service.
  public var screens: [ScreenTodo]?
  /// Visits that could not be laid.
  public var gaps: [GapRecord]
}

/// One way of covering a citizen's need.
public struct RemedyRecord: Codable, Sendable {
  /// `substitute`, `move`, `phone` or `cancel`; after a no to pictures `physical`, `phone`, `audio`,
  /// `keep` or `cancel`.
  public var kind: String
  /// Who holds it instead.
  public var worker: String?
  /// When instead.
  public var start: Date?

  /// A remedy.
  public init(kind: String, worker: String? = nil, start: Date? = nil) {
    self.kind = kind
    self.worker = worker
    self.start = start
  }
}
