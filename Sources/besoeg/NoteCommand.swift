import ArgumentParser
import Foundation
import VisitClient

/// `besoeg note karen --goal 1=fremad --next "…"`; without options it asks, in under a minute.
struct NoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: Texts.current[.helpNote], aliases: ["notat"])

  @Argument(help: .init(Texts.current[.helpVisit]))
  var visit: [String] = []
  @Option(name: .customLong("goal"), help: .init(Texts.current[.helpNoteGoal]))
  var goals: [String] = []
  @Option(help: .init(Texts.current[.helpNoteNext]))
  var next: String?
  @Option(help: .init(Texts.current[.helpNoteText]))
  var text: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let found = try await program.visit(
      visit.joined(separator: " "), now: now, days: 1,
      orElse: { visits in visits.last { $0.start <= now } }, missing: .noEndedVisit)
    let known = try await program.ask { api async throws(ServiceError) in
      try await api.goals(of: found.citizen.id)
    }.filter { $0.state == "active" }
    var draft = try Draft(goals: goals, known: known, next: next, text: text, program.texts)
    if goals.isEmpty, next == nil, text == nil {
      VisitLines.print(.noteAbout, found, program, now: now)
      draft.ask(known, program.texts)
    }
    let written = draft
    let note = try await program.ask { api async throws(ServiceError) in
      try await api.writeNote(
        of: found.id, progress: written.progress, nextStep: written.next, text: written.text)
    }
    let terminal = Terminal.standard
    terminal.line(
      program.texts[
        .noteWritten, ["name": found.citizen.displayName, "minutes": String(note.minutes)]])
    for notice in note.notices ?? [] { terminal.line(notice.text(in: program.texts)) }
  }

  /// What is written so far.
  private struct Draft {
    var progress: [NoteRecord.Progress] = []
    var next: String?
    var text: String?

    /// The steps in the order they are asked for: 1, 2, 3, 4.
    static let steps = ["back", "same", "forward", "met"]

    init(
      goals: [String], known: [GoalRecord], next: String?, text: String?, _ texts: Texts
    ) throws {
      self.next = next
      self.text = text
      for goal in goals {
        let parts = goal.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let number = Int(parts[0]), known.indices.contains(number - 1),
          let step = Self.step(parts[1], texts)
        else { throw ProgramFailure(texts[.noteGoalUnclear, ["goal": goal]]) }
        progress.append(.init(goal: known[number - 1].id, step: step))
      }
    }

    mutating func ask(_ known: [GoalRecord], _ texts: Texts) {
      let terminal = Terminal.standard
      for goal in known {
        terminal.line(texts[.noteAskGoal, ["goal": goal.wording]])
        terminal.line("  " + texts[.noteSteps])
        if let answer = readLine(), let step = Self.step(answer, texts) {
          progress.append(.init(goal: goal.id, step: step))
        }
      }
      terminal.line(texts[.noteAskNext])
      next = Self.answer()
      terminal.line(texts[.noteAskText])
      text = Self.answer()
    }

    private static func answer() -> String? {
      let line = (readLine() ?? "").trimmingCharacters(in: .whitespaces)
      return line.isEmpty ? nil : line
    }

    private static func step(_ word: String, _ texts: Texts) -> String? {
      texts.code(word, of: steps, words: .wordsProgress)
    }
  }
}

/// `besoeg outcome karen --kind moved-to-phone`: what became of a visit; without a visit, which ones
/// nobody has told about.
struct OutcomeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outcome", abstract: Texts.current[.helpOutcome], aliases: ["udfald"])

  @Argument(help: .init(Texts.current[.helpVisit]))
  var visit: [String] = []
  @Option(help: .init(Texts.current[.helpOutcomeKind]))
  var kind: String?
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes: Int?
  @OptionGroup var cancellation: CancellationOptions
  @Option(help: .init(Texts.current[.helpNoteText]))
  var text: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    guard let kind else {
      let missing = try await program.ask { api async throws(ServiceError) in
        try await api.visitsWithoutOutcome()
      }
      guard !missing.isEmpty else {
        return Terminal.standard.line(program.texts[.outcomeNoneMissing])
      }
      Terminal.standard.line(program.texts[.outcomeMissing])
      let table = VisitWords(program.texts).table(missing, me: program.api.personID, now: now)
      return Terminal.standard.print(lines: table.lines(width: Terminal.standard.width))
    }
    let code = try program.texts.outcome(kind)
    let codes = try cancellation.codes(program.texts)
    let found = try await program.visit(
      visit.joined(separator: " "), now: now, days: 1,
      orElse: { visits in visits.last { $0.start <= now } }, missing: .noEndedVisit)
    let written = try await program.ask { api async throws(ServiceError) in
      try await api.writeOutcome(
        of: found.id, kind: code, minutes: minutes, note: text, by: codes.by,
        because: codes.because)
    }
    VisitLines.print(.outcomeWritten, found, program, now: now)
    let why = program.texts.said(cancelledBy: written.cancelledBy, because: written.reason)
    Terminal.standard.line(
      "  " + program.texts.said(outcome: written.kind) + (why.map { " (\($0))" } ?? ""))
  }
}
