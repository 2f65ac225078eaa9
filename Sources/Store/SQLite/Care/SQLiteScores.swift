import GRDB
public import Visits

extension SQLiteStore: CareStore {
  /// The municipality's scales.
  public func scales(tenant: TenantID) async throws(StoreError) -> [ScoreScale] {
    try await read { try ScoreTable.scales(tenant: tenant, in: $0) }
  }

  /// Adds or changes a scale.
  public func setScale(
    _ scale: ScoreScale, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> ScoreScale {
    try await write { db in
      let scale = try ScoreRules().checked(scale)
      if try ScoreTable.isAnswered(scale.id, tenant: tenant, in: db) {
        let known = try ScoreTable.scale(scale.id, tenant: tenant, in: db)
        // A curve of answers to two different questions would say nothing.
        guard known.items.map(\.id) == scale.items.map(\.id), known.lowest == scale.lowest,
          known.highest == scale.highest
        else { throw Refusal.scaleIsAnswered }
      }
      try ScoreTable.write(scale, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(action: "scale.set", detail: scale.id.rawValue), tenant: tenant,
        by: initiator, at: now, in: db)
      return scale
    }
  }

  /// What a citizen has answered.
  public func scores(
    of citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [ScaleScores] {
    try await read { db in
      let all = try Self.all(of: citizen, tenant: tenant, at: now, in: db)
      return all.scales.map(all.scores).filter { !$0.scale.isRetired || !$0.answers.isEmpty }
    }
  }

  /// The scales to be shown in a visit.
  public func scalesAsked(
    in visit: VisitID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [ScaleScores] {
    try await read { db in
      let visit = try VisitTable.visit(visit, tenant: tenant, in: db)
      // In a group nobody marks in front of the others.
      guard visit.form != .group else { return [] }
      let all = try Self.all(of: visit.citizenID, tenant: tenant, at: now, in: db)
      return all.scales.filter { scale in
        // What this visit has answered already can still be corrected in it.
        all.isAsked(scale)
          || all.answers.contains { $0.scale == scale.id && $0.visit == visit.id }
      }.map(all.scores)
    }
  }

  /// Writes an answer.
  public func answer(
    _ marks: [Int?], to id: ScoreScaleID, in visit: VisitID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> ScaleScores {
    try await write { db in
      let visit = try VisitTable.visit(visit, tenant: tenant, in: db)
      let scale = try ScoreTable.scale(id, tenant: tenant, in: db)
      let all = try Self.all(of: visit.citizenID, tenant: tenant, at: now, in: db)
      guard visit.form != .group, all.scores(scale).isOffered else {
        throw Refusal.scaleNotOffered
      }
      let answer = try ScoreRules().record(marks, on: scale, in: visit, by: initiator, at: now)
      try ScoreTable.write(answer, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(
          action: answer.isSkipped ? "scale.skip" : "scale.answer", subject: visit.citizenID,
          visit: visit.id, detail: id.rawValue), tenant: tenant, by: initiator, at: now, in: db)
      return try Self.all(of: visit.citizenID, tenant: tenant, at: now, in: db).scores(scale)
    }
  }

  /// Switches a scale on or off for a citizen.
  public func offer(
    _ isOffered: Bool, _ scale: ScoreScaleID, reason: String?, to citizen: PersonID,
    tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> ScaleScores {
    try await choose(
      isOffered ? "scale.on" : "scale.off", scale, for: citizen, tenant: tenant, by: initiator,
      at: now
    ) { choice in
      choice.isOffered = isOffered
      choice.reason = reason
    }
  }

  /// Somebody talked with the citizen about the curve.
  public func talked(
    about scale: ScoreScaleID, with citizen: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> ScaleScores {
    try await choose(
      "scale.talked", scale, for: citizen, tenant: tenant, by: initiator, at: now
    ) { choice in choice.talkedAt = now }
  }

  /// Scores of several citizens together.
  public func scoreReport(
    _ id: ScoreScaleID, team: TeamID?, tenant: TenantID
  ) async throws(StoreError) -> ScoreReport {
    try await read { db in
      let scale = try ScoreTable.scale(id, tenant: tenant, in: db)
      let members = try team.map { team in
        Set(
          try String.fetchAll(
            db, sql: "SELECT person FROM teamMember WHERE tenant = ? AND team = ?",
            arguments: [tenant.rawValue, team.rawValue]
          ).map(PersonID.init(rawValue:)))
      }
      return ScoreReport(
        scale, answers: try ScoreTable.answers(to: id, tenant: tenant, in: db), members: members)
    }
  }

  private func choose(
    _ action: String, _ id: ScoreScaleID, for citizen: PersonID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds,
    _ change: @escaping @Sendable (inout ScaleChoice) -> Void
  ) async throws(StoreError) -> ScaleScores {
    try await write { db in
      try CircleTable.requireCitizen(citizen, tenant: tenant, in: db)
      let scale = try ScoreTable.scale(id, tenant: tenant, in: db)
      var choice =
        try ScoreTable.choices(of: citizen, tenant: tenant, in: db).first { $0.scale == id }
        ?? ScaleChoice(scale: id, citizen: citizen)
      change(&choice)
      try ScoreTable.write(choice, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(action: action, subject: citizen, detail: id.rawValue), tenant: tenant,
        by: initiator, at: now, in: db)
      return try Self.all(of: citizen, tenant: tenant, at: now, in: db).scores(scale)
    }
  }

  private static func all(
    of citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds, in db: Database
  ) throws -> CitizenScores {
    try CitizenScores(
      of: citizen, scales: try ScoreTable.scales(tenant: tenant, in: db), tenant: tenant, at: now,
      in: db)
  }
}
