import Store
import Visits

/// What a person wants to be told, as the API shows and takes it.
struct ReminderPlanDocument: Codable, Sendable {
  struct Rule: Codable, Sendable {
    var channel: String
    var minutesBefore: Int
  }

  struct Quiet: Codable, Sendable {
    var from: String
    var until: String
  }

  var email: String?
  var sms: String?
  var webhook: String?
  var before: [Rule]?
  var notices: [String]?
  var quiet: Quiet?
  /// What tells a worker of a request to be called that nobody has taken.
  var unanswered: String?

  init(_ reminders: PersonReminders) {
    email = reminders.addresses[.email]
    sms = reminders.addresses[.sms]
    webhook = reminders.addresses[.webhook]
    before = reminders.plan.rules.map {
      Rule(channel: $0.channel.rawValue, minutesBefore: $0.minutesBefore)
    }
    notices = reminders.plan.notices.map(\.rawValue)
    quiet = reminders.plan.quiet.map { Quiet(from: $0.from.text, until: $0.until.text) }
    unanswered = reminders.plan.unanswered?.rawValue
  }

  /// The plan, checked as far as its text goes.
  func reminders(of person: PersonID) throws -> PersonReminders {
    let rules = try (before ?? []).map {
      ReminderRule(
        channel: try RequestText.choice($0.channel, field: "before.channel"),
        minutesBefore: $0.minutesBefore)
    }
    let notices: [ReminderChannel] = try (notices ?? []).map {
      try RequestText.choice($0, field: "notices")
    }
    let quiet = try quiet.map {
      QuietHours(
        from: try Self.clock($0.from, "quiet.from"), until: try Self.clock($0.until, "quiet.until"))
    }
    var addresses: [ReminderChannel: String] = [:]
    addresses[.email] = email
    addresses[.sms] = sms
    addresses[.webhook] = webhook
    return PersonReminders(
      plan: ReminderPlan(
        person: person, rules: rules, notices: notices, quiet: quiet,
        unanswered: try unanswered.map { try RequestText.choice($0, field: "unanswered") }),
      addresses: addresses)
  }

  private static func clock(_ text: String, _ field: String) throws -> LocalTime {
    guard let time = LocalTime(text) else { throw Problem(.invalidTime, ["field": field]) }
    return time
  }
}

/// One message as the API shows it; never where it went.
struct MessageDocument: Encodable, Sendable {
  var key: String
  var visit: String
  var person: String
  var kind: ReminderKind
  var channel: ReminderChannel
  var dueAt: APITime
  var state: ReminderState
  var attempts: Int
  var sentAt: APITime?
  var deliveredAt: APITime?
  var failure: String?

  init(_ reminder: Reminder) {
    key = reminder.key.rawValue
    visit = reminder.visit.rawValue
    person = reminder.person.rawValue
    kind = reminder.kind
    channel = reminder.channel
    dueAt = APITime(reminder.dueAt)
    state = reminder.state
    attempts = reminder.attempts
    sentAt = reminder.sentAt.map { APITime($0) }
    deliveredAt = reminder.deliveredAt.map { APITime($0) }
    failure = reminder.failure
  }
}
