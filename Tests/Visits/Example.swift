import Visits

/// Karen, who is visited, Anne, who visits her, and what they do it with.
enum Example {
  static let tenant = TenantID(rawValue: "eksempel")
  static let screen = DeviceID(rawValue: "screen")
  static let start = UTCMilliseconds(rawValue: 1_795_000_000_000)
  static let visit = Visit(
    id: VisitID(rawValue: "v1"), tenant: tenant, citizenID: PersonID(rawValue: "karen"),
    workerID: PersonID(rawValue: "anne"), start: start, durationMinutes: 30)

  static let citizen = Initiator.person(visit.citizenID, role: .citizen, device: screen)
  static let worker = Initiator.person(visit.workerID, role: .supportWorker, device: nil)
  static let operations = Initiator.person(
    PersonID(rawValue: "drift"), role: .operations, device: nil)
  static let otherWorker = Initiator.person(
    PersonID(rawValue: "bo"), role: .supportWorker, device: nil)
  static let otherCitizen = Initiator.person(
    PersonID(rawValue: "ole"), role: .citizen, device: nil)

  static func person(_ id: String, _ role: Role, _ name: String) -> Person {
    Person(
      id: PersonID(rawValue: id), tenant: tenant, role: role, displayName: name, createdAt: start)
  }

  static func proposal(now: UTCMilliseconds = start, by initiator: Initiator = worker)
    -> BookingProposal
  {
    BookingProposal(
      visit: visit, citizen: person("karen", .citizen, "Karen"),
      worker: person("anne", .supportWorker, "Anne"), initiator: initiator, now: now)
  }

  /// Applies a command to a visit of Karen's and Anne's.
  static func apply(
    _ command: VisitCommand, to visit: Visit, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> VisitChange {
    try VisitRules().apply(
      command, to: visit, citizen: person("karen", .citizen, "Karen"),
      worker: person("anne", .supportWorker, "Anne"), by: initiator, at: now)
  }
}
