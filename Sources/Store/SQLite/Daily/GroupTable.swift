import GRDB
import Visits

/// Rows of `groupUnit`, `groupMember`, `keepApart`, `groupMeeting` and `groupStep`.
enum GroupTable {
  static func group(_ id: GroupID, tenant: TenantID, in db: Database) throws -> Group {
    let row = try Row.fetchOne(
      db, sql: "SELECT body FROM groupUnit WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue])
    guard let row else { throw StoreError.notFound }
    return try row.json("body", as: Group.self)
  }

  static func placement(of group: Group, in db: Database) throws -> GroupPlacement {
    let tenant = group.tenant.rawValue
    let members = try Row.fetchAll(
      db, sql: "SELECT * FROM groupMember WHERE tenant = ? AND groupUnit = ?",
      arguments: [tenant, group.id.rawValue]
    ).map { row in
      GroupMember(
        group: group.id, citizen: row.id("citizen"), since: row.time("since"),
        until: row.optionalTime("until"))
    }
    let pairs = try Row.fetchAll(
      db, sql: "SELECT * FROM keepApart WHERE tenant = ?", arguments: [tenant]
    ).compactMap { row in
      KeepApart(row.id("first"), row.id("second"), by: row.id("by"), at: row.time("at"))
    }
    return GroupPlacement(group: group, members: members, keepApart: pairs)
  }

  static func details(
    of group: Group, isPlanner: Bool, at now: UTCMilliseconds, in db: Database
  ) throws -> GroupDetails {
    let placement = try placement(of: group, in: db)
    let roster = placement.roster(at: now)
    return GroupDetails(
      group: group, members: try people(roster, tenant: group.tenant, in: db),
      keepApart: placement.visibleConstraints(isPlanner: isPlanner)
        .filter { roster.contains($0.first) || roster.contains($0.second) })
  }

  static func course(
    of group: GroupID, tenant: TenantID, in db: Database
  ) throws -> MeetingCourse {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT m.body, v.state, v.worker, v.start, v.minutes FROM groupMeeting m
        JOIN visit v ON v.tenant = m.tenant AND v.id = m.id
        WHERE m.tenant = ? AND m.groupUnit = ? ORDER BY v.start
        """, arguments: [tenant.rawValue, group.rawValue])
    return MeetingCourse(meetings: try rows.map(meeting))
  }

  static func details(
    of id: GroupMeetingID, tenant: TenantID, in db: Database
  ) throws -> MeetingDetails {
    let owner = try String.fetchOne(
      db, sql: "SELECT groupUnit FROM groupMeeting WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue])
    guard let owner else { throw StoreError.notFound }
    let group = try group(GroupID(rawValue: owner), tenant: tenant, in: db)
    return try details(
      of: id, group: group, course: course(of: group.id, tenant: tenant, in: db), in: db)
  }

  static func details(
    of id: GroupMeetingID, group: Group, course: MeetingCourse, in db: Database
  ) throws -> MeetingDetails {
    guard let meeting = course.meetings.first(where: { $0.id == id }) else {
      throw StoreError.notFound
    }
    let roster = try placement(of: group, in: db).roster(at: meeting.start)
    let place = course.number(of: id)
    return MeetingDetails(
      meeting: meeting, group: group,
      facilitator: try PeopleTable.person(meeting.facilitator, tenant: group.tenant, in: db),
      tookOverFrom: try meeting.tookOverFrom.map {
        try PeopleTable.person($0, tenant: group.tenant, in: db)
      },
      roster: try people(roster, tenant: group.tenant, in: db), number: place?.number,
      count: place?.count)
  }

  static func save(_ meeting: GroupMeeting, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO groupMeeting (tenant, id, groupUnit, start, body) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET start = excluded.start, body = excluded.body
        """,
      arguments: [
        tenant.rawValue, meeting.id.rawValue, meeting.group.rawValue, meeting.start.rawValue,
        try JSONColumn.text(meeting),
      ])
  }

