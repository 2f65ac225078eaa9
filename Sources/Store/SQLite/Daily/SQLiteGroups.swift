import GRDB
public import Visits

extension SQLiteStore: GroupStore {
  /// Makes a group.
  public func addGroup(
    _ group: Group, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      let group = try group.checked()
      try db.execute(
        sql: "INSERT INTO groupUnit (tenant, id, name, body) VALUES (?, ?, ?, ?)",
        arguments: [
          group.tenant.rawValue, group.id.rawValue, group.name, try JSONColumn.text(group),
        ])
      try AuditTable.append(
        AuditDraft(action: "group.create", detail: group.id.rawValue), tenant: group.tenant,
        by: initiator, at: now, in: db)
    }
  }

  /// Groups by name.
  public func groups(
    tenant: TenantID, isPlanner: Bool, at now: UTCMilliseconds
  ) async throws(StoreError) -> [GroupDetails] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT body FROM groupUnit WHERE tenant = ? ORDER BY name, id",
        arguments: [tenant.rawValue]
      ).map {
        try GroupTable.details(
          of: $0.json("body", as: Group.self), isPlanner: isPlanner, at: now, in: db)
      }
    }
  }

  /// A group.
  public func group(
    _ id: GroupID, tenant: TenantID, isPlanner: Bool, at now: UTCMilliseconds
  ) async throws(StoreError) -> GroupDetails {
    try await read { db in
      try GroupTable.details(
        of: GroupTable.group(id, tenant: tenant, in: db), isPlanner: isPlanner, at: now, in: db)
    }
  }

  /// Places a citizen.
  public func place(
    _ citizen: PersonID, age: Int?, in group: GroupID, tenant: TenantID, isPlanner: Bool,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> GroupDetails {
    let rules = rules
    return try await write { db in
      let group = try GroupTable.group(group, tenant: tenant, in: db)
      let person = try PeopleTable.person(citizen, tenant: tenant, in: db)
      guard person.role == .citizen else { throw Refusal.notACitizen(name: person.displayName) }
      try BookingChecks.requireGroupsAllowed(
        to: citizen, tenant: tenant, on: LocalDate(now), in: db)
      let placement = try GroupTable.placement(of: group, in: db)
      let member = try placement.place(
        citizen, age: age, isPlanner: isPlanner, by: initiator, at: now)
      if !placement.members.contains(member) {
        try db.execute(
          sql: "INSERT INTO groupMember (tenant, groupUnit, citizen, since) VALUES (?, ?, ?, ?)",
          arguments: [
            tenant.rawValue, group.id.rawValue, citizen.rawValue, member.since.rawValue,
          ])
        try AuditTable.append(
          AuditDraft(action: "group.place", subject: citizen, detail: group.id.rawValue),
          tenant: tenant, by: initiator, at: now, in: db)
        try GroupTable.fillMeetings(of: group, rules: rules, by: initiator, at: now, in: db)
      }
      return try GroupTable.details(of: group, isPlanner: isPlanner, at: now, in: db)
    }
  }

  /// Groups that would suit a citizen, best first.
  public func groupSuggestions(
    for citizen: PersonID, age: Int?, tags: Set<String>, teams: Set<TeamID>?, tenant: TenantID,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> [GroupDetails] {
    try await read { db in
      try BookingChecks.requireGroupsAllowed(
        to: citizen, tenant: tenant, on: LocalDate(now), in: db)
      let placements = try Row.fetchAll(
        db, sql: "SELECT body FROM groupUnit WHERE tenant = ? ORDER BY name, id",
        arguments: [tenant.rawValue]
      ).map { try $0.json("body", as: Group.self) }
        .filter { teams?.contains($0.team) ?? true }
        .map { try GroupTable.placement(of: $0, in: db) }
      return try GroupPlacement.suggestions(
        for: citizen, age: age, tags: tags, among: placements, at: now
      ).map { id in
        try GroupTable.details(
          of: GroupTable.group(id, tenant: tenant, in: db), isPlanner: false, at: now, in: db)
      }
    }
  }

  /// Ends a membership.
  public func leaveGroup(
    _ citizen: PersonID, _ group: GroupID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) {
    let rules = rules
    try await write { db in
      let group = try GroupTable.group(group, tenant: tenant, in: db)
      try db.execute(
        sql: """
          UPDATE groupMember SET until = ?
          WHERE tenant = ? AND groupUnit = ? AND citizen = ? AND until IS NULL
          """,
        arguments: [now.rawValue, tenant.rawValue, group.id.rawValue, citizen.rawValue])
      guard db.changesCount > 0 else { return }
      try AuditTable.append(
        AuditDraft(action: "group.leave", subject: citizen, detail: group.id.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
      try GroupTable.fillMeetings(of: group, rules: rules, by: initiator, at: now, in: db)
    }
  }

  /// Writes down that two are not to be placed together.
  public func keepApart(
    _ a: PersonID, _ b: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      guard let planner = initiator.person, let pair = KeepApart(a, b, by: planner, at: now) else {
        throw StoreError.notFound
      }
      for id in [a, b] {
        let person = try PeopleTable.person(id, tenant: tenant, in: db)
        guard person.role == .citizen else { throw Refusal.notACitizen(name: person.displayName) }
      }
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO keepApart (tenant, first, second, by, at) VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          tenant.rawValue, pair.first.rawValue, pair.second.rawValue, planner.rawValue,
          now.rawValue,
        ])
      try AuditTable.append(
        AuditDraft(action: "group.keep-apart"), tenant: tenant, by: initiator, at: now, in: db)
    }
  }
}
