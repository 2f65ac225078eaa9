import Hummingbird
import Store
import Visits

// Where a team's own begins: whose groups, queues and rotas somebody may act on, and whom they may
// write about. Reading for a reason is `access`; nothing here passes on a reason.
extension BesoegStore {
  /// Refuses whoever may not write about a citizen, and logs who did. One who is no citizen is refused
  /// by the rules, in better words.
  func requireWriting(
    about person: PersonID, _ part: RecordPart = .visits, by caller: Caller
  ) async throws {
    guard caller.role.isStaff, try await self.person(person, tenant: caller.tenant).role == .citizen
    else { return }
    try await access(part, .write, of: person, by: caller)
  }

  /// Whether a team's groups, queues and rota are the caller's as well: who runs the system keeps
  /// everybody's in order, and where a team has no workers everybody is one.
  func isServed(_ team: TeamID, by caller: Caller) async throws -> Bool {
    switch caller.role {
    case .operations: true
    case .supportWorker, .teamLead:
      try await serves(caller.id, team, tenant: caller.tenant)
    case .citizen, .caseWorker, .administrator: false
    }
  }

  /// Refuses whoever does not serve the team.
  func requireServing(_ team: TeamID, _ caller: Caller) async throws {
    guard try await isServed(team, by: caller) else { throw Problem(.notAllowed) }
  }

  /// Refuses whoever has nothing to do with the group's team.
  func requireServing(group id: GroupID, _ caller: Caller) async throws {
    let found = try await group(
      id, tenant: caller.tenant, isPlanner: false, at: caller.askedAt)
    guard try await isServed(found.group.team, by: caller) else {
      throw Problem(refusal: .notYourTeamsGroup)
    }
  }

  /// Refuses whoever neither leads the meeting nor is of its group's team.
  func requireServing(meeting id: GroupMeetingID, _ caller: Caller) async throws {
    let found = try await meeting(id, tenant: caller.tenant)
    if found.facilitator.id == caller.id { return }
    guard try await isServed(found.group.team, by: caller) else {
      throw Problem(refusal: .notYourTeamsGroup)
    }
  }

  /// The groups of the teams that the caller serves, with a line in the log of looks.
  func groups(
    of caller: Caller, at now: UTCMilliseconds
  ) async throws -> [GroupDetails] {
    let all = try await groups(tenant: caller.tenant, isPlanner: caller.isPlanner, at: now)
    var served: [TeamID: Bool] = [:]
    for team in Set(all.map(\.group.team)) {
      served[team] = try await isServed(team, by: caller)
    }
    try await logOwnList("groups", .visits, by: caller)
    return all.filter { served[$0.group.team] == true }
  }

  /// The team that something new belongs to: the one that is named, where the caller serves it; their
  /// own; everybody's where nobody keeps teams.
  func team(named name: String?, of caller: Caller) async throws -> TeamID {
    guard let name else {
      let own = try await teams(of: caller.id, tenant: caller.tenant)
      return own.first ?? .everybody
    }
    let team = TeamID(rawValue: name)
    try await requireServing(team, caller)
    return team
  }

  /// The visit in the path for who wants to change it: its people, and who may write about its
  /// citizen.
  func writable(
    _ context: ServiceContext, _ part: RecordPart = .visits
  ) async throws -> VisitDetails {
    let details = try await concerned(context)
    let caller = try context.requireCaller()
    if !details.visit.participants.contains(caller.id) {
      try await requireWriting(about: details.citizen.id, part, by: caller)
    }
    return details
  }

  /// Logs that somebody has to do with a citizen whom a queue or a call-back led to them. The call goes
  /// on though the log cannot be written: it is in the audit log already.
  func logLook(at citizen: PersonID, _ part: RecordPart, by caller: Caller) async throws {
    do throws(StoreError) {
      try await access(
        AccessRequest(citizen, part, reason: caller.reason), tenant: caller.tenant,
        by: caller.initiator, at: caller.askedAt)
    } catch {
      guard error.isTemporary else { throw error }
    }
  }
}
