public import Visits

/// What people want to be reminded of, and every message on its way to them.
///
/// Messages about a visit are made in the transaction that changes it, by `VisitStore`.
public protocol ReminderStore: Sendable {
  /// What a person wants to be told and where; nil where nothing was ever said.
  func reminders(of person: PersonID, tenant: TenantID) async throws(StoreError) -> PersonReminders?
  /// Sets it, and makes the messages about the person's coming visits fit, with a line in the audit
  /// log. `.refused` where the plan cannot be followed.
  func setReminders(
    _ reminders: PersonReminders, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError)

  /// Every message about a visit, in the order they are due.
  func messages(about visit: VisitID, tenant: TenantID) async throws(StoreError) -> [Reminder]
  /// Messages that failed, or may have, about visits that are still to come; of one worker's
  /// visits, or of all.
  func troubledMessages(
    tenant: TenantID, worker: PersonID?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [Reminder]

  /// Takes up at most `limit` messages of all municipalities that are due, for this sender alone.
  /// Those whose last sender was not heard from again are put back first, or given up as uncertain.
  func takeDueMessages(
    at now: UTCMilliseconds, limit: Int
  ) async throws(StoreError) -> [DueMessage]
  /// Writes what became of a message; returns it as it is then, or nil where the news changes
  /// nothing: the sender no longer has it, or its visit was changed meanwhile.
  @discardableResult
  func tell(
    _ news: MessageNews, of key: ReminderKey, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> Reminder?
  /// When the next message needs a look; nil when none does.
  func nextMessageWake() async throws(StoreError) -> UTCMilliseconds?
}

/// What a person wants to be told, and where it reaches them.
public struct PersonReminders: Hashable, Sendable {
  /// What and when.
  public var plan: ReminderPlan
  /// Where, by channel: an e-mail address, a telephone number, or what a municipality's own gateway
  /// knows them by.
  public var addresses: [ReminderChannel: String]

  /// What and where.
  public init(plan: ReminderPlan, addresses: [ReminderChannel: String] = [:]) {
    self.plan = plan
    self.addresses = addresses
  }
}

/// A message to be sent now.
public struct DueMessage: Hashable, Sendable {
  /// The message, in state `sending`; its `attempts` names this try.
  public var reminder: Reminder
  /// Where to.
  public var address: String

  /// A message.
  public init(reminder: Reminder, address: String) {
    self.reminder = reminder
    self.address = address
  }
}

/// What a sender, or a gateway, has to say about a message.
public enum MessageNews: Hashable, Sendable {
  /// It is about to leave: the step after this cannot be taken back.
  case handOver(attempt: Int)
  /// It was taken.
  case accepted(attempt: Int, reference: String?)
  /// It was not, for certain.
  case refused(attempt: Int, failure: String, isFinal: Bool)
  /// It reached the person, or did not.
  case reported(delivered: Bool, failure: String?)
}
