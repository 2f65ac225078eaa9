import Visits

/// Who is asking, as their token proved and the store confirmed.
struct Caller: Sendable, Equatable {
  /// The person.
  var person: Person
  /// The device that the token was given to.
  var device: DeviceID
  /// When the token expires.
  var expiresAt: UTCMilliseconds

  /// The person's id.
  var id: PersonID { person.id }
  /// The municipality.
  var tenant: TenantID { person.tenant }
  /// What the person may do.
  var role: Role { person.role }

  /// The caller as the domain's rules know them.
  var initiator: Initiator { .person(id, role: role, device: device) }

  /// Refuses callers of any other role.
  func require(_ roles: Role...) throws {
    guard roles.contains(role) else { throw Problem(.notAllowed) }
  }

  /// Whether the caller may know of the visit at all. Support workers see their own only; sharing
  /// citizens within a team is a rule of booking that comes later.
  func maySee(_ visit: Visit) -> Bool {
    visit.tenant == tenant && (role == .operations || visit.participants.contains(id))
  }
}
