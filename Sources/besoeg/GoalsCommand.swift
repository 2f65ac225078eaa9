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

/// `besoeg follow-ups`: who is to be followed up; `besoeg follow-ups karen --by phone --reached`.
struct FollowUpsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow-ups", abstract: Texts.current[.helpFollowUps], aliases: ["opfølgning"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @Option(help: .init(Texts.current[.helpFollowUpBy]))
  var by: String?
  @Flag(help: .init(Texts.current[.helpFollowUpReached]))
  var reached = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let terminal = Terminal.standard
    let open = try await program.ask { api async throws(ServiceError) in
      try await api.followUps()
    }
    let words = citizen.joined(separator: " ").lowercased()
    guard let by, !words.isEmpty else {
      if open.isEmpty { terminal.line(program.texts[.followUpsNone]) }
      for path in open { terminal.line(path.ask.text(in: program.texts)) }
      if !open.isEmpty {
        terminal.line()
        terminal.line(program.texts[.followUpsHint])
      }
      return
    }
    let those = open.filter { $0.citizen.displayName.lowercased().contains(words) }
    guard let path = those.first else {
      throw ProgramFailure(program.texts[.personNotFound, ["words": words]])
    }
    let way = try program.texts.contactWay(by)
    let after = try await program.ask { api async throws(ServiceError) in
      try await api.tried(way, reached: reached, followUpOf: path.visit)
    }
    let done = program.texts[.followUpDone, ["name": path.citizen.displayName]]
    terminal.line(after.ending == nil ? after.ask.text(in: program.texts) : done)
  }
}
