import GRDB
public import Visits

// A group's meetings.
extension SQLiteStore {
  /// Books meetings of a group.
  public func addMeetings(
    _ meetings: [GroupMeeting], tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping EventMaker
  ) async throws(StoreError) -> [MeetingDetails] {
    let (rules, daily) = (rules, daily)
    let made = try await write { db in
      var laid: [GroupMeetingID] = []
      for meeting in meetings {
        let group = try GroupTable.group(meeting.group, tenant: tenant, in: db)
        let roster = try GroupTable.placement(of: group, in: db).roster(at: max(meeting.start, now))
        guard let first = roster.first else {
          throw Refusal.groupCapacity(most: Group.mostMembers)
        }
        let visit = Visit(
          id: VisitID(rawValue: meeting.id.rawValue), tenant: tenant, citizenID: first,
          workerID: meeting.facilitator, start: meeting.start,
          durationMinutes: meeting.durationMinutes, form: .group, roomID: meeting.roomID,
          others: Array(roster.dropFirst()))
        var details = try VisitTable.details(of: visit, in: db)
        let offering = rules.offeringGroups
        do {
          try BookingChecks.requireAdmission(
            of: [details.citizen] + details.others, to: details, isLaid: false, rules: offering,
            by: initiator, at: now, in: db)
        } catch let refusal as Refusal
          where refusal.code == Refusal.closedOnHolidayCode && meetings.count > 1
        {
          // A course passes a holiday over, as a series does.
          continue
        }
        let change = try offering.book(
          BookingProposal(
            visit: visit, citizen: details.citizen, worker: details.worker, initiator: initiator,
            now: now))
        try VisitTable.requireFree(details, in: db)
        details.visit = change.visit
        try VisitTable.insert(change.visit, at: now, in: db)
        try GroupTable.save(meeting, tenant: tenant, in: db)
        _ = try Self.finish(
          change, action: "group.meeting", details: details, previous: nil, daily: daily,
          by: initiator, at: now, events: events, in: db)
        laid.append(meeting.id)
      }
      return try laid.map { try GroupTable.details(of: $0, tenant: tenant, in: db) }
    }
    signals.fire()
    return made
  }

  /// A group's meetings.
  public func meetings(
    of group: GroupID, tenant: TenantID
  ) async throws(StoreError) -> [MeetingDetails] {
    try await read { db in
      let group = try GroupTable.group(group, tenant: tenant, in: db)
      let course = try GroupTable.course(of: group.id, tenant: tenant, in: db)
      return try course.meetings.map {
        try GroupTable.details(of: $0.id, group: group, course: course, in: db)
      }
    }
  }

  /// A meeting.
  public func meeting(
    _ id: GroupMeetingID, tenant: TenantID
  ) async throws(StoreError) -> MeetingDetails {
    try await read { try GroupTable.details(of: id, tenant: tenant, in: $0) }
  }

  /// What a meeting's members set out to do, before it and in it.
  public func steps(
    for meeting: GroupMeetingID, tenant: TenantID
  ) async throws(StoreError) -> [NextStep] {
    try await read { db in
      let details = try GroupTable.details(of: meeting, tenant: tenant, in: db)
      let course = try GroupTable.course(of: details.group.id, tenant: tenant, in: db)
      let shown = course.meetingsWithSteps(for: meeting)
      return try GroupTable.steps(of: details.group.id, tenant: tenant, in: db).filter {
        shown.contains($0.meeting)
      }
    }
  }

  /// Writes a meeting's plan.
  public func setPlan(
    _ plan: MeetingPlan, of meeting: GroupMeetingID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> MeetingDetails {
    try await write { db in
      var changed = try GroupTable.details(of: meeting, tenant: tenant, in: db).meeting
      changed.plan = plan
      try GroupTable.save(changed, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(action: "group.plan", visit: VisitID(rawValue: meeting.rawValue)),
        tenant: tenant, by: initiator, at: now, in: db)
      return try GroupTable.details(of: meeting, tenant: tenant, in: db)
    }
  }

  /// A worker of the team takes a meeting over.
  public func takeOver(
    _ meeting: GroupMeetingID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping EventMaker
  ) async throws(StoreError) -> (meeting: MeetingDetails, steps: [NextStep]) {
    let taken = try await write { db in
      let before = try GroupTable.details(of: meeting, tenant: tenant, in: db)
      var course = try GroupTable.course(of: before.group.id, tenant: tenant, in: db)
      var team = Set(try DutyTable.members(of: before.group.team, tenant: tenant, in: db))
      // Where no team is kept, everybody who gives support is one.
      if team.isEmpty, let worker = initiator.person { team = [worker] }
      let handover = try course.takeOver(
        meeting, placement: GroupTable.placement(of: before.group, in: db),
        steps: GroupTable.steps(of: before.group.id, tenant: tenant, in: db), team: team,
        holderName: before.facilitator.displayName, by: initiator, at: now)
      let visit = try VisitTable.visit(
        VisitID(rawValue: meeting.rawValue), tenant: tenant, in: db)
      guard visit.workerID != handover.meeting.facilitator else {
        return (meeting: before, steps: handover.steps)
      }
      var changed = visit
      changed.workerID = handover.meeting.facilitator
      let details = try VisitTable.details(of: changed, in: db)
      try VisitTable.requireFree(details, in: db)
      try VisitTable.update(changed, from: visit, at: now, in: db)
      // Whoever was to find a substitute need not look any further.
      try AbsenceTable.followUp(changed, from: visit, at: now, in: db)
      try GroupTable.save(handover.meeting, tenant: tenant, in: db)
      let entry = LedgerDraft(
        at: now, kind: .moved, participant: initiator.person, cause: .requested,
        device: initiator.device)
      _ = try Self.finish(
        VisitChange(visit: changed, entries: [entry]), action: "group.take-over",
        details: details, previous: visit, daily: DailyPolicy(), by: initiator, at: now,
        events: events, in: db)
      return (
        meeting: try GroupTable.details(of: meeting, tenant: tenant, in: db),
        steps: handover.steps
      )
    }
    signals.fire()
    return taken
  }

  /// Keeps what a citizen set out to do.
  public func addStep(
    _ step: NextStep, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      let details = try GroupTable.details(of: step.meeting, tenant: tenant, in: db)
      guard details.roster.contains(where: { $0.id == step.citizen }) else {
        throw Refusal.notInGroup
      }
      try db.execute(
        sql: """
          INSERT INTO groupStep (tenant, meeting, citizen, text) VALUES (?, ?, ?, ?)
          ON CONFLICT (tenant, meeting, citizen) DO UPDATE SET text = excluded.text
          """,
        arguments: [
          tenant.rawValue, step.meeting.rawValue, step.citizen.rawValue, step.text,
        ])
      try AuditTable.append(
        AuditDraft(
          action: "group.step", subject: step.citizen,
          visit: VisitID(rawValue: step.meeting.rawValue)),
        tenant: tenant, by: initiator, at: now, in: db)
    }
  }
}
