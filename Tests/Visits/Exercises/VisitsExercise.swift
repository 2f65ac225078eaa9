import Visits

/// What people's calendars and clients write as text, driven over arbitrary bytes: by the fuzzers in
/// Tests/Fuzz, and by unit tests over the fuzzers' corpora. The raw value names the fuzz target.
enum VisitsExercise: String, CaseIterable, Sendable {
  case recurrence = "Recurrence"
  case times = "Times"

  /// Feeds `bytes` to it as text.
  func run(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    switch self {
    case .recurrence: try exerciseRecurrence(text)
    case .times: try exerciseTimes(text)
    }
  }
}

/// Something that ought to hold did not.
struct BrokenClaim: Error {
  var claim: String
}

private func claim(_ condition: Bool, _ text: @autoclosure () -> String) throws {
  if !condition { throw BrokenClaim(claim: text()) }
}

/// The text as a rule: it survives being written, and a year of it takes a year's steps.
private func exerciseRecurrence(_ text: String) throws {
  guard let rule = try? RecurrenceRule(text: text) else { return }
  try claim(try RecurrenceRule(text: rule.text) == rule, "a rule survives")
  guard let first = LocalDate(year: 2026, month: 2, day: 28),
    let last = LocalDate(year: 2027, month: 2, day: 28)
  else { throw BrokenClaim(claim: "the days are in the calendar") }
  let start = LocalDateTime(first, LocalTime(wrapping: 150))
  let days = Recurrence(start: start, rule: rule).occurrences(from: first, through: last)
  try claim(days.count <= 367, "at most one a day")
  try claim(days == days.sorted() && Set(days).count == days.count, "in order, each once")
  try claim(days.allSatisfy { (first...last).contains($0.date) }, "within the days asked for")
}

/// The text as a time of each kind: what is read is written as it was, or as the same time.
private func exerciseTimes(_ text: String) throws {
  if let time = UTCMilliseconds(rfc3339: text) {
    try claim(UTCMilliseconds(rfc3339: time.rfc3339) == time, "a time survives")
  }
  if let date = LocalDate(iso8601: text) {
    try claim(date.iso8601 == text, "a date is written one way")
    try claim(date.adding(days: 1).days(until: date) >= -1, "the next day is one on, or the last")
  }
  if let time = LocalTime(text) {
    try claim((0..<1_440).contains(time.minuteOfDay), "a time of day is in the day")
  }
  _ = LocalDateTime(text)
}
