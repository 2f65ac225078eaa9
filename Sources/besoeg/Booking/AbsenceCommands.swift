import ArgumentParser
import Foundation
import VisitClient

/// `besoeg absent --from "i dag 8" --to "fredag 16"`: reports an absence.
struct AbsentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "absent", abstract: Texts.current[.helpAbsent],
    subcommands: [ReportAbsence.self, ListAbsences.self, EndAbsence.self],
    defaultSubcommand: ReportAbsence.self, aliases: ["fravær", "syg"])
}

/// `besoeg absent report`.
struct ReportAbsence: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: Texts.current[.helpAbsent])

  @Option(help: .init(Texts.current[.helpAbsentFrom]))
  var from: String?
  @Option(help: .init(Texts.current[.helpAbsentTo]))
  var to: String?
  @Option(help: .init(Texts.current[.helpAbsentKind]))
  var kind = Texts.current.list(.wordsAbsence).first ?? kinds[0]
  @Option(help: .init(Texts.current[.helpWorker]))
  var worker: String?
  @OptionGroup var common: CommonOptions

  /// The service's words, in the order of the catalogue's.
  private static let kinds = ["illness", "holiday", "other"]

  func validate() throws {
    guard Texts.current.code(kind, of: Self.kinds, words: .wordsAbsence) != nil else {
      throw ValidationError(Texts.current[.helpAbsentKind])
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    let kind = texts.code(kind, of: Self.kinds, words: .wordsAbsence) ?? kind
    let now = Date()
    let start = try from.map { try program.date($0, now: now) } ?? now
    let end =
      try to.map { try program.date($0, now: now) }
      ?? program.copenhagen.startOfDay(start, plusDays: 1)
    var other: String?
    if let worker { other = try await program.colleague(worker).id }
    let absence = try await program.ask { [kind, other] api async throws(ServiceError) in
      try await api.declareAbsence(worker: other, kind: kind, from: start, to: end)
    }
    let terminal = Terminal.standard
    let words = BookingWords(texts)
    terminal.line(
      texts[.absenceEntered, ["when": words.period(absence.from, absence.to, now: now)]])
    let todos = absence.todos ?? 0
    terminal.line(texts[todos == 0 ? .absenceNoTodos : .absenceTodos, ["n": String(todos)]])
  }
}

/// `besoeg absent list`.
struct ListAbsences: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: Texts.current[.helpAbsences])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, dates) = (program.texts, DateText(program.texts))
    let words = BookingWords(texts)
    let absences = try await program.ask { api async throws(ServiceError) in
      try await api.absences()
    }
    guard !absences.isEmpty else {
      Terminal.standard.line(texts[.noAbsences])
      return
    }
    let names = try await program.names()
    var table = TextTable([
      .init(texts[.columnWho]), .init(texts[.columnWhy]), .init(texts[.columnFrom]),
      .init(texts[.columnTo]), .init(texts[.columnID]),
    ])
    for one in absences {
      table.append([
        names[one.worker] ?? VisitWords.short(one.worker), words.absence(one.kind ?? ""),
        "\(words.short(one.from)) \(dates.clock(one.from))",
        "\(words.short(one.to)) \(dates.clock(one.to))", VisitWords.short(one.id ?? ""),
      ])
    }
    Terminal.standard.print(lines: table.lines(width: Terminal.standard.width))
  }
}

/// `besoeg absent back NR`: somebody is back before time.
struct EndAbsence: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "back", abstract: Texts.current[.helpAbsentBack])

  @Argument(help: .init(Texts.current[.helpAbsenceID]))
  var id: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let absences = try await program.ask { api async throws(ServiceError) in
      try await api.absences()
    }
    guard let absence = absences.first(where: { $0.id?.hasPrefix(id) ?? false })?.id else {
      throw ProgramFailure(program.texts[.absenceNotFound, ["words": id]])
    }
    try await program.ask { api async throws(ServiceError) in
      try await api.withdrawAbsence(absence)
    }
    Terminal.standard.line(program.texts[.absenceWithdrawn])
  }
}
