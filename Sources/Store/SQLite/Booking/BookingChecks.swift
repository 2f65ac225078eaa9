import GRDB
import Visits

/// What the municipality's own data add to the rules of booking, for one citizen and worker, read in
/// the transaction that books: grants, opening hours, absence, ways.
struct BookingChecks {
  private let tenant: TenantID
  private let plan: OpeningPlan
  /// The citizen's teams.
  private let teams: [TeamID]
  private let absences: [Absence]
  /// Minutes to a citizen nothing else is known about; nil where no way is reckoned with.
  private let travelMinutes: Int?
  /// Whether the citizen wants a picture (F3).
  let screen: ScreenIsWanted
  /// Held to the grants; a series adds its visits one by one.
  private(set) var grants: GrantBookingRule

  /// What is needed to judge `visit`; `previous` where it is moved.
  init(for visit: Visit, replacing previous: Visit? = nil, in db: Database) throws {
    try self.init(
      citizen: visit.citizenID, workers: [visit.workerID], tenant: visit.tenant,
      from: min(visit.start, previous?.start ?? visit.start), in: db)
  }

  /// What is needed to judge visits of `citizen` with `workers` from a time on.
  init(
    citizen: PersonID, workers: [PersonID], tenant: TenantID, from: UTCMilliseconds,
    in db: Database
  ) throws {
    self.tenant = tenant
    let settings = try SettingsTable.booking(tenant: tenant, in: db)
    teams = try TeamTable.teams(of: citizen, tenant: tenant, in: db)
    plan = OpeningPlan(
      profiles: teams.isEmpty
        ? [] : try SettingsTable.profiles(tenant: tenant, teams: teams, in: db),
      holidays: settings.holidays)
    screen = ScreenIsWanted(
      start: try RecordTable.find(ScreenStart.self, citizen.rawValue, tenant: tenant, in: db))
    absences = try workers.flatMap {
      try AbsenceTable.absences(of: $0, tenant: tenant, from: from, in: db)
    }
    let held = try GrantTable.grants(of: citizen, tenant: tenant, in: db)
    grants = GrantBookingRule(
      policy: settings.grants, grants: held,
      visits: try GrantTable.counted(for: held, of: citizen, tenant: tenant, in: db))
    travelMinutes = settings.travelMinutes
  }

  /// The ways to `citizens`, `standard` minutes where nothing else is known: of a municipality's
  /// thousands a calendar needs the few that are visited at home.
  static func ways(
    to citizens: Set<PersonID>, standard: Int, tenant: TenantID, in db: Database
  ) throws -> TravelTimes {
    var ways: [PersonID: Int] = [:]
    for citizen in citizens {
      ways[citizen] = try Int.fetchOne(
        db.cachedStatement(
          sql: "SELECT travelMinutes FROM careCircle WHERE tenant = ? AND citizen = ?"),
        arguments: [tenant.rawValue, citizen.rawValue])
    }
    return TravelTimes(standardMinutes: standard, fromBase: ways)
  }

  /// `rules` with these conditions for `visit`.
  ///
  /// Which forms are offered is asked last: whoever may not have a group by law is told that, and not
  /// that groups are booked elsewhere.
  func rules(_ rules: VisitRules, for visit: Visit) throws -> VisitRules {
    var rules = rules
    let offered = OfferedForms(forms: rules.policy.forms)
    rules.policy.forms = Set(VisitForm.allCases)
    rules.policy.rules += [grants] as [any BookingRule]
    let day = LocalDate(visit.start)
    let flags = grants.grant(on: day)?.terms(on: day)?.hours ?? []
    let service = ServiceID(form: visit.form)
    // A citizen without a team has no hours to keep to yet.
    if let team = teams.first(where: { plan.offers(service, of: $0) }) ?? teams.first,
      !plan.profiles.isEmpty
    {
      rules.policy.rules.append(OpeningHoursRule(plan: plan, team: team, flags: flags))
    }
    rules.policy.rules += [WorkerIsThere(absences: absences), screen, offered] as [any BookingRule]
    return rules
  }

  /// Counts a visit that was laid.
  mutating func add(_ visit: Visit) { grants.add(CountedVisit(visit)) }

