import Visits

/// Who is asking, as their token proved and the store confirmed.
struct Caller: Sendable, Equatable {
  /// The person.
  var person: Person
  /// The device that the token was given to.
  var device: DeviceID
  /// When the token expires.
  var expiresAt: UTCMilliseconds
  /// Why the caller wants to see what is not their team's, where they say so.
  var reason: String?
  /// When they asked.
  var askedAt: UTCMilliseconds

  /// The person's id.
  var id: PersonID { person.id }
  /// The municipality.
  var tenant: TenantID { person.tenant }
  /// What the person may do.
  var role: Role { person.role }

  /// The caller as the domain's rules know them.
  var initiator: Initiator { .person(id, role: role, device: device) }

  /// A caller who asks at `now`.
  init(
    person: Person, device: DeviceID, expiresAt: UTCMilliseconds, reason: String? = nil,
    askedAt now: UTCMilliseconds
  ) {
    self.person = person
    self.device = device
    self.expiresAt = expiresAt
    self.reason = reason
    self.askedAt = now
  }

  /// Refuses callers of any other role.
  func require(_ roles: Role...) throws {
    guard roles.contains(role) else { throw Problem(.notAllowed) }
  }

  /// Refuses letting people of a role in where that is others' to do.
  func checkLetsIn(_ role: Role) throws {
    do throws(Refusal) {
      try RoleRules().checkLetsIn(role, by: self.role)
    } catch {
      throw Problem(refusal: error)
    }
  }
}
