import Store
import Visits

@testable import Service

extension Municipality {
  /// A further person with a device, as `Municipality`'s own have one.
  func add(_ id: String, _ role: Role, _ name: String, teams: [String] = []) async throws -> Person
  {
    let person = Person(
      id: PersonID(rawValue: id), tenant: tenant, role: role, displayName: name,
      createdAt: clock.now())
    try await store.addPerson(person, by: .system)
    try await addDevice("\(id)-device", of: person)
    try await join(person, teams)
    return person
  }

  /// Puts somebody in teams.
  func join(_ person: Person, _ teams: [String]) async throws {
    guard !teams.isEmpty else { return }
    try await store.setTeams(
      teams.map(TeamID.init(rawValue:)), of: person.id, tenant: tenant, by: .system,
      at: clock.now())
  }
}
