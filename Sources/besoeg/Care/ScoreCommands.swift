import ArgumentParser
import Foundation
import VisitClient

/// `besoeg scores karen`: the curves; `--scale uge --marks 7,5` enters what the citizen says.
struct ScoresCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scores", abstract: Texts.current[.helpScores], aliases: ["skalaer"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpScoresScale]))
  var scale: String?
  @Option(help: .init(Texts.current[.helpScoresMarks]))
  var marks: String?
  @Flag(help: .init(Texts.current[.helpScoresOff]))
  var off = false
  @Flag(help: .init(Texts.current[.helpScoresOn]))
  var on = false
  @Flag(help: .init(Texts.current[.helpScoresTalked]))
  var talked = false
  @Option(help: .init(Texts.current[.helpReason]))
  var reason: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    var all = try await program.ask { api async throws(ServiceError) in
      try await api.scores(of: person.id)
    }
    if marks != nil || off || on || talked {
      let index = try chosen(all, program.texts)
      all[index] = try await change(all[index], of: person, program)
    }
    guard !all.isEmpty else {
      return Terminal.standard.line(program.texts[.scoresNone, ["name": person.displayName]])
    }
    for scores in all { show(scores, of: person, program.texts) }
  }

  private func chosen(_ all: [ScoresRecord], _ texts: Texts) throws -> Int {
    if scale == nil, all.count == 1 { return 0 }
    let names = all.map(\.scale.id).joined(separator: ", ")
    guard let index = all.firstIndex(where: { $0.scale.id == scale }) else {
      throw ProgramFailure(texts[.scoresWhich, ["names": names]])
    }
    return index
  }

  private func change(
    _ scores: ScoresRecord, of person: Person, _ program: ClientProgram
  ) async throws -> ScoresRecord {
    let id = scores.scale.id
    if let marks {
      let now = Date()
      let visit = try await program.visit(
        person.displayName, now: now, days: 1,
        orElse: { visits in visits.last { $0.start <= now } }, missing: .noEndedVisit)
      // Whatever is no number is a line left out.
      let given = marks.split(separator: ",", omittingEmptySubsequences: false).map {
        Int($0.trimmingCharacters(in: .whitespaces))
      }
      let isSkipped = given.allSatisfy { $0 == nil }
      return try await program.ask { api async throws(ServiceError) in
        try await api.mark(isSkipped ? [] : given, on: id, in: visit.id)
      }
    }
    return try await program.ask { [talked, on, reason] api async throws(ServiceError) in
      if talked { return try await api.talked(about: id, with: person.id) }
      return try await api.offer(on, id, to: person.id, reason: reason)
    }
  }

  private func show(_ scores: ScoresRecord, of person: Person, _ texts: Texts) {
    let (terminal, dates, now) = (Terminal.standard, DateText(texts), Date())
    terminal.line("\(scores.scale.title) (\(scores.scale.id))")
    if !scores.isOffered {
      terminal.line("  " + texts[.scoresOff, ["name": person.displayName]])
    }
    let latest = scores.answers.suffix(40)
    guard let last = latest.last else { return terminal.line("  " + texts[.scoresEmpty]) }
    let graph = ScoreGraph(lowest: scores.scale.lowest, highest: scores.scale.highest)
    let mark = last.mean.map { dates.decimal($0) } ?? texts[.scoresSkipped]
    terminal.line(
      "  \(scores.scale.lowest) \(graph.line(latest.map(\.mean))) \(scores.scale.highest)")
    terminal.line("  \(dates.spokenDay(last.at, now: now)): \(mark)")
    if scores.needsTalk { terminal.line("  " + texts[.scoresFell]) }
  }
}

/// What the citizens around the caller need besides visits, for `besoeg todo`.
struct CareTaskLines {
  private let tasks: [CareTaskRecord]
  private let texts: Texts

  var isEmpty: Bool { tasks.isEmpty }

  init(_ program: ClientProgram) async throws {
    texts = program.texts
    // Operations have the list of visits to see to and no citizens of their own.
    let me = try await program.ask { api async throws(ServiceError) in try await api.me() }
    guard [.supportWorker, .teamLead, .caseWorker].contains(me.role) else {
      tasks = []
      return
    }
    tasks = try await program.ask { api async throws(ServiceError) in try await api.careTasks() }
  }

  func print() {
    guard !tasks.isEmpty else { return }
    let terminal = Terminal.standard
    terminal.line(texts[.todoTasks])
    for task in tasks {
      let line = texts[
        .todoTask, ["name": task.citizen.displayName, "ask": task.ask.text(in: texts)]]
      terminal.print(lines: wrapped("  – " + line, width: terminal.width))
    }
  }
}
