public import Visits

/// A question about passing something on, on its way into the store.
public struct DisclosureDraft: Hashable, Sendable {
  /// What would be passed on.
  public var what: String
  /// To whom.
  public var recipient: String
  /// Why.
  public var reason: String

  /// A question.
  public init(what: String, recipient: String, reason: String) {
    self.what = what
    self.recipient = recipient
    self.reason = reason
  }
}

/// What can be done with a question about passing something on.
public enum DisclosureCommand: Hashable, Sendable {
  /// The citizen says yes or no.
  case answer(isYes: Bool, ConsentWay)
  /// It has been passed on.
  case passOn
  /// The worker does not ask after all.
  case takeBack

  /// The command's stable name, as the audit log has it.
  public var name: String {
    switch self {
    case .answer(let isYes, _): isYes ? "yes" : "no"
    case .passOn: "pass-on"
    case .takeBack: "take-back"
    }
  }
}

/// Makes the events that belong to a change of a question, inside its transaction.
public typealias DisclosureEventMaker = @Sendable (Disclosure, _ askedBy: Person) -> [EventDraft]

/// Asking citizens before anything about them is passed on (C8).
public protocol DisclosureStore: Sendable {
  /// A citizen's questions, the newest first, with who asked.
  func disclosures(
    of citizen: PersonID, tenant: TenantID
  ) async throws(StoreError) -> [(disclosure: Disclosure, askedBy: Person)]
  /// Asks, with a line in the audit log.
  func askToDisclose(
    _ draft: DisclosureDraft, of citizen: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping DisclosureEventMaker
  ) async throws(StoreError) -> (disclosure: Disclosure, askedBy: Person)
  /// Answers a question, takes it back, or records that it was passed on, with a line in the audit
  /// log. A yes is a consent in the register, written with it.
  func apply(
    _ command: DisclosureCommand, to id: DisclosureID, of citizen: PersonID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds, events: @escaping DisclosureEventMaker
  ) async throws(StoreError) -> (disclosure: Disclosure, askedBy: Person)
}
