public import Visits

/// Who may receive an event.
public struct Audience: Hashable, Sendable {
  /// These people.
  public var people: Set<PersonID>
  /// Everybody of the municipality in these roles.
  public var roles: Set<Role>

  /// An audience.
  public init(people: Set<PersonID> = [], roles: Set<Role> = []) {
    self.people = people
    self.roles = roles
  }

  /// Whether someone belongs to it.
  public func includes(_ person: PersonID, role: Role) -> Bool {
    people.contains(person) || roles.contains(role)
  }
}

/// An event of the event stream that has not been given its id yet.
public struct EventDraft: Hashable, Sendable {
  /// The event's name: the `event:` field.
  public var name: String
  /// The event's JSON: the `data:` field. One line.
  public var payload: String
  /// Who may receive it.
  public var audience: Audience

  /// A draft.
  public init(name: String, payload: String, audience: Audience) {
    self.name = name
    self.payload = payload
    self.audience = audience
  }
}

/// A stored event.
public struct StoredEvent: Hashable, Sendable {
  /// The id: rises with every event of the installation, in the order they were committed.
  public var id: Int64
  /// The municipality.
  public var tenant: TenantID
  /// When it was stored.
  public var at: UTCMilliseconds
  /// The name.
  public var name: String
  /// The JSON.
  public var payload: String
  /// Who may receive it.
  public var audience: Audience

  /// A stored event.
  public init(
    id: Int64, tenant: TenantID, at: UTCMilliseconds, name: String, payload: String,
    audience: Audience
  ) {
    self.id = id
    self.tenant = tenant
    self.at = at
    self.name = name
    self.payload = payload
    self.audience = audience
  }
}
