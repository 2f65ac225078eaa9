import GRDB
public import Visits

extension SQLiteStore: MeetingStore {
  /// The floor of a meeting that goes on.
  public func floor(
    of visit: VisitID, tenant: TenantID
  ) async throws(StoreError) -> MeetingFloor? {
    try await read { db in
      try Row.fetchOne(
        db, sql: "SELECT body FROM meetingFloor WHERE tenant = ? AND visit = ?",
        arguments: [tenant.rawValue, visit.rawValue]
      )?.body(as: MeetingFloor.self)
    }
  }

  /// Keeps it until the meeting ends.
  public func keepFloor(
    _ floor: MeetingFloor, of visit: VisitID, tenant: TenantID
  ) async throws(StoreError) {
    try await write { db in
      // It may have ended meanwhile; then there is nothing to keep it for.
      try db.execute(
        sql: """
          INSERT INTO meetingFloor (tenant, visit, body)
          SELECT tenant, id, ? FROM visit WHERE tenant = ? AND id = ? AND state = 'active'
          ON CONFLICT (tenant, visit) DO UPDATE SET body = excluded.body
          """,
        arguments: [try JSONColumn.text(floor), tenant.rawValue, visit.rawValue])
    }
  }

  /// A meeting with its observers.
  public func observers(
    of meeting: GroupMeetingID, tenant: TenantID
  ) async throws(StoreError) -> ObservedMeeting {
    try await read { try ObserverTable.details(of: meeting, tenant: tenant, in: $0) }
  }

  /// Asks the members whether somebody may look on.
  public func askForObserver(
    _ person: PersonID, purpose: String, at meeting: GroupMeetingID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds, events: @escaping ObserverEventMaker
  ) async throws(StoreError) -> ObservedMeeting {
    try await changeObserver(
      person, at: meeting, tenant: tenant, by: initiator, at: now, events,
      AuditDraft(
        action: "observer.ask", visit: VisitID(rawValue: meeting.rawValue),
        detail: person.rawValue)
    ) { known, details, db in
      try MeetingObserver.ask(
        for: PeopleTable.person(person, tenant: tenant, in: db), to: details.meeting,
        of: details.group, roster: details.roster.map(\.id), purpose: purpose, beside: known,
        by: initiator, at: now)
    }
  }

  /// A member's yes or no.
  public func answer(
    _ isYes: Bool, toObserver person: PersonID, of citizen: PersonID, at meeting: GroupMeetingID,
    tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping ObserverEventMaker
  ) async throws(StoreError) -> ObservedMeeting {
    try await changeObserver(
      person, at: meeting, tenant: tenant, by: initiator, at: now, events,
      AuditDraft(
        action: isYes ? "observer.yes" : "observer.no", subject: citizen,
        visit: VisitID(rawValue: meeting.rawValue), detail: person.rawValue)
    ) { known, details, _ in
      guard let asked = known.first(where: { $0.person == person }) else {
        throw StoreError.notFound
      }
      return try asked.answering(
        isYes, of: citizen, roster: details.roster.map(\.id), by: initiator, at: now)
    }
  }

  /// Somebody does not look on after all.
  public func removeObserver(
    _ person: PersonID, at meeting: GroupMeetingID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping ObserverEventMaker
  ) async throws(StoreError) -> ObservedMeeting {
    let after = try await write { db in
      let wasThere = try ObserverTable.remove(person, from: meeting, tenant: tenant, in: db)
      let after = try ObserverTable.details(of: meeting, tenant: tenant, in: db)
      guard wasThere else { return after }
      try AuditTable.append(
        AuditDraft(
          action: "observer.remove", visit: VisitID(rawValue: meeting.rawValue),
          detail: person.rawValue), tenant: tenant, by: initiator, at: now, in: db)
      _ = try EventTable.append(events(after, person), tenant: tenant, at: now, in: db)
      return after
    }
    signals.fire()
    return after
  }

  private func changeObserver(
    _ person: PersonID, at meeting: GroupMeetingID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, _ events: @escaping ObserverEventMaker, _ audit: AuditDraft,
    _ rule:
      @escaping @Sendable ([MeetingObserver], MeetingDetails, Database) throws -> MeetingObserver
  ) async throws(StoreError) -> ObservedMeeting {
    let after = try await write { db in
      let known = try ObserverTable.observers(of: meeting, tenant: tenant, in: db)
      let details = try GroupTable.details(of: meeting, tenant: tenant, in: db)
      let changed = try rule(known, details, db)
      if !known.contains(changed) {
        try ObserverTable.put(changed, tenant: tenant, in: db)
        try AuditTable.append(audit, tenant: tenant, by: initiator, at: now, in: db)
      }
      let after = try ObserverTable.details(of: meeting, tenant: tenant, in: db)
      if !known.contains(changed) {
        _ = try EventTable.append(events(after, person), tenant: tenant, at: now, in: db)
      }
      return after
    }
    signals.fire()
    return after
  }
}