  /// Throws when somebody, or the room, is busy then, or there is no time for the way.
  func requireFree(_ details: VisitDetails, in db: Database) throws {
    try VisitTable.requireFree(details, in: db)
    guard let travelMinutes else { return }
    let visit = details.visit
    let reach = 2 * TravelTimes.longestMinutes
    let near = TimeWindow(
      start: visit.start.adding(minutes: -reach), end: visit.end.adding(minutes: reach))
    let taken = try VisitTable.occupying(visit.workerID, in: near, tenant: tenant, in: db)
    let homes = (taken + [visit]).filter { $0.form == .physical }.map(\.citizenID)
    guard !homes.isEmpty else { return }
    let travel = try Self.ways(
      to: Set(homes), standard: travelMinutes, tenant: tenant, in: db)
    let conflicts = Conflicts(travel: travel).find(
      wanted: [Reservation(visit)], beside: taken.map { Reservation($0) })
    if let first = conflicts.first(where: { $0.party == .worker(visit.workerID) }) {
      throw first.refusal(name: details.worker.displayName)
    }
  }
}

extension BookingChecks {
  /// Throws unless each of `members` may come to a group's meeting: their own grant is asked (A3), and
  /// the hours of their team. Where the meeting stands already, whether its leader is there is not
  /// theirs to answer for.
  static func requireAdmission(
    of members: [Person], to meeting: VisitDetails, isLaid: Bool, rules: VisitRules,
    by initiator: Initiator, at now: UTCMilliseconds, in db: Database
  ) throws {
    for citizen in members {
      var asked = meeting.visit
      asked.citizenID = citizen.id
      let checks = try BookingChecks(
        citizen: citizen.id, workers: isLaid ? [] : [asked.workerID], tenant: asked.tenant,
        from: asked.start, in: db)
      try checks.rules(rules, for: asked).policy.check(
        BookingProposal(
          visit: asked, citizen: citizen, worker: meeting.worker, initiator: initiator, now: now))
    }
  }

  /// Throws where the law keeps a citizen out of groups on a day, whether there are meetings or not.
  static func requireGroupsAllowed(
    to citizen: PersonID, tenant: TenantID, on day: LocalDate, in db: Database
  ) throws {
    let grants = try GrantTable.grants(of: citizen, tenant: tenant, in: db)
    if let grant = grants.first(where: { $0.covers(day) }), !grant.basis.allowsGroups {
      throw Refusal.noGroupsUnder82b
    }
  }
}

extension VisitRules {
  /// These rules where meetings of groups are booked.
  var offeringGroups: VisitRules {
    var rules = self
    rules.policy.forms.insert(.group)
    return rules
  }
}

extension VisitRules {
  /// These rules where a visit that is there already changes: a meeting that was laid may be moved
  /// and handed over like any other.
  func offering(_ visit: Visit) -> VisitRules { visit.form == .group ? offeringGroups : self }
}

/// Forms that are booked as visits; the others are entered where they belong.
private struct OfferedForms: BookingRule {
  var forms: Set<VisitForm>

  func check(_ proposal: BookingProposal) throws(Refusal) {
    guard forms.contains(proposal.visit.form) else { throw .formNotOffered }
  }
}

/// Nobody is booked while they are away.
private struct WorkerIsThere: BookingRule {
  var absences: [Absence]

  func check(_ proposal: BookingProposal) throws(Refusal) {
    let visit = proposal.visit
    if let previous = proposal.previous, previous.start == visit.start,
      previous.workerID == visit.workerID
    {
      return
    }
    if let absence = absences.first(where: { $0.affects(visit) }) {
      throw .workerAway(until: absence.window.end)
    }
  }
}

extension VisitTable {
  /// Visits that take a worker's time in `window`, in the order they begin.
  static func occupying(
    _ worker: PersonID, in window: TimeWindow, tenant: TenantID, in db: Database
  ) throws -> [Visit] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT * FROM visit
          WHERE tenant = ? AND worker = ? AND start < ? AND start > ?
            AND state IN ('booked', 'ringing', 'active')
          ORDER BY start
          """),
      arguments: [
        tenant.rawValue, worker.rawValue, window.end.rawValue,
        window.start.adding(minutes: -Visit.longestMinutes).rawValue,
      ]
    ).map { try visit($0, in: db) }.filter { $0.end > window.start }
  }
}
