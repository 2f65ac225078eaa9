/// Names a series of visits.
public struct SeriesID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names a room or a station that can be booked (B21).
public struct RoomID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names an opening profile.
public struct OpeningProfileID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names what a team offers with opening hours of its own. A municipality may add its own: two cafés
/// of one team are two services.
public struct ServiceID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Visits to one citizen, on screen, by phone or face to face.
  public static let visits = ServiceID(rawValue: "visits")
  /// Groups.
  public static let groups = ServiceID(rawValue: "groups")
  /// Drop-in advice (rådgivning, café).
  public static let dropIn = ServiceID(rawValue: "drop-in")
  /// Answering call-backs and messages (E23).
  public static let contact = ServiceID(rawValue: "contact")
  /// The emergency telephone (akuttelefon).
  public static let emergencyPhone = ServiceID(rawValue: "emergency-phone")

  /// The service whose hours a visit of this form is booked in.
  public init(form: VisitForm) {
    switch form {
    case .screen, .physical: self = .visits
    case .group: self = .groups
    case .dropIn: self = .dropIn
    }
  }
}
