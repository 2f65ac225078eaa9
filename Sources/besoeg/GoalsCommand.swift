import ArgumentParser
import Foundation
import VisitClient

/// `besoeg goals karen`: a citizen's goals; `--add` and `--met` change them.
struct GoalsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "goals", abstract: Texts.current[.helpGoals], aliases: ["mål"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpGoalsAdd]))
  var add: String?
  @Option(help: .init(Texts.current[.helpGoalsMet]))
  var met: Int?
  @Option(help: .init(Texts.current[.helpGoalsStop]))
  var stop: Int?
  @Option(name: .customLong("export"), help: .init(Texts.current[.helpGoalsOut]))
  var exportFile: String?
  @Option(name: .customLong("import"), help: .init(Texts.current[.helpGoalsIn]))
  var importFile: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    if let importFile {
      guard let data = FileManager.default.contents(atPath: importFile) else {
        throw ProgramFailure(program.texts[.fileUnreadable, ["file": importFile]])
      }
      try await program.ask { api async throws(ServiceError) in
        try await api.takeGoals(data, of: person.id)
      }
    }
    if let exportFile {
      let data = try await program.ask { api async throws(ServiceError) in
        try await api.goalExchange(of: person.id)
      }
      try writePrivately(data, to: exportFile, program.texts)
      return Terminal.standard.line(program.texts[.exportWritten, ["file": exportFile]])
    }
    if let add {
      _ = try await program.ask { api async throws(ServiceError) in
        try await api.addGoal(add, of: person.id)
      }
    }
    var active = try await activeGoals(person, program)
    for (number, state) in [(met, "met"), (stop, "stopped")] {
      guard let number else { continue }
      guard active.indices.contains(number - 1) else {
        throw ProgramFailure(program.texts[.noteGoalUnclear, ["goal": String(number)]])
      }
      let goal = active[number - 1]
      _ = try await program.ask { api async throws(ServiceError) in
        try await api.closeGoal(goal.id, of: person.id, as: state)
      }
      active = try await activeGoals(person, program)
    }
    let terminal = Terminal.standard
    terminal.line(program.texts[.goalsHeading, ["name": person.displayName]])
    if active.isEmpty { terminal.line(program.texts[.goalsNone]) }
    for (number, goal) in zip(1..., active) { terminal.line("  \(number)  \(goal.wording)") }
  }

  private func activeGoals(_ person: Person, _ program: ClientProgram) async throws -> [GoalRecord]
  {
    try await program.ask { api async throws(ServiceError) in
      try await api.goals(of: person.id)
    }.filter { $0.state == "active" }
  }
}
