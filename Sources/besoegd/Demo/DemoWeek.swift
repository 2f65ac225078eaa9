import Foundation
import VisitClient

/// The demo's second chapter: a week of the example municipality, what the law refuses, and an
/// absence that is seen to.
struct DemoWeek {
  let screen: DemoScreen
  let origin: String
  let data: String

  /// Tells it. Says nothing where the example is not to be found.
  func tell() async throws {
    guard let example = try await ExampleWeek.load(data: data) else { return }
    let worker = try BesoegAPI(server: origin, token: example.worker)
    let backup = try BesoegAPI(server: origin, token: example.backup)
    let me = try await asking { () async throws(ServiceError) in try await worker.me() }
    let colleague = try await asking { () async throws(ServiceError) in try await backup.me() }
    let week = try await show(example, worker, me)
    try await refuse(example, worker, me, week)
    try await fallIll(week, worker, backup, me, colleague)
  }

  private func show(
    _ example: ExampleWeek, _ worker: BesoegAPI, _ me: Person
  ) async throws -> WorkerWeek {
    screen.begin(.demoStepWeek)
    let week = try await asking { () async throws(ServiceError) in
      try await worker.week(of: me.id, week: example.week)
    }
    screen.lines([""])
    screen.done(
      .demoStepWeek, [:], .demoStepWeekDone,
      [
        "n": String(week.visits.count), "name": me.displayName,
        "week": String(example.week.suffix(2)).replacingOccurrences(of: "-", with: ""),
      ])
    screen.lines(
      ["", "    $ besoeg week --week \(example.week)"]
        + BookingWords(screen.texts).week(week, name: me.displayName, width: 76)
        .map { $0.isEmpty ? "" : "    " + $0 } + [""])
    return week
  }

  /// A group visit for a citizen under § 82 b: the refusal names the law.
  private func refuse(
    _ example: ExampleWeek, _ worker: BesoegAPI, _ me: Person, _ week: WorkerWeek
  ) async throws {
    screen.begin(.demoStepLaw)
    guard let monday = BookingWords(screen.texts).day(example.monday) else { return }
    let visit = NewVisit(
      citizenId: example.shortCourse, start: monday.addingTimeInterval(13 * 3600),
      durationMinutes: 60)
    do {
      _ = try await worker.book(visit, form: "group", room: nil)
      throw ProgramFailure(screen.texts[.demoFailedOutcome, ["outcome": "§ 82 b"]])
    } catch let error as ServiceError {
      screen.done(
        .demoStepLaw, [:], .demoStepLawDone,
        ["why": error.text(in: screen.texts, server: origin)])
    }
  }

  /// Mette is ill on Monday: each visit becomes a to-do, and the backup agrees with the citizen.
  private func fallIll(
    _ week: WorkerWeek, _ worker: BesoegAPI, _ backup: BesoegAPI, _ me: Person,
    _ colleague: Person
  ) async throws {
    let names = ["worker": me.displayName]
    screen.begin(.demoStepAbsence, names)
    guard let first = week.visits.map(\.start).min() else { return }
    let day = Copenhagen().startOfDay(first)
    let absence = try await asking { () async throws(ServiceError) in
      try await worker.declareAbsence(
        worker: nil, kind: "illness", from: day, to: Copenhagen().startOfDay(day, plusDays: 1))
    }
    let todos = try await asking { () async throws(ServiceError) in try await backup.todos() }
    guard
      let todo = todos.todos.first(where: { todo in
        todo.candidates.first.map { $0.worker == colleague.id && $0.reason == "backup" } ?? false
      })
    else { return }
    try await asking { () async throws(ServiceError) in
      try await backup.settle(
        todo, RemedyRecord(kind: "substitute", worker: colleague.id), agreed: "phone")
    }
    screen.done(
      .demoStepAbsence, names, .demoStepAbsenceDone,
      [
        "n": String(absence.todos ?? 0), "citizen": todo.visit.citizen.displayName,
        "backup": colleague.displayName,
      ])
  }

  private func asking<Value: Sendable>(
    _ request: () async throws(ServiceError) -> Value
  ) async throws -> Value {
    do {
      return try await request()
    } catch {
      throw ProgramFailure(error.text(in: screen.texts, server: origin))
    }
  }
}
