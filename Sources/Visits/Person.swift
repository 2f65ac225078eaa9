/// What a person is to the municipality, and so what they may do.
public enum Role: String, Codable, Sendable, Hashable, CaseIterable {
  /// Receives support (borger).
  case citizen
  /// Gives it (bostøttemedarbejder).
  case supportWorker
  /// Leads a team of support workers, and visits citizens herself where she has any (teamleder).
  case teamLead
  /// Decides what is granted (sagsbehandler, myndighed). Follows up, books nothing.
  case caseWorker
  /// Runs the system: creates people, books for others, reads figures. Never enters a room.
  case operations
  /// Sets it up: teams, opening hours, roles, retention. Answers a citizen's request to see
  /// everything about them.
  case administrator

  /// Whether visits can be booked with the person as the one who visits.
  public var givesSupport: Bool { self == .supportWorker || self == .teamLead }

  /// Whether the person works for the municipality.
  public var isStaff: Bool { self != .citizen }
}

/// Someone known to a municipality.
///
/// Deliberately little: no CPR number, address or diagnosis is needed to ring somebody.
public struct Person: Hashable, Sendable, Codable {
  /// The person's id.
  public var id: PersonID
  /// The municipality.
  public var tenant: TenantID
  /// What the person is.
  public var role: Role
  /// The name shown to those they visit.
  public var displayName: String
  /// When the person was created.
  public var createdAt: UTCMilliseconds

  /// The longest display name in characters.
  public static let longestName = 100

  /// A person.
  public init(
    id: PersonID, tenant: TenantID, role: Role, displayName: String, createdAt: UTCMilliseconds
  ) {
    self.id = id
    self.tenant = tenant
    self.role = role
    self.displayName = displayName
    self.createdAt = createdAt
  }

  /// The name without surrounding blanks, or the reason it cannot be used.
  public static func checkedName(_ name: String) throws(Refusal) -> String {
    let trimmed = trimmingBlanks(name)
    guard !trimmed.isEmpty, trimmed.count <= longestName,
      !trimmed.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw .nameInvalid(longest: longestName) }
    return trimmed
  }
}

/// A device that a person has been given access on: a browser, a kiosk, a worker's computer.
public struct Device: Hashable, Sendable, Codable {
  /// The device's id; the `dev` claim of its token.
  public var id: DeviceID
  /// The municipality.
  public var tenant: TenantID
  /// Whose it is.
  public var person: PersonID
  /// What people call it ("Karens skærm").
  public var label: String
  /// When access was given.
  public var createdAt: UTCMilliseconds
  /// When access was taken back; nil while it lasts.
  public var revokedAt: UTCMilliseconds?

  /// A device.
  public init(
    id: DeviceID, tenant: TenantID, person: PersonID, label: String, createdAt: UTCMilliseconds,
    revokedAt: UTCMilliseconds? = nil
  ) {
    self.id = id
    self.tenant = tenant
    self.person = person
    self.label = label
    self.createdAt = createdAt
    self.revokedAt = revokedAt
  }
}

/// Who wants something done.
public enum Initiator: Hashable, Sendable {
  /// A person, on a device where one is known.
  case person(PersonID, role: Role, device: DeviceID?)
  /// The system itself: a timer, or a relay's report.
  case system

  /// The person; nil for the system.
  public var person: PersonID? {
    if case .person(let id, _, _) = self { id } else { nil }
  }

  /// The person's role; nil for the system.
  public var role: Role? {
    if case .person(_, let role, _) = self { role } else { nil }
  }

  /// The device; nil for the system and where none is known.
  public var device: DeviceID? {
    if case .person(_, _, let device) = self { device } else { nil }
  }
}

/// `text` without leading and trailing white space.
func trimmingBlanks(_ text: String) -> String {
  var slice = text[...]
  while slice.first?.isWhitespace == true { slice.removeFirst() }
  while slice.last?.isWhitespace == true { slice.removeLast() }
  return String(slice)
}
