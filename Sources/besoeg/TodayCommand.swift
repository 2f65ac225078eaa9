import ArgumentParser
import Foundation
import VisitClient

/// `besoeg today`: the day's visits, and which is next.
struct TodayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "today", abstract: Texts.current[.helpToday], aliases: ["i-dag", "idag"])

  @Option(help: .init(Texts.current[.helpDays]))
  var days = 1
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...31).contains(days) else {
      throw ValidationError(Texts.current[.daysOutOfRange])
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, dates) = (program.texts, DateText(program.texts))
    let words = VisitWords(texts)
    let now = Date()
    let visits = try await program.visits(now: now, days: days)
    let terminal = Terminal.standard
    for day in 0..<days {
      let start = program.copenhagen.startOfDay(now, plusDays: day)
      let end = program.copenhagen.startOfDay(now, plusDays: day + 1)
      let those = visits.filter { start <= $0.start && $0.start < end }
      if those.isEmpty && days > 1 { continue }
      terminal.line(texts[.dayHeading, ["day": dates.day(start, now: now)]].capitalizedFirst)
      terminal.line()
      if those.isEmpty {
        terminal.line(texts[.noVisitsToday])
      } else {
        let table = words.table(those, me: program.api.personID, now: now)
        terminal.print(lines: table.lines(width: terminal.width))
      }
      terminal.line()
    }
    if visits.isEmpty && days > 1 { terminal.line(texts[.noVisits]) }
    if visits.isEmpty, days == 1, program.api.role != .citizen {
      terminal.line(texts[.todayHint])
    }
    if let next = VisitFinder.next(in: visits, now: now), program.api.role != .citizen {
      terminal.line(
        texts[
          .nextVisit,
          ["name": next.citizen.displayName, "time": dates.clock(next.start)]])
    }
  }
}

extension String {
  /// The text with a capital first letter: headings begin sentences.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
