import GRDB
import Visits

// Visits that nobody booked beforehand: a call-back, the next in the queue.
extension SQLiteStore {
  /// The shortest visit that is begun before the next appointment, in minutes.
  private static let leastMinutes = 5

  /// Books a visit that begins now, cut short where one of the two has an appointment soon. Grants
  /// and opening hours are not asked: the citizen wants to talk, and somebody is there.
  static func bookNow(
    _ visit: Visit, action: String, callback: CommittedCallback? = nil,
    queue: CommittedQueue? = nil, policy: DailyPolicy, by initiator: Initiator,
    at now: UTCMilliseconds, events: EventMaker, in db: Database
  ) throws -> CommittedVisit {
    var visit = visit
    let next = try Int64.fetchOne(
      db,
      sql: """
        SELECT MIN(start) FROM participant
        WHERE tenant = ? AND person IN (?, ?) AND occupies = 1 AND start > ?
        """,
      arguments: [
        visit.tenant.rawValue, visit.citizenID.rawValue, visit.workerID.rawValue, now.rawValue,
      ])
    if let next {
      let room = (next - now.rawValue) / 60_000
      if room < visit.durationMinutes {
        visit.durationMinutes = max(Self.leastMinutes, Int(room))
      }
    }
    var details = try VisitTable.details(of: visit, in: db)
    var booking = BookingPolicy()
    booking.forms.insert(.dropIn)
    let change = try VisitRules(policy: booking).book(
      BookingProposal(
        visit: visit, citizen: details.citizen, worker: details.worker, initiator: initiator,
        now: now))
    try VisitTable.requireFree(details, in: db)
    details.visit = change.visit
    try VisitTable.insert(change.visit, in: db)
    return try finish(
      change, action: action, details: details, previous: nil, daily: policy, callback: callback,
      queue: queue, by: initiator, at: now, events: events, in: db)
  }
}
