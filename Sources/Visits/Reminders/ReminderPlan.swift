/// One reminder that a person wants before each visit.
public struct ReminderRule: Hashable, Sendable, Codable {
  /// What carries it.
  public var channel: ReminderChannel
  /// How long before the visit, in minutes.
  public var minutesBefore: Int

  /// A rule.
  public init(channel: ReminderChannel, minutesBefore: Int) {
    self.channel = channel
    self.minutesBefore = minutesBefore
  }
}

/// Hours in which a person is left in peace.
public struct QuietHours: Hashable, Sendable, Codable {
  /// From.
  public var from: LocalTime
  /// Until; earlier than `from`, it is the next day's.
  public var until: LocalTime

  /// Hours.
  public init(from: LocalTime, until: LocalTime) {
    self.from = from
    self.until = until
  }

  /// Whether the clocks in Denmark show a time within them.
  public func contains(_ time: UTCMilliseconds) -> Bool {
    let local = LocalDateTime(time).time
    return from <= until ? from <= local && local < until : local >= from || local < until
  }

  /// The time itself, or the last moment before the quiet that it lies in.
  func notLater(than time: UTCMilliseconds) -> UTCMilliseconds {
    guard contains(time) else { return time }
    let local = LocalDateTime(time)
    let day = local.time >= from ? local.date : local.date.adding(days: -1)
    return min(time, LocalDateTime(day, from).utc.adding(minutes: -1))
  }

  /// The time itself, or the end of the quiet that it lies in.
  func notEarlier(than time: UTCMilliseconds) -> UTCMilliseconds {
    guard contains(time) else { return time }
    let local = LocalDateTime(time)
    let day = local.time < until ? local.date : local.date.adding(days: 1)
    return max(time, LocalDateTime(day, until).utc)
  }
}

/// What a person wants to be told, and how. A person without a plan is told nothing.
public struct ReminderPlan: Hashable, Sendable, Codable {
  /// Whose plan.
  public var person: PersonID
  /// Reminders before each visit.
  public var rules: [ReminderRule]
  /// What tells of moved, cancelled and delayed visits.
  public var notices: [ReminderChannel]
  /// When not to disturb.
  public var quiet: QuietHours?
  /// What tells a worker of a request to be called that nobody has taken (E2); nil where they do not
  /// want it. It comes in contact hours only, and then at once.
  public var unanswered: ReminderChannel?

  /// A plan.
  public init(
    person: PersonID, rules: [ReminderRule], notices: [ReminderChannel] = [],
    quiet: QuietHours? = nil, unanswered: ReminderChannel? = nil
  ) {
    self.person = person
    self.rules = rules
    self.notices = notices
    self.quiet = quiet
    self.unanswered = unanswered
  }

  /// How many reminders a person gets of one visit at most.
  public static let mostRules = 4
  /// How long before a visit a reminder comes, in minutes: from a quarter of an hour's notice down
  /// to the walk to the screen, up to a fortnight.
  public static let minutesBefore = 5...20_160

  /// What carries any message of the plan, and so needs an address.
  public var channels: Set<ReminderChannel> {
    Set(rules.map(\.channel)).union(notices).union(unanswered.map { [$0] } ?? [])
  }

  /// The plan without repeats, or why it cannot be followed by somebody of the role.
  public func checked(for role: Role) throws(Refusal) -> ReminderPlan {
    guard unanswered == nil || role.givesSupport else { throw .onlyStaffIsTold }
    var plan = self
    plan.rules = []
    for rule in rules where !plan.rules.contains(rule) {
      guard Self.minutesBefore.contains(rule.minutesBefore) else {
        throw .reminderTimeOutOfRange(days: Self.minutesBefore.upperBound / 1440)
      }
      plan.rules.append(rule)
    }
    guard plan.rules.count <= Self.mostRules else { throw .tooManyReminders(most: Self.mostRules) }
    plan.notices = ReminderChannel.allCases.filter(notices.contains)
    return plan
  }

  /// When the reminder of a visit at `start` is due: earlier than asked for rather than in the
  /// night.
  func due(_ rule: ReminderRule, start: UTCMilliseconds) -> UTCMilliseconds {
    let due = start.adding(minutes: -rule.minutesBefore)
    return quiet?.notLater(than: due) ?? due
  }
}
