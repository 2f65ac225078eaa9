import Hummingbird
import Store
import Visits

/// What a search for free time asks for in its query.
struct SlotQuery {
  /// The search.
  let search: SlotSearch

  /// The longest span searched, in days.
  private static let longestDays = 92

  init(_ request: Request, caller: Caller, now: UTCMilliseconds) throws {
    let parameters = request.uri.queryParameters
    guard let citizen = parameters.get("citizen") else {
      throw Problem(.missingField, ["field": "citizen"])
    }
    let from = try request.time("from") ?? now
    let to = try request.time("to") ?? from.adding(minutes: 28 * 1440)
    guard to.milliseconds(since: from) <= Int64(Self.longestDays) * 86_400_000 else {
      throw Problem(
        .outOfRange, ["field": "to", "least": "0", "most": String(Self.longestDays)])
    }
    var query = FreeSlotQuery(
      window: TimeWindow(start: from, end: to),
      durationMinutes: try Self.number("minutes", request, in: 5...480) ?? 30,
      limit: try Self.number("limit", request, in: 1...200) ?? 20, oneWorkerPerStart: true)
    if let step = try Self.number("step", request, in: 5...60) {
      guard let known = FreeSlotQuery.Step(rawValue: step) else {
        let choices = FreeSlotQuery.Step.allCases.map { String($0.rawValue) }
        throw Problem(
          .unknownChoice, ["field": "step", "choices": choices.joined(separator: ", ")])
      }
      query.step = known
    }
    let form: VisitForm =
      try parameters.get("form").map { try RequestText.choice($0, field: "form") } ?? .screen
    search = SlotSearch(
      citizen: PersonID(rawValue: citizen),
      workers: parameters.get("worker").map { [PersonID(rawValue: $0)] } ?? [], query: query,
      form: form, rooms: parameters.get("room").map { [RoomID(rawValue: $0)] } ?? [])
  }

  private static func number(
    _ name: String, _ request: Request, in range: ClosedRange<Int>
  ) throws -> Int? {
    guard let text = request.uri.queryParameters.get(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Problem(
        .outOfRange,
        ["field": name, "least": String(range.lowerBound), "most": String(range.upperBound)])
    }
    return number
  }
}

extension LocalDate {
  /// The Monday of an ISO 8601 week such as `2026-48`, or `2026-W48`; nil where the year has no such
  /// week.
  init?(isoWeek text: String) {
    let parts = text.replacing("W", with: "").split(separator: "-")
    guard parts.count == 2, parts[0].count == 4, let year = Int(parts[0]),
      let week = Int(parts[1]), (1...53).contains(week),
      let fourth = LocalDate(year: year, month: 1, day: 4)
    else { return nil }
    // 4 January is always in week 1.
    let monday = fourth.monday.adding(days: 7 * (week - 1))
    guard monday.isoWeek.year == year, monday.isoWeek.week == week else { return nil }
    self = monday
  }
}
