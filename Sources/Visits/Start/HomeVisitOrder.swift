/// Names a work order.
public struct HomeOrderID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Where a fault lies, as the projects sorted theirs (G7).
public enum FaultKind: String, Codable, Sendable, Hashable, CaseIterable {
  /// Udstyr.
  case equipment
  /// Software.
  case software
  /// Netdækning.
  case network
  /// Adgang: logging in, pairing.
  case access
  /// Somebody needs to be shown.
  case user
}

/// Somebody who knows about IT goes to the citizen with the worker ("en IT-kyndig medarbejder kan
/// tage med ud til borger", F6): made from a fault report, closed with what was found.
public struct HomeVisitOrder: Hashable, Sendable, Codable {
  /// Where it stands.
  public enum State: String, Codable, Sendable, Hashable, CaseIterable {
    /// Nobody has taken it.
    case open
    /// Somebody goes there on a day.
    case planned
    /// Done; the result says how.
    case done
    /// No longer needed.
    case cancelled
  }

  /// What came of it.
  public enum Result: String, Codable, Sendable, Hashable, CaseIterable {
    /// It works.
    case fixed
    /// It works with other equipment.
    case replaced
    /// It does not work yet: the order stays open for somebody else.
    case notFixed = "not-fixed"
  }

  /// The order's id.
  public var id: HomeOrderID
  /// The municipality.
  public var tenant: TenantID
  /// Who is gone to.
  public var citizen: PersonID
  /// Where the fault seems to lie.
  public var fault: FaultKind
  /// What does not work, in a few words.
  public var text: String
  /// The visit in which it did not work.
  public var visit: VisitID?
  /// What to bring.
  public var bring: [String]
  /// Who reported it.
  public var by: PersonID
  /// When.
  public var createdAt: UTCMilliseconds
  /// Where it stands.
  public var state: State
  /// Who goes.
  public var assignee: PersonID?
  /// When they go.
  public var plannedAt: UTCMilliseconds?
  /// What came of it the last time somebody went.
  public var result: Result?
  /// What was found and done.
  public var finding: String?
  /// When it was last changed.
  public var changedAt: UTCMilliseconds

  /// The longest text, in characters.
  public static let longestText = 500
  /// The most things to bring.
  public static let mostThings = 20

  /// A new order, or why there is none.
  public init(
    id: HomeOrderID, tenant: TenantID, citizen: PersonID, fault: FaultKind, text: String,
    visit: VisitID? = nil, bring: [String] = [], by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) {
    guard let text = try PersonalNumber.checked(text, longest: Self.longestText) else {
      throw .nothingWritten
    }
    var things: [String] = []
    for thing in bring.prefix(Self.mostThings) {
      if let thing = try PersonalNumber.checked(thing, longest: 100) { things.append(thing) }
    }
    self.id = id
    self.tenant = tenant
    self.citizen = citizen
    self.fault = fault
    self.text = text
    self.visit = visit
    self.bring = things
    by = try initiator.requireBooker()
    createdAt = now
    state = .open
    changedAt = now
  }

  /// Whether somebody is still to go.
  public var isOpen: Bool { state == .open || state == .planned }

  /// The order when somebody goes there at a time. Whoever plans may change both later.
  public func planned(
    for assignee: PersonID, at time: UTCMilliseconds, by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> HomeVisitOrder {
    _ = try initiator.requireBooker()
    guard isOpen else { throw .orderIsClosed }
    guard time > now else { throw .startsInThePast }
    var order = self
    order.state = .planned
    order.assignee = assignee
    order.plannedAt = time
    order.changedAt = now
    return order
  }

  /// The order after somebody was there. What does not work yet stays open: nobody is left with it.
  public func finished(
    _ result: Result, finding: String?, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> HomeVisitOrder {
    _ = try initiator.requireBooker()
    guard isOpen else { throw .orderIsClosed }
    var order = self
    order.result = result
    order.finding = try PersonalNumber.checked(finding, longest: Self.longestText)
    order.state = result == .notFixed ? .open : .done
    if result == .notFixed {
      order.assignee = nil
      order.plannedAt = nil
    }
    order.changedAt = now
    return order
  }

  /// The order taken back. A repeat changes nothing.
  public func cancelled(
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> HomeVisitOrder {
    _ = try initiator.requireBooker()
    if state == .cancelled { return self }
    guard isOpen else { throw .orderIsClosed }
    var order = self
    order.state = .cancelled
    order.changedAt = now
    return order
  }
}
