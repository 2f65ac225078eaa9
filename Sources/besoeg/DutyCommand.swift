import ArgumentParser
import Foundation
import VisitClient

/// `besoeg duty`: the rota; `besoeg duty add --at "tirsdag 8" --minutes 480` has the duty.
struct DutyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "duty", abstract: Texts.current[.helpDuty],
    subcommands: [ListDuty.self, AddDuty.self, RemoveDuty.self],
    defaultSubcommand: ListDuty.self, aliases: ["vagt"])
}

/// `besoeg duty list`.
struct ListDuty: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: Texts.current[.helpDuty])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal, now) = (program.texts, Terminal.standard, Date())
    let shifts = try await program.ask { api async throws(ServiceError) in try await api.shifts() }
    guard !shifts.isEmpty else { return terminal.line(texts[.dutyNone]) }
    let (dates, names) = (DateText(texts), try await program.names())
    var table = TextTable([
      .init(texts[.columnDay]), .init(texts[.columnTime]), .init(texts[.columnWho]), .init(""),
    ])
    for shift in shifts {
      let who = shift.workerId ?? ""
      table.append([
        dates.day(shift.start, now: now), dates.span(from: shift.start, to: shift.end),
        names[who] ?? VisitWords.short(who), shift.kind == "duty" ? texts[.presenceDuty] : "",
      ])
    }
    terminal.print(lines: table.lines(width: terminal.width))
  }
}

/// When somebody is on the rota, and what for.
struct ShiftOptions: ParsableArguments {
  @Option(help: .init(Texts.current[.helpAt]))
  var at: String
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes = 480
  @Flag(help: .init(Texts.current[.helpDutyWork]))
  var work = false
  @Option(help: .init(Texts.current[.helpTeam]))
  var team: String?
  @Option(help: .init(Texts.current[.helpWorker]))
  var worker: String?

  /// Puts it on the rota or takes it off, and says so.
  func set(_ isOn: Bool, _ program: ClientProgram) async throws {
    let (texts, now) = (program.texts, Date())
    let start = try program.date(at, now: now)
    let end = start.addingTimeInterval(Double(minutes) * 60)
    let who = try await program.colleague(worker)
    let shift = ShiftRecord(
      workerId: who.id, team: try await program.team(team), kind: work ? "work" : "duty",
      start: start, end: end)
    try await program.ask { api async throws(ServiceError) in
      try await api.setShift(shift, isOn: isOn)
    }
    Terminal.standard.line(
      texts[
        isOn ? .dutyAdded : .dutyRemoved,
        ["name": who.displayName, "when": BookingWords(texts).period(start, end, now: now)]])
  }
}

/// `besoeg duty add`.
struct AddDuty: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: Texts.current[.helpDutyAdd], aliases: ["tag"])

  @OptionGroup var shift: ShiftOptions
  @OptionGroup var common: CommonOptions

  func run() async throws { try await shift.set(true, ClientProgram(ca: common.ca)) }
}

/// `besoeg duty remove`.
struct RemoveDuty: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: Texts.current[.helpDutyRemove], aliases: ["fjern"])

  @OptionGroup var shift: ShiftOptions
  @OptionGroup var common: CommonOptions

  func run() async throws { try await shift.set(false, ClientProgram(ca: common.ca)) }
}
