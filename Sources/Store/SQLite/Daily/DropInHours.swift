import GRDB
import Visits

extension QueueTable {
  /// Throws unless a session lies in the hours of its team's advice (C1); a session that names no team
  /// keeps to the host's. Where nobody has entered hours there are none to keep to.
  static func requireOpeningHours(
    of session: DropInSession, tenant: TenantID, in db: Database
  ) throws {
    let teams =
      session.team == .everybody
      ? try TeamTable.teams(of: session.host, tenant: tenant, in: db) : [session.team]
    guard let usual = teams.first else { return }
    let plan = OpeningPlan(
      profiles: try SettingsTable.profiles(tenant: tenant, teams: teams, in: db),
      holidays: try SettingsTable.booking(tenant: tenant, in: db).holidays)
    guard !plan.profiles.isEmpty else { return }
    let team = teams.first { plan.offers(session.service, of: $0) } ?? usual
    try plan.check(session.window, team: team, service: session.service, flags: [])
  }
}
