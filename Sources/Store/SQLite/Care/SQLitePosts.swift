import GRDB
public import Visits

extension SQLiteStore: PostStore {
  /// What the journal is to be told.
  public func journalChoice(tenant: TenantID) async throws(StoreError) -> JournalChoice {
    try await read { try PostTable.choice(tenant: tenant, in: $0) }
  }

  /// Decides it.
  public func setJournalChoice(
    _ choice: JournalChoice, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: """
          INSERT INTO journalChoice (tenant, notes, visits) VALUES (?, ?, ?)
          ON CONFLICT (tenant) DO UPDATE SET notes = excluded.notes, visits = excluded.visits
          """, arguments: [tenant.rawValue, choice.notes, choice.visits])
      let detail = "notes \(choice.notes), visits \(choice.visits)"
      try AuditTable.append(
        AuditDraft(action: "journal.set", detail: detail), tenant: tenant, by: initiator, at: now,
        in: db)
    }
  }

  /// Every message about a citizen.
  public func posts(
    about citizen: PersonID, tenant: TenantID
  ) async throws(StoreError) -> [Post] {
    try await read { try PostTable.posts(of: citizen, tenant: tenant, in: $0) }
  }

  /// Messages that did not arrive.
  public func troubledPosts(tenant: TenantID, limit: Int) async throws(StoreError) -> [Post] {
    try await read { db in
      Array(
        try PostTable.open(tenant: tenant, in: db).lazy.filter(\.needsAttention)
          .prefix(max(0, limit)))
    }
  }

  /// Sends one that failed for good once more.
  public func sendAgain(
    _ key: PostKey, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> Post {
    try await write { db in
      let post = try PostTable.post(key, tenant: tenant, in: db).again()
      try PostTable.write(post, in: db)
      try AuditTable.append(
        AuditDraft(
          action: "post.again", subject: post.citizen, visit: post.visit, detail: key.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
      return post
    }
  }

  /// Takes up messages that are due.
  public func takeDuePosts(
    at now: UTCMilliseconds, limit: Int, withJournal: Bool
  ) async throws(StoreError) -> [Post] {
    // Most of the time there is nothing, and no writer need wait for that answer.
    let isWaiting = try await read { db in
      try !PostTable.due(at: now, limit: 1, withJournal: withJournal, in: db).isEmpty
    }
    guard isWaiting else { return [] }
    return try await write { db in
      var taken: [Post] = []
      for waiting in try PostTable.due(
        at: now, limit: limit, withJournal: withJournal, in: db)
      {
        let put = waiting.recovered(at: now) ?? waiting
        let next =
          put.begun(isWanted: try PostTable.isWanted(put, at: now, in: db), at: now) ?? put
        guard next != waiting else { continue }
        try PostTable.write(next, in: db)
        if next.delivery.state == .sending { taken.append(next) }
      }
      return taken
    }
  }

  /// Writes what became of a message.
  @discardableResult
  public func tell(
    _ news: MessageNews, ofPost key: PostKey, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> Post? {
    try await write { db in
      let post = try PostTable.post(key, tenant: tenant, in: db)
      let next: Post?
      switch news {
      case .handOver(let attempt):
        next = post.handedOver(
          attempt: attempt, isWanted: try PostTable.isWanted(post, at: now, in: db), at: now)
      case .accepted(let attempt, let reference):
        next = post.accepted(attempt: attempt, reference: reference, at: now)
      case .refused(let attempt, let failure, let isFinal):
        next = post.refused(attempt: attempt, failure: failure, isFinal: isFinal, at: now)
      case .reported(let delivered, let failure):
        next = post.reported(delivered: delivered, failure: failure, at: now)
      }
      if let next { try PostTable.write(next, in: db) }
      return next
    }
  }
}
