import GRDB
public import Visits

extension SQLiteStore: DisclosureStore {
  /// A citizen's questions.
  public func disclosures(
    of citizen: PersonID, tenant: TenantID
  ) async throws(StoreError) -> [(disclosure: Disclosure, askedBy: Person)] {
    try await read { db in
      try DisclosureTable.all(of: citizen, tenant: tenant, in: db).map {
        ($0, try PeopleTable.person($0.askedBy, tenant: tenant, in: db))
      }
    }
  }

  /// Asks.
  public func askToDisclose(
    _ draft: DisclosureDraft, of citizen: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping DisclosureEventMaker
  ) async throws(StoreError) -> (disclosure: Disclosure, askedBy: Person) {
    try await writeDisclosure(events, by: initiator, at: now) { db in
      try CircleTable.requireCitizen(citizen, tenant: tenant, in: db)
      let disclosure = try DisclosureRules().ask(
        .random(), what: draft.what, recipient: draft.recipient, reason: draft.reason,
        citizen: citizen, tenant: tenant,
        known: try DisclosureTable.all(of: citizen, tenant: tenant, in: db), by: initiator,
        at: now)
      return (disclosure, "disclosure.ask")
    }
  }

  /// Answers, takes back, or records that it was passed on.
  public func apply(
    _ command: DisclosureCommand, to id: DisclosureID, of citizen: PersonID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds, events: @escaping DisclosureEventMaker
  ) async throws(StoreError) -> (disclosure: Disclosure, askedBy: Person) {
    try await writeDisclosure(events, by: initiator, at: now) { db in
      let found = try DisclosureTable.find(id, tenant: tenant, in: db)
      guard let before = found, before.citizen == citizen else { throw StoreError.notFound }
      let rules = DisclosureRules()
      var after: Disclosure
      switch command {
      case .answer(let isYes, let way):
        after = try rules.answer(before, isYes: isYes, way: way, by: initiator, at: now)
        if isYes, after != before {
          let consent = try ConsentRules().give(
            .disclosure, as: .random(), by: citizen, recipient: after.recipient,
            reason: after.purpose, way: way, recordedBy: initiator, at: now)
          try ConsentTable.write(consent, tenant: tenant, in: db)
          after.consent = consent.id
        }
      case .passOn:
        let consent = try before.consent.flatMap {
          try ConsentTable.find($0, tenant: tenant, in: db)
        }
        after = try rules.passOn(before, under: consent, by: initiator, at: now)
      case .takeBack: after = try rules.takeBack(before, by: initiator, at: now)
      }
      return after == before ? (before, nil) : (after, "disclosure.\(command.name)")
    }
  }

  /// Writes what `rule` makes, with what belongs to it; nothing where there is no action to name.
  private func writeDisclosure(
    _ events: @escaping DisclosureEventMaker, by initiator: Initiator, at now: UTCMilliseconds,
    _ rule: @escaping @Sendable (Database) throws -> (Disclosure, action: String?)
  ) async throws(StoreError) -> (disclosure: Disclosure, askedBy: Person) {
    let (disclosure, asker, hasEvents) = try await write { (db) -> (Disclosure, Person, Bool) in
      let (disclosure, action) = try rule(db)
      let tenant = disclosure.tenant
      let asker = try PeopleTable.person(disclosure.askedBy, tenant: tenant, in: db)
      guard let action else { return (disclosure, asker, false) }
      try DisclosureTable.put(disclosure, in: db)
      try AuditTable.append(
        AuditDraft(
          action: action, subject: disclosure.citizen, detail: disclosure.id.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
      let stored = try EventTable.append(
        events(disclosure, asker), tenant: tenant, at: now, in: db)
      return (disclosure, asker, !stored.isEmpty)
    }
    if hasEvents { signals.fire() }
    return (disclosure, asker)
  }
}

/// Rows of `disclosure`.
enum DisclosureTable {
  static func find(
    _ id: DisclosureID, tenant: TenantID, in db: Database
  ) throws -> Disclosure? {
    try Row.fetchOne(
      db, sql: "SELECT body FROM disclosure WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue]
    )?.body(as: Disclosure.self)
  }

  static func all(
    of citizen: PersonID, tenant: TenantID, in db: Database
  ) throws -> [Disclosure] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT body FROM disclosure WHERE tenant = ? AND citizen = ? ORDER BY changedAt DESC, id
        """, arguments: [tenant.rawValue, citizen.rawValue]
    ).map { try $0.body(as: Disclosure.self) }
  }

  static func put(_ disclosure: Disclosure, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO disclosure (tenant, id, citizen, changedAt, body) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET changedAt = excluded.changedAt,
          body = excluded.body
        """,
      arguments: [
        disclosure.tenant.rawValue, disclosure.id.rawValue, disclosure.citizen.rawValue,
        disclosure.changedAt.rawValue, try JSONColumn.text(disclosure),
      ])
  }
}
