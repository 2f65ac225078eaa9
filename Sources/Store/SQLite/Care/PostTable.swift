import GRDB
import Visits

/// Rows of `post` and `journalChoice`.
enum PostTable {
  static func post(_ key: PostKey, tenant: TenantID, in db: Database) throws -> Post {
    let body = try String.fetchOne(
      db, sql: "SELECT body FROM post WHERE tenant = ? AND \"key\" = ?",
      arguments: [tenant.rawValue, key.rawValue])
    guard let body else { throw StoreError.notFound }
    return try StoredJSON.value(body, as: Post.self)
  }

  static func posts(of citizen: PersonID, tenant: TenantID, in db: Database) throws -> [Post] {
    try String.fetchAll(
      db, sql: "SELECT body FROM post WHERE tenant = ? AND citizen = ? ORDER BY at, \"key\"",
      arguments: [tenant.rawValue, citizen.rawValue]
    ).map { try StoredJSON.value($0, as: Post.self) }
  }

  /// Messages that have not arrived, oldest first.
  static func open(tenant: TenantID, in db: Database) throws -> [Post] {
    try String.fetchAll(
      db,
      sql: """
        SELECT body FROM post WHERE tenant = ?
          AND state IN ('pending', 'sending', 'handed-over', 'failed', 'uncertain') ORDER BY at
        """, arguments: [tenant.rawValue]
    ).map { try StoredJSON.value($0, as: Post.self) }
  }

  static func due(
    at now: UTCMilliseconds, limit: Int, withJournal: Bool, in db: Database
  ) throws -> [Post] {
    try String.fetchAll(
      db,
      sql: """
        SELECT body FROM post WHERE wake <= ? AND (? OR destination <> 'journal')
        ORDER BY wake LIMIT ?
        """, arguments: [now.rawValue, withJournal, limit]
    ).map { try StoredJSON.value($0, as: Post.self) }
  }

  /// Adds a message unless there is one of that name: what has been said is not said again.
  static func add(_ post: Post, in db: Database) throws {
    try write(post, replacing: false, in: db)
  }

  static func write(_ post: Post, in db: Database) throws {
    try write(post, replacing: true, in: db)
  }

  private static func write(_ post: Post, replacing: Bool, in db: Database) throws {
    let onConflict =
      replacing
      ? "UPDATE SET state = excluded.state, wake = excluded.wake, body = excluded.body" : "NOTHING"
    try db.execute(
      sql: """
        INSERT INTO post (tenant, "key", citizen, visit, destination, state, at, wake, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, "key") DO \(onConflict)
        """,
      arguments: [
        post.tenant.rawValue, post.key.rawValue, post.citizen.rawValue, post.visit?.rawValue,
        name(of: post.destination), post.delivery.state.rawValue,
        post.createdAt.rawValue, post.nextWake?.rawValue, try StoredJSON.text(post),
      ])
  }

  private static func name(of destination: PostDestination) -> String {
    switch destination {
    case .partner: "partner"
    case .journal: "journal"
    case .staff: "staff"
    }
  }

  /// Whether what a message says is still wanted: the journal's always; a partner's for as long as
  /// the citizen has not been reached and the consent holds; a worker's while nobody has taken it.
  static func isWanted(_ post: Post, at now: UTCMilliseconds, in db: Database) throws -> Bool {
    switch post.kind {
    case .note, .visit: return true
    case .unanswered: return try UnansweredTable.isWanted(post, in: db)
    case .partnerAlert: break
    }
    guard let visit = post.visit,
      let path = try FollowUpTable.find(visit, tenant: post.tenant, in: db), path.isOpen,
      !path.wasReached, let consent = post.consent
    else { return false }
    return try ConsentTable.find(consent, tenant: post.tenant, in: db)?
      .isValid(on: LocalDate(now)) ?? false
  }

  // MARK: Partners

  /// Tells the partners whom the citizen has named, once a follow-up has come that far; each once a
  /// visit.
  static func alert(
    _ path: NoShowPath, tenant: TenantID, at now: UTCMilliseconds, in db: Database
  ) throws {
    guard path.isOpen, path.step == .toDo || path.step == .readiness else { return }
    let consents = try ConsentTable.consents(of: path.citizen, tenant: tenant, in: db)
    guard !consents.isEmpty else { return }
    let citizen = try PeopleTable.person(path.citizen, tenant: tenant, in: db)
    let alerts = NoShowRules().partnerAlerts(
      for: path, consents: ConsentRegister(citizen: path.citizen, consents: consents),
      citizenName: citizen.displayName, on: LocalDate(now))
    for alert in alerts {
      guard let contact = alert.contact else { continue }
      try add(Post(alert, to: contact, about: path, tenant: tenant, at: now), in: db)
    }
  }

  // MARK: The journal

  static func choice(tenant: TenantID, in db: Database) throws -> JournalChoice {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT notes, visits FROM journalChoice WHERE tenant = ?"),
      arguments: [tenant.rawValue])
    return row.map { JournalChoice(notes: $0["notes"], visits: $0["visits"]) } ?? JournalChoice()
  }

  /// Tells the journal of a visit's change, where it is to be told.
  static func follow(
    _ details: VisitDetails, before: Visit?, sequence: Int64, at now: UTCMilliseconds,
    in db: Database
  ) throws {
    let visit = details.visit
    guard JournalEntry.tells(of: visit, before: before),
      try choice(tenant: visit.tenant, in: db).visits
    else { return }
    try tell(
      JournalEntry(
        visit: visit, sequence: sequence, citizen: details.citizen, worker: details.worker,
        caseReference: try caseReference(of: visit.citizenID, tenant: visit.tenant, in: db)),
      about: visit, at: now, in: db)
  }

  /// Tells the journal of a note, where it is to be told.
  static func follow(
    _ note: VisitNote, on visit: Visit, goals: [Goal], at now: UTCMilliseconds, in db: Database
  ) throws {
    guard try choice(tenant: visit.tenant, in: db).notes else { return }
    try tell(
      JournalEntry(
        note: note, goals: goals, visit: visit,
        citizen: try PeopleTable.person(visit.citizenID, tenant: visit.tenant, in: db),
        worker: try PeopleTable.person(visit.workerID, tenant: visit.tenant, in: db),
        author: try PeopleTable.person(note.author, tenant: visit.tenant, in: db),
        caseReference: try caseReference(of: visit.citizenID, tenant: visit.tenant, in: db)),
      about: visit, at: now, in: db)
  }

  private static func tell(
    _ entry: JournalEntry, about visit: Visit, at now: UTCMilliseconds, in db: Database
  ) throws {
    try add(
      Post(
        key: entry.key, tenant: visit.tenant, citizen: visit.citizenID, visit: visit.id,
        kind: entry.kind, destination: .journal, content: try StoredJSON.text(entry),
        createdAt: now), in: db)
  }

  private static func caseReference(
    of citizen: PersonID, tenant: TenantID, in db: Database
  ) throws -> String? {
    for grant in try GrantTable.grants(of: citizen, tenant: tenant, in: db) {
      let history = try GrantTable.history(of: grant.id, tenant: tenant, in: db)
      if let reference = history.compactMap(\.reference).last { return reference }
    }
    return nil
  }
}
