import GRDB
import Visits

/// Rows of `meetingObserver` and `observerAnswer`.
enum ObserverTable {
  /// Those who are asked for at a meeting, with the members' answers.
  static func observers(
    of meeting: GroupMeetingID, tenant: TenantID, in db: Database
  ) throws -> [MeetingObserver] {
    let key: StatementArguments = [tenant.rawValue, meeting.rawValue]
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT * FROM meetingObserver WHERE tenant = ? AND meeting = ? ORDER BY person"),
      arguments: key)
    guard !rows.isEmpty else { return [] }
    let answers = Dictionary(
      grouping: try Row.fetchAll(
        db, sql: "SELECT * FROM observerAnswer WHERE tenant = ? AND meeting = ? ORDER BY citizen",
        arguments: key)
    ) { $0["person"] as String }
    return rows.map { row in
      MeetingObserver(
        meeting: meeting, person: row.id("person"), purpose: row["purpose"],
        askedBy: row.id("askedBy"), askedAt: row.time("askedAt"),
        answers: (answers[row["person"]] ?? []).map { answer in
          MeetingObserver.Answer(
            citizen: answer.id("citizen"), isYes: answer["isYes"] == 1,
            recordedBy: answer.id("recordedBy"), at: answer.time("at"))
        })
    }
  }

  /// Those at a visit whom every member has said yes to, and those of whom that is not so.
  static func observers(
    at visit: Visit, in db: Database
  ) throws -> (agreed: [PersonID], others: [PersonID]) {
    guard visit.form == .group else { return ([], []) }
    let roster = visit.participants.filter { $0 != visit.workerID }
    let all = try observers(
      of: GroupMeetingID(rawValue: visit.id.rawValue), tenant: visit.tenant, in: db
    ).filter { !visit.participants.contains($0.person) }
    let agreed = all.filter { $0.consent(of: roster) == .agreed }.map(\.person)
    return (agreed, all.map(\.person).filter { !agreed.contains($0) })
  }

  static func put(_ observer: MeetingObserver, tenant: TenantID, in db: Database) throws {
    let key: StatementArguments = [
      tenant.rawValue, observer.meeting.rawValue, observer.person.rawValue,
    ]
    try db.execute(
      sql: """
        INSERT INTO meetingObserver (tenant, meeting, person, purpose, askedBy, askedAt)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, meeting, person) DO UPDATE SET purpose = excluded.purpose
        """,
      arguments: key + [
        observer.purpose, observer.askedBy.rawValue, observer.askedAt.rawValue,
      ])
    try db.execute(
      sql: "DELETE FROM observerAnswer WHERE tenant = ? AND meeting = ? AND person = ?",
      arguments: key)
    for answer in observer.answers {
      try db.execute(
        sql: """
          INSERT INTO observerAnswer (tenant, meeting, person, citizen, isYes, recordedBy, at)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: key + [
          answer.citizen.rawValue, answer.isYes, answer.recordedBy.rawValue, answer.at.rawValue,
        ])
    }
  }

  static func remove(
    _ person: PersonID, from meeting: GroupMeetingID, tenant: TenantID, in db: Database
  ) throws -> Bool {
    try db.execute(
      sql: "DELETE FROM meetingObserver WHERE tenant = ? AND meeting = ? AND person = ?",
      arguments: [tenant.rawValue, meeting.rawValue, person.rawValue])
    return db.changesCount > 0
  }

  static func details(
    of id: GroupMeetingID, tenant: TenantID, in db: Database
  ) throws -> ObservedMeeting {
    let meeting = try GroupTable.details(of: id, tenant: tenant, in: db)
    let roster = meeting.roster.map(\.id)
    let observers = try observers(of: id, tenant: tenant, in: db).map { asked in
      let waiting = Set(asked.waiting(of: roster))
      return ObservedMeeting.Observer(
        person: try PeopleTable.person(asked.person, tenant: tenant, in: db), asked: asked,
        consent: asked.consent(of: roster),
        waiting: meeting.roster.filter { waiting.contains($0.id) })
    }
    return ObservedMeeting(
      meeting: meeting,
      observers: observers.sorted {
        ($0.person.displayName, $0.person.id.rawValue)
          < ($1.person.displayName, $1.person.id.rawValue)
      })
  }
}
