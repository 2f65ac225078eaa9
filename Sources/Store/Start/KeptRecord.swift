public import Visits

/// The kinds of records that are kept whole; the raw values name their tables.
public enum RecordKind: String, Sendable, Hashable, CaseIterable {
  /// How a citizen gets started with screen visits.
  case screenStart
  /// A piece of equipment.
  case equipment
  /// A work order to go to a citizen's home.
  case homeVisitOrder
  /// A topic parked for somebody else.
  case parkedTopic
  /// A wish to be seen sooner.
  case waitingWish
}

/// A value that is read and written whole, found by its id, by the person it is about, and by
/// whether it is open.
public protocol KeptRecord: Codable, Hashable, Sendable {
  /// Its kind.
  static var kind: RecordKind { get }
  /// Its id within the municipality and kind.
  var recordID: String { get }
  /// The municipality.
  var tenant: TenantID { get }
  /// Whom it is about; nil where it is about nobody.
  var person: PersonID? { get }
  /// Whether somebody is still to do something about it.
  var isOpen: Bool { get }
  /// When it was last changed.
  var recordChangedAt: UTCMilliseconds { get }
}

extension ScreenStart: KeptRecord {
  /// Its kind.
  public static var kind: RecordKind { .screenStart }
  /// The citizen's: there is one each.
  public var recordID: String { citizen.rawValue }
  /// Whose start it is.
  public var person: PersonID? { citizen }
  /// Until the citizen is on their own, or does not want to.
  public var isOpen: Bool { !isUnwanted && nextStep != nil }
  /// When it was last changed.
  public var recordChangedAt: UTCMilliseconds { changedAt ?? UTCMilliseconds(rawValue: 0) }
}

extension Equipment: KeptRecord {
  /// Its kind.
  public static var kind: RecordKind { .equipment }
  /// Its own.
  public var recordID: String { id.rawValue }
  /// Who has it.
  public var person: PersonID? { holder }
  /// Whether it is in use.
  public var isOpen: Bool { retiredAt == nil }
  /// When it was last changed.
  public var recordChangedAt: UTCMilliseconds { changedAt }
}

extension HomeVisitOrder: KeptRecord {
  /// Its kind.
  public static var kind: RecordKind { .homeVisitOrder }
  /// Its own.
  public var recordID: String { id.rawValue }
  /// Who is gone to.
  public var person: PersonID? { citizen }
  /// When it was last changed.
  public var recordChangedAt: UTCMilliseconds { changedAt }
}

extension ParkedTopic: KeptRecord {
  /// Its kind.
  public static var kind: RecordKind { .parkedTopic }
  /// Its own.
  public var recordID: String { id.rawValue }
  /// Who brought it up.
  public var person: PersonID? { citizen }
  /// When it was last changed.
  public var recordChangedAt: UTCMilliseconds { closedAt ?? at }
}

/// A wish to be seen sooner, with the municipality it was made in.
public struct KeptWish: KeptRecord {
  /// The municipality.
  public var tenant: TenantID
  /// The wish.
  public var wish: WaitingWish

  /// A wish to keep.
  public init(tenant: TenantID, wish: WaitingWish) {
    self.tenant = tenant
    self.wish = wish
  }

  /// Its kind.
  public static var kind: RecordKind { .waitingWish }
  /// The citizen's: there is one each.
  public var recordID: String { wish.citizen.rawValue }
  /// Who waits.
  public var person: PersonID? { wish.citizen }
  /// Always: a wish that came true is taken away.
  public var isOpen: Bool { true }
  /// When its time is over; that is when it may go.
  public var recordChangedAt: UTCMilliseconds { wish.window.end }
}
