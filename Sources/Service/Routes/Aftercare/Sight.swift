import Store
import Visits

/// Of whom a caller may read names and words in a list that holds several people's.
///
/// Who runs the system sees how many there are and since when, never who and never why. Who gives
/// support sees her own and her team's; of others that they are there.
struct Sight: Sendable {
  private let known: Set<PersonID>

  /// Nobody's names.
  static let nobody = Sight(known: [])

  /// The names of these citizens.
  init(known: Set<PersonID>) { self.known = known }

  /// Whether the caller may read a citizen's name and words.
  func covers(_ citizen: PersonID) -> Bool { known.contains(citizen) }

  /// The same, and these citizens too.
  func with(_ citizens: some Sequence<PersonID>) -> Sight { Sight(known: known.union(citizens)) }

  /// A person as the caller may know them. Who works there is no secret.
  func name(_ person: Person) -> PersonName {
    person.role.isStaff || covers(person.id)
      ? PersonName(person) : PersonName(withoutName: person)
  }

  /// What a citizen wrote, or what was written about them.
  func words(_ text: String?, of citizen: PersonID) -> String? { covers(citizen) ? text : nil }

  /// A sentence of the system's that may name a citizen.
  func sentence(_ text: String, about citizen: Person) -> String {
    covers(citizen.id)
      ? text
      : text.replacing(citizen.displayName, with: PersonName(withoutName: citizen).displayName)
  }
}

extension BesoegStore {
  /// Of whom the caller may read names and words in a list.
  func sight(of caller: Caller) async throws -> Sight {
    switch caller.role {
    case .citizen: return Sight(known: [caller.id])
    case .operations, .administrator: return .nobody
    case .supportWorker, .teamLead, .caseWorker:
      let around = try await people(
        around: caller.initiator, tenant: caller.tenant, role: .citizen, at: caller.askedAt)
      return Sight(known: Set(around.map(\.id)))
    }
  }
}