  static func steps(
    of group: GroupID, tenant: TenantID, in db: Database
  ) throws -> [NextStep] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT s.* FROM groupStep s
        JOIN groupMeeting m ON m.tenant = s.tenant AND m.id = s.meeting
        WHERE s.tenant = ? AND m.groupUnit = ? ORDER BY m.start, s.citizen
        """, arguments: [tenant.rawValue, group.rawValue]
    ).map { row in
      try NextStep(meeting: row.id("meeting"), citizen: row.id("citizen"), text: row["text"])
    }
  }

  /// Lets the meetings to come be with the roster as it is at each: who joined is booked, who left
  /// has the time back. Throws where somebody new may not come to one of them.
  static func fillMeetings(
    of group: Group, rules: VisitRules, by initiator: Initiator, at now: UTCMilliseconds,
    in db: Database
  ) throws {
    let placement = try placement(of: group, in: db)
    for meeting in try course(of: group.id, tenant: group.tenant, in: db).meetings
    where meeting.state == .planned && meeting.start >= now {
      let roster = placement.roster(at: meeting.start)
      let visit = try VisitTable.visit(
        VisitID(rawValue: meeting.id.rawValue), tenant: group.tenant, in: db)
      // The visit is named after one citizen, who stays while the others change.
      guard let first = roster.contains(visit.citizenID) ? visit.citizenID : roster.first else {
        continue
      }
      var changed = visit
      changed.citizenID = first
      changed.others = roster.filter { $0 != first }
      guard changed != visit else { continue }
      let details = try VisitTable.details(of: changed, in: db)
      try BookingChecks.requireAdmission(
        of: details.people.filter { !visit.participants.contains($0.id) }, to: details,
        isLaid: true, rules: rules.offeringGroups, by: initiator, at: now, in: db)
      try VisitTable.requireFree(details, in: db)
      try VisitTable.setPeople(of: changed, from: visit, in: db)
    }
  }

  static func people(
    _ ids: [PersonID], tenant: TenantID, in db: Database
  ) throws -> [Person] {
    try ids.map { try PeopleTable.person($0, tenant: tenant, in: db) }
      .sorted { ($0.displayName, $0.id.rawValue) < ($1.displayName, $1.id.rawValue) }
  }

  /// What goes with a change of a meeting's visit: its place in the course, and where it is called
  /// off its plan, which the next meeting takes. The last plan stays where it is when no meeting is
  /// left to take it.
  static func follow(_ visit: Visit, from previous: Visit?, in db: Database) throws {
    guard visit.form == .group, let previous else { return }
    let id = GroupMeetingID(rawValue: visit.id.rawValue)
    if visit.start != previous.start {
      try db.execute(
        sql: "UPDATE groupMeeting SET start = ? WHERE tenant = ? AND id = ?",
        arguments: [visit.start.rawValue, visit.tenant.rawValue, id.rawValue])
    }
    guard visit.state == .cancelled, previous.state != .cancelled else { return }
    let owner = try String.fetchOne(
      db, sql: "SELECT groupUnit FROM groupMeeting WHERE tenant = ? AND id = ?",
      arguments: [visit.tenant.rawValue, id.rawValue])
    guard let owner else { return }
    var course = try course(of: GroupID(rawValue: owner), tenant: visit.tenant, in: db)
    let before = course.meetings
    let left = course.callOff(id)
    for (old, new) in zip(before, course.meetings) where old != new {
      var kept = new
      if new.id == id { kept.plan = left }
      try save(kept, tenant: visit.tenant, in: db)
    }
  }

  /// A meeting, its time, state and leader as its visit has them.
  private static func meeting(_ row: Row) throws -> GroupMeeting {
    var meeting = try row.json("body", as: GroupMeeting.self)
    meeting.facilitator = row.id("worker")
    meeting.start = row.time("start")
    meeting.durationMinutes = row["minutes"]
    meeting.state =
      switch try row.value("state", as: VisitState.self) {
      case .booked, .missed, .ringing: .planned
      case .active: .active
      case .ended: .held
      case .cancelled: .cancelled
      }
    return meeting
  }
}
