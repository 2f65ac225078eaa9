import Store
import Synchronization
import Visits

/// What is measured: each question asked of the store, and the statements it ran for it asked of bare
/// SQLite.
struct Questions: Sendable {
  /// What is asked.
  enum Kind: String, CaseIterable, Sendable {
    case week = "a worker's week"
    case slots = "free time of a team of 20 over 4 weeks"
    case series = "booking a 26-week series"
  }

  let town: Town
  let store: SQLiteStore
  private let monday: LocalDate

  init(town: Town, store: SQLiteStore) {
    self.town = town
    self.store = store
    monday = LocalDate(town.now)
  }

  private func window(days: Int) -> TimeWindow {
    TimeWindow(
      start: LocalDateTime(monday, .midnight).utc,
      end: LocalDateTime(monday.adding(days: days), .midnight).utc)
  }

  /// Asks the store about the `index`th worker.
  func ask(_ kind: Kind, _ index: Int) async throws {
    switch kind {
    case .week:
      let week = try await store.week(
        of: town.worker(index % town.workers), in: window(days: 7), tenant: Town.tenant,
        at: town.now)
      precondition(week.visits.count >= 30)
    case .slots:
      let search = SlotSearch(
        citizen: town.citizen(index % town.workers, 0),
        query: FreeSlotQuery(window: window(days: 28), durationMinutes: 30))
      let slots = try await store.freeSlots(search, tenant: Town.tenant, at: town.now)
      precondition(slots.count == search.query.limit)
    case .series: try await series(index)
    }
  }

  /// How many series there is room for: four in each worker's hour after four o'clock.
  var room: Int { town.workers * 4 }

  private func series(_ index: Int) async throws {
    precondition(index < room, "no room left for a series")
    let (worker, place) = (index % town.workers, index / town.workers)
    let start = LocalDateTime(monday.adding(days: 8), LocalTime(wrapping: 960 + 15 * place))
    let series = Series(
      id: SeriesID(rawValue: "s\(index)"), tenant: Town.tenant,
      citizenID: town.citizen(worker, place), workerID: town.worker(worker),
      recurrence: Recurrence(start: start, rule: RecurrenceRule(.weekly, ending: .count(26))),
      durationMinutes: 15)
    let begun = try await store.begin(
      SeriesRequest(series: series), by: .system, at: town.now,
      events: { _, changed in
        [EventDraft(name: "series", payload: "{\"visits\":\(changed.count)}", audience: Audience())]
      })
    // A Tuesday in half a year may be a holiday.
    precondition(begun.changed.count >= 24)
  }

  /// What others book: one visit, at a time of its own.
  func bookOther(_ count: Int) async throws {
    let (worker, place) = (count % town.workers, count / town.workers)
    let day = monday.adding(days: 70 + place / 6 % 5 + place / 30 * 7)
    _ = try await store.book(
      BookingRequest(
        citizenID: town.citizen(worker, 5), workerID: town.worker(worker),
        start: LocalDateTime(day, LocalTime(wrapping: 480 + place % 6 * 60)).utc,
        durationMinutes: 30),
      tenant: Town.tenant, by: .system, at: town.now)
  }

  /// The statements of one question, and what it takes to run them again: for a series, which has
  /// been written, as another worker's with other names.
  func statements(_ kind: Kind, _ index: Int, replayedAs other: Int) async throws
    -> [BareSQLite.Statement]
  {
    let recorded = try await StatementRecorder.record { try await ask(kind, index) }
    guard kind == .series else { return recorded }
    let (worker, place) = (index % town.workers, index / town.workers)
    let (worker2, place2) = (other % town.workers, other / town.workers)
    var names = [
      town.worker(worker).rawValue: town.worker(worker2).rawValue,
      town.citizen(worker, place).rawValue: town.citizen(worker2, place2).rawValue,
      "s\(index)": "s\(other)", "t\(worker / Town.teamSize)": "t\(worker2 / Town.teamSize)",
    ]
    // The visits have random names: what is inserted first as one gets another.
    for statement in recorded where statement.sql.hasPrefix("INSERT INTO visit ") {
      guard case .text(let id) = statement.values[1] else { continue }
      names[id] = "\(id)-2"
    }
    let minutes = Int64(15 * (place2 - place)) * 60_000
    return recorded.map { statement in
      var statement = statement
      statement.values = statement.values.map { value in
        switch value {
        case .text(let text): return .text(names[text] ?? text)
        case .integer(let number):
          // Times of the visits, not when they were made.
          return number > town.now.rawValue ? .integer(number + minutes) : value
        case .null: return value
        }
      }
      return statement
    }
  }
}
