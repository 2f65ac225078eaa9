import Foundation
import VisitClient

/// The demo's second chapter: a week of the example municipality, a group, what the law refuses, the
/// queue of a drop-in, and an absence that is seen to.
struct DemoWeek {
  let screen: DemoScreen
  let origin: String
  let data: String
  /// Whom the first chapter was about.
  let people: ExampleMunicipality

  /// Tells it. Says nothing where the example is not to be found.
  func tell() async throws {
    guard let example = try await ExampleWeek.load(data: data) else { return }
    let worker = try BesoegAPI(server: origin, token: example.worker)
    let backup = try BesoegAPI(server: origin, token: example.backup)
    let me = try await asking { () async throws(ServiceError) in try await worker.me() }
    let colleague = try await asking { () async throws(ServiceError) in try await backup.me() }
    let week = try await show(example, worker, me)
    try await meet(example, worker)
    try await refuse(example, worker, me, week)
    try await queue()
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
    show(
      "week --week \(example.week)",
      BookingWords(screen.texts).week(week, name: me.displayName, width: 76))
    return week
  }

  /// A group that meets every other week.
  private func meet(_ example: ExampleWeek, _ worker: BesoegAPI) async throws {
    screen.begin(.demoStepGroup)
    guard let monday = BookingWords(screen.texts).day(example.monday) else { return }
    let group = try await asking { () async throws(ServiceError) in
      try await worker.addGroup(
        NewGroup(name: screen.texts[.demoGroup], team: "handicap", capacity: 12))
    }
    let placed = try await asking { () async throws(ServiceError) in
      try await worker.place(example.groupMember, in: group.id)
    }
    let thursday = Copenhagen().startOfDay(monday, plusDays: 3)
    let wanted = NewMeetings(
      start: thursday.addingTimeInterval(14 * 3600), durationMinutes: 60, facilitatorId: nil,
      count: 4, everyWeeks: 2)
    let meetings = try await asking { () async throws(ServiceError) in
      try await worker.lay(wanted, of: group.id)
    }
    screen.done(
      .demoStepGroup, [:], .demoStepGroupDone,
      [
        "group": group.name, "n": String(meetings.count),
        "name": placed.members.map(\.displayName).joined(separator: ", "),
      ])
  }

  /// Advice that anybody may come to without an appointment.
  private func queue() async throws {
    screen.begin(.demoStepQueue)
    let api = people.worker.api
    let now = Date()
    let sessions = try await asking { () async throws(ServiceError) in
      try await api.openDropIn(NewDropIn(start: now, end: now.addingTimeInterval(5400)))
    }
    guard let session = sessions.first else { return }
    for (citizen, key) in zip(people.others, [TextKey.demoTopicLetter, .demoTopicMoney]) {
      _ = try await asking { () async throws(ServiceError) in
        try await api.joinQueue(session.id, citizen: citizen.id, topic: screen.texts[key])
      }
    }
    let queue = try await asking { () async throws(ServiceError) in
      try await api.queue(session.id)
    }
    screen.done(
      .demoStepQueue, [:], .demoStepQueueDone, ["n": String(queue.tickets.count)])
    show("queue", QueueWords(screen.texts).lines(of: queue, width: 76))
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
    let ill = ["worker": me.displayName]
    screen.begin(.demoStepAbsence, ill)
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
      .demoStepAbsence, ill, .demoStepAbsenceDone, ["n": String(absence.todos ?? 0)])
    let words = BookingWords(screen.texts)
    let teams = try await asking { () async throws(ServiceError) in try await backup.teams() }
    let names = Dictionary(
      teams.flatMap(\.members).map { ($0.id, $0.displayName) }, uniquingKeysWith: { a, _ in a })
    show("todo", words.todos(todos.todos, names: names, now: Date(), width: 76))
    let (citizen, name) = (todo.visit.citizen.displayName, colleague.displayName)
    let given = { (name: String) in name.prefix { $0 != " " } }
    let agreed = screen.texts.list(.wordsAgreement).first ?? ""
    show(
      "todo settle \(given(citizen)) --substitute \(given(name)) --agreed \(agreed)",
      wrapped(
        screen.texts[
          .todoSettled,
          [
            "name": citizen,
            "what": words.remedy(
              RemedyRecord(kind: "substitute"), worker: name, of: todo.visit, now: Date()),
          ]], width: 76))
  }

  /// A command and what it answers.
  private func show(_ command: String, _ answer: [String]) {
    screen.lines(
      ["", "    $ besoeg \(command)"] + answer.map { $0.isEmpty ? "" : "    " + $0 } + [""])
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
