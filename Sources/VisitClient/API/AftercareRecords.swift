public import FoundationEssentials

/// What became of a visit.
public struct VisitOutcomeRecord: Codable, Sendable {
  /// What: `held-first-try`, `not-answered` …
  public var kind: String
  /// How long it took, in minutes.
  public var deliveredMinutes: Int
  /// Who called it off, where somebody did.
  public var cancelledBy: String?
  /// Why, where that was said.
  public var reason: String?
  /// What carried it.
  public var mediaMode: String
}

/// Something a citizen works towards.
public struct GoalRecord: Codable, Sendable {
  /// The goal's id.
  public var id: String
  /// The citizen's words.
  public var wording: String
  /// `active`, `met` or `stopped`.
  public var state: String
}

/// Something the service tells, in both languages.
public struct NoticeRecord: Codable, Sendable, Hashable {
  /// Danish.
  public var da: String
  /// English.
  public var en: String

  /// The text in a catalogue's language.
  public func text(in texts: Texts) -> String { texts.language == .danish ? da : en }
}

/// A note after a visit.
public struct NoteRecord: Codable, Sendable {
  /// How far a goal came.
  public struct Progress: Codable, Sendable {
    /// The goal's id.
    public var goal: String
    /// `back`, `same`, `forward` or `met`.
    public var step: String

    /// Progress.
    public init(goal: String, step: String) {
      self.goal = goal
      self.step = step
    }
  }

  /// When it was written.
  public var at: Date
  /// How the goals came on.
  public var progress: [Progress]
  /// What happens until next time.
  public var nextStep: String?
  /// Anything else.
  public var text: String?
  /// How long the visit took, in minutes; filled in.
  public var minutes: Int
  /// What the writer is asked then.
  public var notices: [NoticeRecord]?
}

/// A follow-up of a visit that was not answered.
public struct FollowUpRecord: Codable, Sendable {
  /// The visit.
  public var visit: String
  /// Who was not reached.
  public var citizen: PersonReference
  /// What is to be done: `try-again`, `phone`, `to-do` or `readiness`.
  public var step: String
  /// When the step is due.
  public var due: Date
  /// How it ended; nil while it goes on.
  public var ending: String?
  /// What is to be done.
  public var ask: NoticeRecord
}

/// What a person wants to be reminded of.
public struct ReminderPlanRecord: Codable, Sendable {
  /// One reminder before each visit.
  public struct Rule: Codable, Sendable {
    /// `email`, `sms` or `webhook`.
    public var channel: String
    /// How long before, in minutes.
    public var minutesBefore: Int

    /// A rule.
    public init(channel: String, minutesBefore: Int) {
      self.channel = channel
      self.minutesBefore = minutesBefore
    }
  }

  /// Hours without messages.
  public struct Quiet: Codable, Sendable {
    /// From, such as `21:00`.
    public var from: String
    /// Until.
    public var until: String
  }

  /// The e-mail address.
  public var email: String?
  /// The telephone number.
  public var sms: String?
  /// What the municipality's own gateway knows them by.
  public var webhook: String?
  /// Reminders before each visit.
  public var before: [Rule]?
  /// What tells of changes.
  public var notices: [String]?
  /// When not to disturb.
  public var quiet: Quiet?
  /// What tells a worker of a request to be called that nobody has taken; nil for nothing.
  public var unanswered: String?

  /// A plan.
  public init(
    email: String? = nil, sms: String? = nil, before: [Rule]? = nil, notices: [String]? = nil
  ) {
    self.email = email
    self.sms = sms
    self.before = before
    self.notices = notices
  }
}

/// A message about a coming visit that did not arrive, or may not have.
public struct TroubledMessageRecord: Codable, Sendable {
  /// The visit.
  public var visit: String
  /// Whom it was for.
  public var person: String
  /// `email`, `sms` or `webhook`.
  public var channel: String
}

/// One look at a citizen's record.
public struct AccessLineRecord: Codable, Sendable {
  /// The line's number.
  public var id: Int64
  /// When.
  public var at: Date
  /// Who, by id.
  public var reader: String
  /// Who; nil where they are deleted.
  public var readerName: String?
  /// In what role.
  public var role: Role
  /// At whose record, by id; nil for a list.
  public var citizen: String?
  /// What part.
  public var part: String
  /// What was done.
  public var action: String
  /// Why, where a reason was given.
  public var reason: String?
}
