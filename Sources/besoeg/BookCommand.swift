import ArgumentParser
import Foundation
import VisitClient

/// `besoeg book "Karen" --at "i morgen 10.00" --minutes 30`.
struct BookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "book", abstract: Texts.current[.helpBook])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpAt]))
  var at: String
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes = 30
  @Option(help: .init(Texts.current[.helpWorker]))
  var worker: String?
  @Option(help: .init(Texts.current[.helpForm]))
  var form: String?
  @Option(help: .init(Texts.current[.helpRoom]))
  var room: String?
  @OptionGroup var series: SeriesOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let start = series.first(try program.date(at, now: now))
    let form = try form.map { try program.texts.form($0) }
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    var workerID: String?
    if let worker { workerID = try await program.colleague(worker).id }
    let place = try await program.room(room)
    if series.isSeries {
      return try await begin(program, person, workerID, form, place, start, now)
    }
    let new = NewVisit(
      citizenId: person.id, workerId: workerID, start: start, durationMinutes: minutes)
    let visit = try await program.ask { [form] api async throws(ServiceError) in
      try await api.book(new, form: form, room: place)
    }
    VisitLines.print(.visitBooked, visit, program, now: now)
    for one in visit.advice ?? [] {
      Terminal.standard.print(
        lines: wrapped("  ! " + one.text(in: program.texts), width: Terminal.standard.width))
    }
    guard visit.form == "screen" else { return }
    // What to consider is a help and no part of booking: without it the visit is booked all the same.
    guard let known = try? await program.api.advice(about: person.id) else { return }
    let terminal = Terminal.standard
    for one in known.advice {
      terminal.print(lines: wrapped("  ! " + one.text(in: program.texts), width: terminal.width))
    }
  }

  private func begin(
    _ program: ClientProgram, _ citizen: Person, _ worker: String?, _ form: String?,
    _ place: String?, _ start: Date, _ now: Date
  ) async throws {
    let new = NewSeries(
      citizenId: citizen.id, workerId: worker, room: place, form: form,
      start: SeriesOptions.local(start), rule: try series.rule(program, from: start, now: now),
      durationMinutes: minutes, lengths: try series.lengths(program), skipRefused: series.skip)
    let begun = try await program.ask { api async throws(ServiceError) in
      try await api.begin(new)
    }
    let (texts, dates) = (program.texts, DateText(program.texts))
    let terminal = Terminal.standard
    let visits = begun.visits ?? []
    terminal.line(
      texts[
        .seriesBooked,
        [
          "name": citizen.displayName, "n": String(visits.count),
          "first": visits.first.map { dates.spokenDay($0.start, now: now) } ?? "",
          "last": visits.last.map { dates.day($0.start, now: now) } ?? "",
        ]])
    let gaps = begun.gaps ?? []
    if !gaps.isEmpty { terminal.line(texts[.seriesGaps]) }
    for gap in gaps {
      let why = texts.language == .danish ? gap.da : gap.en
      terminal.print(lines: wrapped("  – " + why, width: terminal.width))
    }
  }
}

/// One sentence about a visit: whom with and when.
enum VisitLines {
  /// How far ahead a visit is looked for by its citizen's name.
  static let daysAhead = 60

  static func print(_ key: TextKey, _ visit: Visit, _ program: ClientProgram, now: Date) {
    let dates = DateText(program.texts)
    Terminal.standard.line(
      program.texts[
        key,
        [
          "name": visit.citizen.displayName, "day": dates.spokenDay(visit.start, now: now),
          "time": dates.span(from: visit.start, to: visit.end),
          "form": BookingWords(program.texts).form(visit),
        ]])
  }
}
