import Store
import Visits

/// Whose calendars and citizens a caller may touch: their own, and those of the teams they are in.
struct TeamAccess: Sendable {
  let store: any BesoegStore

  /// Refuses whoever may not plan in this worker's calendar.
  func requirePlanning(_ caller: Caller, for worker: PersonID) async throws {
    guard try await mayPlan(caller, for: worker) else { throw Problem(.notAllowed) }
  }

  /// Whether the caller may plan in this worker's calendar.
  func mayPlan(_ caller: Caller, for worker: PersonID) async throws -> Bool {
    switch caller.role {
    case .operations: return true
    case .supportWorker, .teamLead:
      if worker == caller.id { return true }
      return try await store.colleagues(of: caller.id, tenant: caller.tenant).contains(worker)
    case .citizen, .caseWorker, .administrator: return false
    }
  }

  /// Refuses whoever has nothing to do with the citizen and gives no reason, and logs who looked. A
  /// citizen nobody has put in a team yet is everybody's. Of others than themselves citizens are not
  /// told that they exist.
  func requireAround(
    _ citizen: PersonID, _ caller: Caller, _ part: RecordPart = .visits
  ) async throws {
    guard caller.role != .citizen || caller.id == citizen else { throw Problem(.notFound) }
    try await store.access(part, of: citizen, by: caller)
  }

  /// The workers whose to-dos are the caller's too; nil for everybody's.
  func team(of caller: Caller) async throws -> Set<PersonID>? {
    if caller.role == .operations { return nil }
    return try await store.colleagues(of: caller.id, tenant: caller.tenant).union([caller.id])
  }
}
