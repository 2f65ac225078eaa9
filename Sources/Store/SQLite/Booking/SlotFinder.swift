import GRDB
import Visits

/// Gathers what a search for free time needs: hours, calendars, ways, rooms.
struct SlotFinder {
  private let search: SlotSearch
  private let tenant: TenantID
  private let query: FreeSlotQuery
  private let workers: [WorkerTime]
  private let travel: TravelTimes

  init(
    _ search: SlotSearch, tenant: TenantID, at now: UTCMilliseconds, in db: Database
  ) throws {
    self.search = search
    self.tenant = tenant
    let settings = try SettingsTable.booking(tenant: tenant, in: db)
    let plan = try TeamTable.plan(of: search.citizen, tenant: tenant, in: db)
    let circle = plan.circle
    var query = search.query
    // What has begun cannot be booked.
    query.window = TimeWindow(
      start: max(query.window.start, now), end: max(query.window.end, now))
    query.bufferMinutes = max(query.bufferMinutes, settings.bufferMinutes)
    query.place = Place(form: search.form, citizen: search.citizen)
    self.query = query
    let open = try Self.openings(
      circle.teams, search, query.window, settings, tenant: tenant, in: db)
    var chosen = search.workers
    if chosen.isEmpty {
      // The known worker first, then the backup (B10, B12).
      let first = [circle.primaryWorker, circle.backup].compactMap(\.self)
      let team = try TeamTable.workers(around: search.citizen, tenant: tenant, in: db)
      chosen = first + team.filter { !first.contains($0) }
    }
    let reach =
      settings.travelMinutes == nil ? query.bufferMinutes : 2 * TravelTimes.longestMinutes
    let near = TimeWindow(
      start: query.window.start.adding(minutes: -reach),
      end: query.window.end.adding(minutes: reach))
    var ways: [PersonID: Int] = [:]
    ways[search.citizen] = plan.travelMinutes
    workers = try chosen.map { worker in
      let away = try AbsenceTable.absences(
        of: worker, tenant: tenant, from: query.window.start, in: db)
      return WorkerTime(
        worker: worker,
        hours: away.isEmpty ? open : open.subtracting(TimeWindows(away.map(\.window))),
        engagements: try Self.engagements(
          of: worker, in: near, tenant: tenant, ways: &ways, in: db))
    }
    travel =
      settings.travelMinutes.map { TravelTimes(standardMinutes: $0, fromBase: ways) } ?? .none
  }

  func slots(in db: Database) throws -> [FreeSlot] {
    let busy = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT start, "end" FROM participant
          WHERE tenant = ? AND person = ? AND occupies = 1 AND start < ? AND start > ?
          """),
      arguments: [
        tenant.rawValue, search.citizen.rawValue, query.window.end.rawValue,
        query.window.start.adding(minutes: -Visit.longestMinutes).rawValue,
      ]
    ).map { TimeWindow(start: $0.time("start"), end: $0.time("end")) }
    let rooms = try search.rooms.map { room in
      RoomTime(
        room: room,
        taken: try RoomTable.taken(room, in: query.window, tenant: tenant, in: db))
    }
    return FreeSlots(travel: travel).find(
      query, workers: workers, citizenBusy: TimeWindows(busy), rooms: rooms)
  }

  /// When the citizen's team is open to them; always where nobody has entered any hours.
  private static func openings(
    _ teams: [TeamID], _ search: SlotSearch, _ window: TimeWindow, _ settings: BookingSettings,
    tenant: TenantID, in db: Database
  ) throws -> TimeWindows {
    let plan = OpeningPlan(
      profiles: teams.isEmpty
        ? [] : try SettingsTable.profiles(tenant: tenant, teams: teams, in: db),
      holidays: settings.holidays)
    let service = ServiceID(form: search.form)
    guard !plan.profiles.isEmpty else { return TimeWindows([window]) }
    guard let team = teams.first(where: { plan.offers(service, of: $0) }) else {
      return TimeWindows()
    }
    // A grant that ends or changes within the search opens its hours only while it holds.
    let grants = try GrantTable.grants(of: search.citizen, tenant: tenant, in: db)
    let flags = HoursFlag.allCases.filter { flag in
      grants.contains { $0.terms.contains { $0.terms.hours.contains(flag) } }
    }
    let ordinary = plan.openings(of: team, for: service, in: window, flags: [])
    if flags.isEmpty { return ordinary }
    var windows = ordinary.windows
    var day = LocalDate(window.start)
    while day <= LocalDate(window.end) {
      let held = grants.first { $0.covers(day) }?.terms(on: day)?.hours ?? []
      if !held.isEmpty {
        windows +=
          plan.openings(
            of: team, for: service, in: TimeWindow(day: day).intersection(window), flags: held
          ).windows
      }
      day = day.adding(days: 1)
    }
    return TimeWindows(windows)
  }

  /// What takes a worker's time; the ways to the citizens visited at home are added to `ways`.
  ///
  /// Two statements and no join: a search reads thousands of rows, and looking up the visit of each is
  /// most of what it would cost. Only home visits are looked up, and it is their worker who travels.
  private static func engagements(
    of worker: PersonID, in window: TimeWindow, tenant: TenantID, ways: inout [PersonID: Int],
    in db: Database
  ) throws -> [Engagement] {
    let arguments: StatementArguments = [
      tenant.rawValue, worker.rawValue, window.end.rawValue,
      window.start.adding(minutes: -Visit.longestMinutes).rawValue,
    ]
    let homes = try homes(arguments, ways: &ways, in: db)
    let statement = try db.cachedStatement(
      sql: """
        SELECT start, "end", visit FROM participant
        WHERE tenant = ? AND person = ? AND occupies = 1 AND start < ? AND start > ?
        ORDER BY start
        """)
    let cursor = try Row.fetchCursor(statement, arguments: arguments)
    var found: [Engagement] = []
    while let row = try cursor.next() {
      let home = homes.isEmpty ? nil : homes[row[2]]
      found.append(
        Engagement(
          window: TimeWindow(
            start: UTCMilliseconds(rawValue: row[0]), end: UTCMilliseconds(rawValue: row[1])),
          place: home.map { .home($0) } ?? .base))
    }
    return found
  }

  /// Whose home each of a worker's home visits is at, by visit.
  private static func homes(
    _ arguments: StatementArguments, ways: inout [PersonID: Int], in db: Database
  ) throws -> [String: PersonID] {
    let cursor = try Row.fetchCursor(
      try db.cachedStatement(
        sql: """
          SELECT v.id, v.citizen, c.travelMinutes FROM visit v
          LEFT JOIN careCircle c ON c.tenant = v.tenant AND c.citizen = v.citizen
          WHERE v.tenant = ? AND v.worker = ? AND v.form = 'physical' AND v.start < ? AND v.start > ?
          """), arguments: arguments)
    var homes: [String: PersonID] = [:]
    while let row = try cursor.next() {
      let citizen = PersonID(rawValue: row[1])
      homes[row[0]] = citizen
      if let minutes: Int = row[2] { ways[citizen] = minutes }
    }
    return homes
  }
}
