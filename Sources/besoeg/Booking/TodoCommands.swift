import ArgumentParser
import Foundation
import VisitClient

/// `besoeg todo`: visits somebody has to see to.
struct TodoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "todo", abstract: Texts.current[.helpTodo],
    subcommands: [ListTodos.self, SettleTodo.self], defaultSubcommand: ListTodos.self,
    aliases: ["opgaver"])
}

/// `besoeg todo list`.
struct ListTodos: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: Texts.current[.helpTodo])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, dates) = (program.texts, DateText(program.texts))
    let terminal = Terminal.standard
    let now = Date()
    let list = try await program.ask { api async throws(ServiceError) in try await api.todos() }
    let tasks = try await CareTaskLines(program)
    guard !list.todos.isEmpty || !list.gaps.isEmpty else {
      if tasks.isEmpty { terminal.line(texts[.noTodos]) }
      return tasks.print()
    }
    let names = list.todos.isEmpty ? [:] : try await program.names()
    for todo in list.todos {
      let visit = todo.visit
      terminal.line(
        texts[
          todo.isOverdue ? .todoOverdue : .todoLine,
          [
            "name": visit.citizen.displayName, "worker": visit.worker.displayName,
            "day": dates.spokenDay(visit.start, now: now),
            "time": dates.span(from: visit.start, to: visit.end),
          ]])
      if todo.state == "proposed" { terminal.line("  " + texts[.todoProposed]) }
      let could = todo.candidates.prefix(3).map { one in
        let name = names[one.worker] ?? VisitWords.short(one.worker)
        return one.reason == "backup" ? texts[.todoBackup, ["name": name]] : name
      }
      let key: TextKey = could.isEmpty ? .todoNobody : .todoCould
      terminal.print(
        lines: wrapped(
          "  " + texts[key, ["names": could.joined(separator: ", ")]], width: terminal.width))
    }
    if !list.gaps.isEmpty {
      if !list.todos.isEmpty { terminal.line() }
      terminal.line(texts[.todoGaps])
      for gap in list.gaps.prefix(10) {
        let text = texts.language == .danish ? gap.da : gap.en
        let whose = gap.citizen.map { $0 + ": " } ?? ""
        terminal.print(lines: wrapped("  – " + whose + text, width: terminal.width))
      }
    }
    tasks.print()
    terminal.line()
    terminal.line(texts[.todoHint])
  }
}

/// `besoeg todo settle Karen --substitute Jonas --agreed phone`.
struct SettleTodo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle", abstract: Texts.current[.helpSettle], aliases: ["aftalt"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpSubstitute]))
  var substitute: String?
  @Option(help: .init(Texts.current[.helpMoveTo]))
  var move: String?
  @Flag(help: .init(Texts.current[.helpPhone]))
  var phone = false
  @Flag(help: .init(Texts.current[.helpCallOff]))
  var cancel = false
  @Option(help: .init(Texts.current[.helpAgreed]))
  var agreed: String
  @OptionGroup var common: CommonOptions

  func validate() throws {
    let alone = (substitute != nil || move != nil || phone) != cancel
    guard alone, ["phone", "message", "in-person"].contains(agreed) else {
      throw ValidationError(Texts.current[.settleOneWay])
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let words = citizen.joined(separator: " ")
    let list = try await program.ask { api async throws(ServiceError) in try await api.todos() }
    guard case .one(let visit) = VisitFinder.visit(words, in: list.todos.map(\.visit), now: now),
      let todo = list.todos.first(where: { $0.visit.id == visit.id })
    else { throw ProgramFailure(program.texts[.todoNotFound, ["words": words]]) }
    var remedy = RemedyRecord(kind: "cancel")
    if !cancel {
      remedy.kind = phone ? "phone" : move != nil ? "move" : "substitute"
      if let substitute { remedy.worker = try await program.colleague(substitute).id }
      remedy.start = try move.map { try program.date($0, now: now) }
    }
    try await program.ask { [remedy, agreed] api async throws(ServiceError) in
      try await api.settle(todo, remedy, agreed: agreed)
    }
    Terminal.standard.line(
      program.texts[.todoSettled, ["name": todo.visit.citizen.displayName]])
  }
}

/// `besoeg convert Karen --to video`: a visit held another way at the same time.
struct ConvertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: Texts.current[.helpConvert], aliases: ["skift"])

  @Argument(help: .init(Texts.current[.helpVisit]))
  var visit: [String]
  @Option(help: .init(Texts.current[.helpConvertTo]))
  var to: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let found = try await program.visit(
      visit.joined(separator: " "), now: now, days: VisitLines.daysAhead, orElse: { _ in nil },
      missing: .noVisits)
    let changed = try await program.ask { [to] api async throws(ServiceError) in
      try await api.convert(found.id, to: to)
    }
    VisitLines.print(.visitConverted, changed, program, now: now)
  }
}

/// `besoeg delay --minutes 10`: tells the next citizen that the visit begins later.
struct DelayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delay", abstract: Texts.current[.helpDelay], aliases: ["forsinket"])

  @Argument(help: .init(Texts.current[.helpVisit]))
  var visit: [String] = []
  @Option(help: .init(Texts.current[.helpDelayMinutes]))
  var minutes = 10
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let found = try await program.visit(
      visit.joined(separator: " "), now: now,
      orElse: { all in
        all.filter { $0.state == .booked && $0.end > now }.min { $0.start < $1.start }
      }, missing: .noMoreVisitsToday)
    try await program.ask { [minutes] api async throws(ServiceError) in
      try await api.delay(found.id, minutes: minutes)
    }
    Terminal.standard.line(
      program.texts[
        .delayTold, ["name": found.citizen.displayName, "n": String(minutes)]])
  }
}
