import ArgumentParser
import Foundation
import VisitClient

/// `besoeg groups floor Torsdag`: who would like to speak, and who has spoken how much (D2).
struct ShowFloor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "floor", abstract: Texts.current[.helpFloor], aliases: ["ordet"])

  @OptionGroup var which: MeetingOption
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (group, meeting) = try await which.find(program, now: Date())
    let floor = try await program.ask { api async throws(ServiceError) in
      try await api.floor(of: meeting.id)
    }
    let terminal = Terminal.standard
    terminal.print(lines: GroupWords(program.texts).floor(floor, width: terminal.width))
    terminal.line()
    let hint: TextKey = floor.round == nil ? .floorHint : .roundHint
    terminal.line(program.texts[hint, ["name": group.name]])
  }
}

/// `besoeg groups round Torsdag --question "Hvordan har ugen været?"`, then `--next` (D9).
struct LeadRound: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "round", abstract: Texts.current[.helpRound], aliases: ["runde"])

  @OptionGroup var which: MeetingOption
  @Option(help: .init(Texts.current[.helpRoundQuestion]))
  var question: String?
  @Flag(help: .init(Texts.current[.helpRoundNext]))
  var next = false
  @Flag(help: .init(Texts.current[.helpRoundLater]))
  var later = false
  @Flag(help: .init(Texts.current[.helpRoundEnd]))
  var end = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard [question != nil, next, later, end].count(where: { $0 }) <= 1 else {
      throw ValidationError(Texts.current[.roundOneThing])
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (group, meeting) = try await which.find(program, now: Date())
    let floor = try await program.ask { api async throws(ServiceError) in
      if end { return try await api.endRound(in: meeting.id) }
      if next || later { return try await api.nextTurn(in: meeting.id, asksAgain: later) }
      return try await api.beginRound(question, in: meeting.id)
    }
    let terminal = Terminal.standard
    if floor.round == nil {
      terminal.line(program.texts[end ? .roundEnded : .roundThrough])
    } else {
      terminal.print(lines: GroupWords(program.texts).floor(floor, width: terminal.width))
      terminal.line()
      terminal.line(program.texts[.roundHint, ["name": group.name]])
    }
  }
}
