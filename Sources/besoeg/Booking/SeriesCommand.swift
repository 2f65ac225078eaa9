import ArgumentParser
import Foundation
import VisitClient

/// `besoeg series Karen`: the series of a citizen; `end` and `change` see to one from a day on.
struct SeriesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "series", abstract: Texts.current[.helpSeries],
    subcommands: [ListSeries.self, EndSeries.self, ChangeSeries.self],
    defaultSubcommand: ListSeries.self, aliases: ["forløb"])
}

/// `besoeg series list Karen`.
struct ListSeries: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: Texts.current[.helpSeries])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal) = (program.texts, Terminal.standard)
    let (person, series) = try await program.series(of: citizen)
    guard !series.isEmpty else {
      return terminal.line(texts[.seriesNone, ["name": person.displayName]])
    }
    let names = try await program.names()
    terminal.print(
      lines: BookingWords(texts).series(series, names: names).lines(width: terminal.width))
    terminal.line()
    terminal.line(texts[.seriesHint])
  }
}

/// `besoeg series end Karen --number 1 --from 31/1`.
struct EndSeries: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "end", abstract: Texts.current[.helpSeriesEnd], aliases: ["stop"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpSeriesNumber]))
  var number: Int?
  @Option(help: .init(Texts.current[.helpSeriesFrom]))
  var from: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let day = try program.date("\(from) 23.59", now: now)
    let (person, series) = try await program.series(of: citizen)
    let one = try program.one(of: series, number: number, person)
    try await program.ask { api async throws(ServiceError) in
      try await api.end(series: one.id, from: String(SeriesOptions.local(day).prefix(10)))
    }
    Terminal.standard.line(
      program.texts[
        .seriesEnded,
        [
          "name": person.displayName,
          "day": DateText(program.texts).spokenDay(day, now: now),
        ]])
  }
}

/// `besoeg series change Karen --from "torsdag 26/11 13.00" --time 14.00 --minutes 45`.
struct ChangeSeries: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "change", abstract: Texts.current[.helpSeriesChange], aliases: ["ret"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpSeriesNumber]))
  var number: Int?
  @Option(help: .init(Texts.current[.helpSeriesAt]))
  var from: String
  @Option(help: .init(Texts.current[.helpSeriesTime]))
  var time: String?
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes: Int?
  @Option(help: .init(Texts.current[.helpWorker]))
  var worker: String?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard time != nil || minutes != nil || worker != nil else {
      throw ValidationError(Texts.current[.seriesChangeNothing])
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let at = try program.date(from, now: now)
    let clock = try time.map { try program.date("2030-01-01 \($0)", now: now) }
    let (person, series) = try await program.series(of: citizen)
    let one = try program.one(of: series, number: number, person)
    var other: String?
    if let worker { other = try await program.colleague(worker).id }
    let change = SeriesSplit(
      at: SeriesOptions.local(at), time: clock.map { String(SeriesOptions.local($0).suffix(5)) },
      durationMinutes: minutes, workerId: other)
    let begun = try await program.ask { api async throws(ServiceError) in
      try await api.split(series: one.id, change)
    }
    let terminal = Terminal.standard
    terminal.line(
      program.texts[
        .seriesChanged,
        [
          "name": person.displayName, "n": String(begun.visits?.count ?? 0),
          "day": DateText(program.texts).spokenDay(at, now: now),
        ]])
    terminal.print(
      lines: BookingWords(program.texts).gaps(begun.gaps ?? [], now: now, width: terminal.width))
  }
}

extension ClientProgram {
  fileprivate func series(of words: [String]) async throws -> (Person, [SeriesRecord]) {
    let person = try await person(words.joined(separator: " "), role: .citizen)
    let series = try await ask { api async throws(ServiceError) in
      try await api.series(of: person.id)
    }
    return (person, series)
  }

  /// The series with a number of the list; the only one without.
  fileprivate func one(
    of series: [SeriesRecord], number: Int?, _ person: Person
  ) throws -> SeriesRecord {
    guard !series.isEmpty else {
      throw ProgramFailure(texts[.seriesNone, ["name": person.displayName]])
    }
    let index = number.map { $0 - 1 } ?? (series.count == 1 ? 0 : -1)
    guard series.indices.contains(index) else {
      throw ProgramFailure(
        texts[.seriesWhich, ["name": person.displayName, "n": String(series.count)]])
    }
    return series[index]
  }
}
