public import Visits

/// A visit as calendars need it: with how often it was changed and when (RFC 5545's `SEQUENCE` and
/// `LAST-MODIFIED`).
public struct CalendarVisit: Hashable, Sendable {
  /// The visit.
  public var visit: Visit
  /// Changes of when, how and whether, from 0.
  public var revision: Int
  /// When it was last changed.
  public var changedAt: UTCMilliseconds

  /// A visit in a calendar.
  public init(visit: Visit, revision: Int, changedAt: UTCMilliseconds) {
    self.visit = visit
    self.revision = revision
    self.changedAt = changedAt
  }
}

/// A worker's week.
public struct WorkerWeek: Sendable {
  /// The visits, called-off ones among them, in the order they begin.
  public var visits: [VisitDetails]
  /// When the worker is away.
  public var absences: [Absence]
  /// Published time nobody has taken (B15).
  public var freed: [FreedTime]
  /// Minutes of contact with citizens booked or held in the week (B9).
  public var contactMinutes: Int
}

/// A search for free time.
public struct SlotSearch: Sendable {
  /// For whom.
  public var citizen: PersonID
  /// With whom; empty for the citizen's teams, the known worker and the backup first (B10, B12).
  public var workers: [PersonID]
  /// What is looked for.
  public var query: FreeSlotQuery
  /// How it is to be held.
  public var form: VisitForm
  /// Rooms of which one is needed; empty where none is.
  public var rooms: [RoomID]

  /// A search.
  public init(
    citizen: PersonID, workers: [PersonID] = [], query: FreeSlotQuery, form: VisitForm = .screen,
    rooms: [RoomID] = []
  ) {
    self.citizen = citizen
    self.workers = workers
    self.query = query
    self.form = form
    self.rooms = rooms
  }
}

/// Teams, rooms, hours, and what lies in calendars.
public protocol CalendarStore: Sendable {
  /// What the municipality has decided about booking; the defaults where it has decided nothing.
  func bookingSettings(tenant: TenantID) async throws(StoreError) -> BookingSettings
  /// Keeps it, with a line in the audit log.
  func setBookingSettings(
    _ settings: BookingSettings, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError)

  /// What the municipality has decided about the day's work; the defaults where it has decided
  /// nothing.
  func dailySettings(tenant: TenantID) async throws(StoreError) -> DailySettings
  /// Keeps it, with a line in the audit log.
  func setDailySettings(
    _ settings: DailySettings, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError)

  /// The teams, by name.
  func teams(tenant: TenantID) async throws(StoreError) -> [Team]
  /// Puts a team in place of the one of that id, members and all.
  func putTeam(
    _ team: Team, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
  /// Those who share a team with the person, the person left out.
  func colleagues(of person: PersonID, tenant: TenantID) async throws(StoreError) -> Set<PersonID>

  /// The rooms, by name.
  func rooms(tenant: TenantID) async throws(StoreError) -> [Room]
  /// Puts a room in place of the one of that id.
  func putRoom(
    _ room: Room, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)

  /// Who is around a citizen, and how they want it done.
  func citizenPlan(of citizen: PersonID, tenant: TenantID) async throws(StoreError) -> CitizenPlan
  /// Keeps it, with a line in the audit log. The teams in it are passed over.
  func putCitizenPlan(
    _ plan: CitizenPlan, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)

  /// All opening hours with the holidays.
  func openingPlan(tenant: TenantID) async throws(StoreError) -> OpeningPlan
  /// Puts profiles in place of those of their ids, with a line in the audit log.
  func putOpeningProfiles(
    _ profiles: [OpeningProfile], tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError)

  /// The visits of a person that overlap `window`, called-off ones among them, in the order they
  /// begin.
  func calendar(
    of person: PersonID, in window: TimeWindow, tenant: TenantID
  ) async throws(StoreError) -> [CalendarVisit]
  /// What lies in a worker's week.
  func week(
    of worker: PersonID, in window: TimeWindow, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> WorkerWeek
  /// Free times, in order; what is proposed can be booked unless somebody is quicker.
  func freeSlots(
    _ search: SlotSearch, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [FreeSlot]
  /// Published time that nobody has taken, of these workers or of all (B15).
  func freedTime(
    tenant: TenantID, workers: Set<PersonID>?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [FreedTime]
}
