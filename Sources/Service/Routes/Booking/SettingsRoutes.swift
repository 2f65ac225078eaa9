import HTTPTypes
import Hummingbird
import Store
import Visits

/// What a municipality has decided: how grants are held, holidays, ways, call-backs. The people who
/// work by it may read it; administrators decide. Opening hours and retention have routes of their own.
struct SettingsRoutes: Sendable {
  let store: any BesoegStore
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("settings", use: read)
    group.put("settings/booking", use: writeBooking)
    group.put("settings/daily", use: writeDaily)
  }

  private struct SettingsDocument: Encodable {
    var booking: BookingSettings
    var daily: DailySettings
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    guard caller.role.isStaff else { throw Problem(.notAllowed) }
    return try ServiceJSON.response(
      SettingsDocument(
        booking: try await store.bookingSettings(tenant: caller.tenant),
        daily: try await store.dailySettings(tenant: caller.tenant)))
  }

  @Sendable private func writeBooking(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.administrator)
    let settings = try await request.json(BookingSettings.self, context: context)
    let grants = settings.grants
    try Self.check("travelMinutes", settings.travelMinutes ?? 0, in: 0...TravelTimes.longestMinutes)
    try Self.check("bufferMinutes", settings.bufferMinutes, in: 0...240)
    try Self.check("mostCitizens", settings.mostCitizens, in: 1...1000)
    try Self.check("grants.minimumAge", grants.minimumAge, in: 0...120)
    // § 82 b itself sets the six months; a municipality may be shorter, never longer.
    try Self.check("grants.months82b", grants.months82b, in: 1...GrantPolicy().months82b)
    try Self.check("grants.visitCap82b", grants.visitCap82b ?? 1, in: 1...1000)
    try Self.check("grants.extensionVisits", grants.extensionVisits, in: 0...1000)
    try Self.check("grants.statusNoticeDays", grants.statusNoticeDays, in: 0...183)
    try Self.check("grants.endingNoticeDays", grants.endingNoticeDays, in: 0...183)
    try Self.check("grants.firstContactDays", grants.firstContactDays, in: 0...366)
    try Self.check("grants.weeklyTolerancePercent", grants.weeklyTolerancePercent, in: 0...1000)
    try Self.check("grants.reentryDays", grants.reentryDays, in: 0...1827)
    for milestone in grants.statusMilestones {
      try Self.check("grants.statusMilestones.months", milestone.months, in: 0...60)
      try Self.check("grants.statusMilestones.days", milestone.days, in: 0...31)
    }
    for package in grants.packages {
      let most = 7 * 1440
      try Self.check("grants.packages.fewestMinutes", package.fewestMinutes, in: 0...most)
      try Self.check(
        "grants.packages.mostMinutes", package.mostMinutes, in: package.fewestMinutes...most)
      try Self.check(
        "grants.packages.usualMinutes", package.usualMinutes,
        in: package.fewestMinutes...package.mostMinutes)
    }
    try await store.setBookingSettings(
      settings, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return try ServiceJSON.response(settings)
  }

  @Sendable private func writeDaily(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.administrator)
    var settings = try await request.json(DailySettings.self, context: context)
    for (field, minutes) in [
      ("ordinaryMinutes", settings.ordinaryMinutes), ("urgentMinutes", settings.urgentMinutes),
      ("claimMinutes", settings.claimMinutes), ("callbackMinutes", settings.callbackMinutes),
    ] { try Self.check(field, minutes, in: DailySettings.minutes) }
    settings.emergencyNumber = try settings.emergencyNumber.map {
      try RequestText.checked($0, field: "emergencyNumber", most: DailySettings.longestNumber)
    }
    try await store.setDailySettings(
      settings, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return try ServiceJSON.response(settings)
  }

  private static func check(_ field: String, _ value: Int, in range: ClosedRange<Int>) throws {
    guard range.contains(value) else {
      throw Problem(
        .outOfRange,
        ["field": field, "least": String(range.lowerBound), "most": String(range.upperBound)])
    }
  }
}
