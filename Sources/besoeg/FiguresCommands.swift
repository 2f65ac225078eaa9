import ArgumentParser
import Foundation
import VisitClient

/// `besoeg figures`: how often one's own screen visits worked. Nobody else can ask for them (F5).
struct FiguresCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures", abstract: Texts.current[.helpFigures], aliases: ["mine-tal"])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let usage = try await program.ask { api async throws(ServiceError) in
      try await api.ownUsage()
    }
    let terminal = Terminal.standard
    guard usage.held + usage.technicalFailures + usage.movedToPhone > 0 else {
      return terminal.line(program.texts[.figuresNone])
    }
    terminal.line(
      program.texts[
        .figuresOwn,
        [
          "held": String(usage.held), "first": String(usage.firstTry),
          "failed": String(usage.technicalFailures), "phone": String(usage.movedToPhone),
          "practices": String(usage.practices),
        ]])
    terminal.line(program.texts[.figuresPrivate])
  }
}

/// `besoeg continuity karen`: how far a citizen met people they know (B10).
struct ContinuityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "continuity", abstract: Texts.current[.helpContinuity], aliases: ["kendte"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let figure = try await program.ask { api async throws(ServiceError) in
      try await api.continuity(of: person.id)
    }
    let key: TextKey = figure.held == 0 ? .continuityNone : .continuityLine
    Terminal.standard.line(
      program.texts[
        key,
        [
          "name": person.displayName, "held": String(figure.held),
          "primary": String(figure.withPrimary), "known": String(figure.withKnown),
          "workers": String(figure.differentWorkers),
        ]])
  }
}

/// `besoeg report uge --team Vest`: the marks of several citizens together (H9).
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: Texts.current[.helpReport], aliases: ["rapport"])

  @Argument(help: .init(Texts.current[.helpScoresScale]))
  var scale: String
  @Option(help: .init(Texts.current[.helpTeam]))
  var team: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    var teamID: String?
    if let team {
      teamID = try await (program.team(team) as TeamRecord).id
    } else if program.api.role == .supportWorker {
      // Her own team's: the whole municipality's figures are for who leads.
      teamID = try await program.team(nil)
    }
    let report = try await program.ask { [teamID] api async throws(ServiceError) in
      try await api.scoreReport(scale, team: teamID)
    }
    let terminal = Terminal.standard
    guard let citizens = report.citizens else {
      return terminal.line(texts[.reportTooFew, ["n": String(report.smallestCell)]])
    }
    terminal.line(texts[.reportHeading, ["n": String(citizens)]])
    let dates = DateText(texts)
    var table = TextTable([
      .init(texts[.columnAbout]), .init(texts[.columnFirst], .right),
      .init(texts[.columnLatest], .right), .init(texts[.columnChange], .right),
    ])
    for line in report.lines {
      let figures = [line.first, line.latest, line.change].map { $0.map(dates.decimal) ?? "–" }
      table.append([line.item] + figures)
    }
    terminal.print(lines: table.lines(width: terminal.width))
  }
}
