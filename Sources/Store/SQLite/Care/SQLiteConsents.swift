import GRDB
public import Visits

// Consents, the coping card, and goals of the journal.
extension SQLiteStore {
  /// A citizen's consents.
  public func consents(
    of citizen: PersonID, tenant: TenantID
  ) async throws(StoreError) -> [Consent] {
    try await read { db in
      try ConsentTable.consents(of: citizen, tenant: tenant, in: db)
        + ConsentTable.autoAnswers(of: citizen, tenant: tenant, in: db)
    }.sorted { ($0.givenAt, $0.id.rawValue) > ($1.givenAt, $1.id.rawValue) }
  }

  /// Records a consent.
  public func give(
    _ draft: ConsentDraft, of citizen: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> Consent {
    try await write { db in
      try CircleTable.requireCitizen(citizen, tenant: tenant, in: db)
      // It belongs to a device and to hours, and is kept with them.
      guard draft.kind != .autoAnswer else { throw Refusal.autoAnswerIsAgreedOnADevice }
      let consent = try ConsentRules().give(
        draft.kind, as: .random(), by: citizen, recipient: draft.recipient,
        contact: draft.contact, reason: draft.reason, way: draft.way,
        validThrough: draft.validThrough, recordedBy: initiator, at: now)
      try ConsentTable.write(consent, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(
          action: "consent.give", subject: citizen,
          detail: "\(consent.kind.rawValue) \(consent.id)"), tenant: tenant, by: initiator,
        at: now, in: db)
      return consent
    }
  }

  /// Takes a consent back.
  public func withdraw(
    _ id: ConsentID, of citizen: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> Consent {
    if let device = Consent.autoAnswerDevice(id) {
      guard let agreement = try await autoAnswer(of: device, tenant: tenant),
        agreement.citizen == citizen
      else { throw .notFound }
      try await withdrawAutoAnswer(of: device, tenant: tenant, by: initiator, at: now)
      let after = try await autoAnswer(of: device, tenant: tenant) ?? agreement
      return Consent(after)
    }
    return try await write { db in
      guard let known = try ConsentTable.find(id, tenant: tenant, in: db),
        known.citizen == citizen
      else { throw StoreError.notFound }
      let consent = try ConsentRules().withdraw(known, by: initiator, at: now)
      guard consent != known else { return known }
      try ConsentTable.write(consent, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(
          action: "consent.withdraw", subject: citizen,
          detail: "\(consent.kind.rawValue) \(consent.id)"), tenant: tenant, by: initiator,
        at: now, in: db)
      return consent
    }
  }

  /// A citizen's card.
  public func copingCard(
    of citizen: PersonID, tenant: TenantID
  ) async throws(StoreError) -> CopingCard? {
    try await read { try ConsentTable.card(of: citizen, tenant: tenant, in: $0) }
  }

  /// Writes the card.
  public func writeCard(
    _ points: [CardPoint], seen: Int?, of citizen: PersonID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> CopingCard {
    try await write { db in
      try CircleTable.requireCitizen(citizen, tenant: tenant, in: db)
      let card = try CopingCard(
        points, of: citizen, over: try ConsentTable.card(of: citizen, tenant: tenant, in: db),
        seen: seen, by: initiator, at: now)
      try db.execute(
        sql: """
          INSERT INTO copingCard (tenant, citizen, at, body) VALUES (?, ?, ?, ?)
          ON CONFLICT (tenant, citizen) DO UPDATE SET at = excluded.at, body = excluded.body
          """,
        arguments: [
          tenant.rawValue, citizen.rawValue, now.rawValue, try StoredJSON.text(card),
        ])
      try AuditTable.append(
        AuditDraft(action: "card.write", subject: citizen, detail: String(card.revision)),
        tenant: tenant, by: initiator, at: now, in: db)
      return card
    }
  }

  /// Takes goals in from the journal.
  public func takeGoals(
    _ exchange: GoalExchange, of citizen: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> [Goal] {
    try await write { db in
      try CircleTable.requireCitizen(citizen, tenant: tenant, in: db)
      let known = try NoteTable.goals(of: citizen, tenant: tenant, in: db)
      let changed = try GoalRules().taken(
        exchange, of: citizen, into: known, by: initiator, at: now, newID: { .random() })
      for goal in changed { try NoteTable.write(goal, tenant: tenant, in: db) }
      if !changed.isEmpty {
        try AuditTable.append(
          AuditDraft(action: "goal.import", subject: citizen, detail: String(changed.count)),
          tenant: tenant, by: initiator, at: now, in: db)
      }
      return try NoteTable.goals(of: citizen, tenant: tenant, in: db)
    }
  }
}

/// Rows of `consent` and `copingCard`, and agreements in `autoAnswer` as consents.
enum ConsentTable {
  static func find(_ id: ConsentID, tenant: TenantID, in db: Database) throws -> Consent? {
    try String.fetchOne(
      db, sql: "SELECT body FROM consent WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue]
    ).map { try StoredJSON.value($0, as: Consent.self) }
  }

  static func consents(of citizen: PersonID, tenant: TenantID, in db: Database) throws -> [Consent]
  {
    try String.fetchAll(
      db, sql: "SELECT body FROM consent WHERE tenant = ? AND citizen = ? ORDER BY givenAt, id",
      arguments: [tenant.rawValue, citizen.rawValue]
    ).map { try StoredJSON.value($0, as: Consent.self) }
  }

  static func autoAnswers(
    of citizen: PersonID, tenant: TenantID, in db: Database
  ) throws -> [Consent] {
    try Row.fetchAll(
      db, sql: "SELECT body FROM autoAnswer WHERE tenant = ? AND citizen = ?",
      arguments: [tenant.rawValue, citizen.rawValue]
    ).map { Consent(try $0.json("body", as: AutoAnswerAgreement.self)) }
  }

  static func write(_ consent: Consent, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO consent (tenant, id, citizen, givenAt, withdrawnAt, body)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET withdrawnAt = excluded.withdrawnAt,
          body = excluded.body
        """,
      arguments: [
        tenant.rawValue, consent.id.rawValue, consent.citizen.rawValue, consent.givenAt.rawValue,
        consent.withdrawnAt?.rawValue, try StoredJSON.text(consent),
      ])
  }

  static func card(of citizen: PersonID, tenant: TenantID, in db: Database) throws -> CopingCard? {
    try String.fetchOne(
      db, sql: "SELECT body FROM copingCard WHERE tenant = ? AND citizen = ?",
      arguments: [tenant.rawValue, citizen.rawValue]
    ).map { try StoredJSON.value($0, as: CopingCard.self) }
  }
}
