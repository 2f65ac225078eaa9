import VisitClient

/// A small municipality to try things in: a team of two and the citizens they visit.
struct ExampleMunicipality: Sendable {
  /// Somebody, and a way in for them.
  struct Member: Sendable {
    var person: Person
    var grant: DeviceGrant
    var api: BesoegAPI

    /// The person as others see them.
    var reference: PersonReference {
      PersonReference(id: person.id, displayName: person.displayName)
    }
  }

  /// Who rings in the demo.
  let worker: Member
  /// Who answers.
  let citizen: Member
  /// The citizens besides.
  let others: [Person]
  /// How many people there are.
  let count: Int

  /// The cast. Names of nobody in particular; the first of each role plays in the demo.
  private static let cast: [(role: Role, name: String)] = [
    (.supportWorker, "Anne Holm"), (.citizen, "Karen Friis"), (.supportWorker, "Jonas Bak"),
    (.citizen, "Bo Lund"), (.citizen, "Mette Dahl"), (.citizen, "Ali Yilmaz"),
  ]

  /// Makes the people, and devices for the two who play.
  init(operations: BesoegAPI, server: String) async throws(ServiceError) {
    var members: [Role: Member] = [:]
    var others: [Person] = []
    for (role, name) in Self.cast {
      let person = try await operations.addPerson(role: role, displayName: name)
      guard members[role] == nil else {
        if role == .citizen { others.append(person) }
        continue
      }
      let grant = try await operations.addDevice(person: person.id, label: "demo")
      members[role] = Member(
        person: person, grant: grant, api: try BesoegAPI(server: server, token: grant.token))
    }
    guard let worker = members[.supportWorker], let citizen = members[.citizen] else {
      throw .malformedReply
    }
    self.worker = worker
    self.citizen = citizen
    self.others = others
    count = Self.cast.count
  }
}
