import ArgumentParser
import Foundation
import VisitClient

/// `besoeg week --worker Anne --week 2026-48`: a support worker's week.
struct WeekCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "week", abstract: Texts.current[.helpWeek], aliases: ["uge"])

  @Option(help: .init(Texts.current[.helpWorker]))
  var worker: String?
  @Option(help: .init(Texts.current[.helpWeekNumber]))
  var week: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let person = try await program.colleague(worker)
    let shown = try await program.ask { [week] api async throws(ServiceError) in
      try await api.week(of: person.id, week: week)
    }
    let terminal = Terminal.standard
    terminal.print(
      lines: BookingWords(program.texts).week(
        shown, name: person.displayName, width: terminal.width))
  }
}

/// `besoeg slots Karen --minutes 30`: when a visit could be booked, and with whom.
struct SlotsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slots", abstract: Texts.current[.helpSlots], aliases: ["ledig", "ledige"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes = 30
  @Option(help: .init(Texts.current[.helpSlotDays]))
  var days = 14
  @Option(help: .init(Texts.current[.helpWorker]))
  var worker: String?
  @Option(help: .init(Texts.current[.helpForm]))
  var form = Texts.current.list(.wordsForm).first ?? "screen"
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...92).contains(days) else { throw ValidationError(Texts.current[.helpSlotDays]) }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, dates) = (program.texts, DateText(program.texts))
    let now = Date()
    let form = try texts.form(form)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    var only: String?
    if let worker { only = try await program.colleague(worker).id }
    let end = program.copenhagen.startOfDay(now, plusDays: days)
    let slots = try await program.ask { [minutes, only] api async throws(ServiceError) in
      try await api.slots(
        citizen: person.id, from: now, to: end, minutes: minutes, form: form, worker: only)
    }
    let terminal = Terminal.standard
    guard !slots.isEmpty else {
      terminal.line(texts[.noSlots, ["name": person.displayName, "days": String(days)]])
      return
    }
    let names = try await program.names()
    let words = BookingWords(texts)
    terminal.line(
      texts[.slotsHeading, ["name": person.displayName, "minutes": String(minutes)]])
    terminal.print(
      lines: words.slots(slots, names: names, minutes: minutes, now: now, width: terminal.width))
    terminal.line()
    guard let first = slots.first else { return }
    let example = "\(words.weekdayShort(first.start)) \(dates.clock(first.start))"
    terminal.line(
      texts[
        .slotsHint,
        ["name": citizen.joined(separator: " "), "at": example, "minutes": String(minutes)]])
  }
}

extension ClientProgram {
  /// The worker of one's teams that `words` mean; oneself without words.
  func colleague(_ words: String?) async throws -> Person {
    guard let words else {
      return try await ask { api async throws(ServiceError) in try await api.me() }
    }
    if api.role == .operations { return try await person(words, role: .supportWorker) }
    let teams = try await ask { api async throws(ServiceError) in try await api.teams() }
    let me = try await ask { api async throws(ServiceError) in try await api.me() }
    let workers = Set(teams.flatMap(\.members) + [me]).filter {
      $0.role == .supportWorker || $0.role == .teamLead
    }
    switch VisitFinder.person(words, in: Array(workers)) {
    case .one(let person): return person
    case .several(let several):
      let names = several.map(\.displayName).sorted().joined(separator: ", ")
      throw ProgramFailure(texts[.nameAmbiguous, ["words": words, "names": names]])
    case .none: throw ProgramFailure(texts[.personNotFound, ["words": words]])
    }
  }

  /// The names of the people of one's teams, by id.
  func names() async throws -> [String: String] {
    let teams = try await ask { api async throws(ServiceError) in try await api.teams() }
    let me = try await ask { api async throws(ServiceError) in try await api.me() }
    return Dictionary(
      (teams.flatMap(\.members) + [me]).map { ($0.id, $0.displayName) },
      uniquingKeysWith: { a, _ in a })
  }
}
