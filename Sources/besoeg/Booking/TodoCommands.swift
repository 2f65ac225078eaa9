import ArgumentParser
import Foundation
import VisitClient

/// `besoeg todo`: visits somebody has to see to.
struct TodoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "todo", abstract: Texts.current[.helpTodo],
    subcommands: [ListTodos.self, TakeTodo.self, SettleTodo.self],
    defaultSubcommand: ListTodos.self, aliases: ["opgaver"])
}

/// `besoeg todo list`.
struct ListTodos: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: Texts.current[.helpTodo])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal, now) = (program.texts, Terminal.standard, Date())
    let list = try await program.ask { api async throws(ServiceError) in try await api.todos() }
    let tasks = try await CareTaskLines(program)
    let screens = list.screens ?? []
    guard !list.todos.isEmpty || !screens.isEmpty || !list.gaps.isEmpty else {
      if tasks.isEmpty { terminal.line(texts[.noTodos]) }
      return tasks.print()
    }
    let names = list.todos.isEmpty ? [:] : try await program.names()
    terminal.print(
      lines: BookingWords(texts).todos(
        list.todos, names: names, now: now, width: terminal.width))
    if !screens.isEmpty {
      if !list.todos.isEmpty { terminal.line() }
      terminal.print(
        lines: BookingWords(texts).screens(screens, now: now, width: terminal.width))
      terminal.line(texts[.screenTodoHint])
    }
    if !list.gaps.isEmpty {
      if !list.todos.isEmpty || !screens.isEmpty { terminal.line() }
      terminal.line(texts[.todoGaps])
      terminal.print(
        lines: BookingWords(texts).gaps(list.gaps, now: now, width: terminal.width))
    }
    tasks.print()
    guard !list.todos.isEmpty else { return }
    terminal.line()
    terminal.line(texts[.todoHint])
  }
}

/// `besoeg todo take Karen`: says to the team that one sees to it.
struct TakeTodo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "take", abstract: Texts.current[.helpTodoTake], aliases: ["tag"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (todo, _) = try await program.todo(citizen, now: Date())
    try await program.ask { api async throws(ServiceError) in try await api.take(todo) }
    Terminal.standard.line(
      program.texts[.todoTaken, ["name": todo.visit.citizen.displayName]])
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
  @Flag(help: .init(Texts.current[.helpPhysical]))
  var physical = false
  @Flag(help: .init(Texts.current[.helpSound]))
  var sound = false
  @Flag(help: .init(Texts.current[.helpKeep]))
  var keep = false
  @Flag(help: .init(Texts.current[.helpSettleAll]))
  var all = false
  @Option(help: .init(Texts.current[.helpAgreed]))
  var agreed: String
  @OptionGroup var common: CommonOptions

  func validate() throws {
    let ways = [phone, cancel, physical, sound, keep].count { $0 }
    let isElsewhere = substitute != nil || move != nil
    guard ways == 1 && !(cancel && isElsewhere) || ways == 0 && isElsewhere else {
      throw ValidationError(Texts.current[.settleOneWay])
    }
    guard !all || move == nil else { throw ValidationError(Texts.current[.settleAllSameTime]) }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let list = try await program.ask { api async throws(ServiceError) in try await api.todos() }
    // A visit whose worker is away comes first: without somebody to hold it there is no how.
    if let todo = program.todo(citizen, in: list.todos, now: now) {
      return try await settle(todo, of: list, program, now: now)
    }
    let screens = list.screens ?? []
    let words = citizen.joined(separator: " ")
    guard case .one(let visit) = VisitFinder.visit(words, in: screens.map(\.visit), now: now)
    else { throw ProgramFailure(program.texts[.todoNotFound, ["words": words]]) }
    let chosen = all ? screens.map(\.visit).filter { $0.citizen.id == visit.citizen.id } : [visit]
    try await settle(chosen, of: screens, program, now: now)
  }

  /// What was agreed about visits whose citizen has said no to pictures.
  private func settle(
    _ visits: [Visit], of screens: [ScreenTodo], _ program: ClientProgram, now: Date
  ) async throws {
    let (texts, terminal) = (program.texts, Terminal.standard)
    guard substitute == nil else { throw ProgramFailure(texts[.settleScreenWays]) }
    let agreed = try texts.agreement(agreed)
    var remedy = RemedyRecord(
      kind: cancel ? "cancel" : physical ? "physical" : phone ? "phone" : sound ? "audio" : "keep")
    remedy.start = try move.map { try program.date($0, now: now) }
    for visit in visits {
      try await program.ask { [remedy] api async throws(ServiceError) in
        try await api.settleScreen(visit, remedy, agreed: agreed)
      }
    }
    let (first, dates) = (visits[0], DateText(texts))
    terminal.line(
      texts[
        visits.count == 1 ? .screenTodoSettled : .screenTodosSettled,
        [
          "name": first.citizen.displayName, "n": String(visits.count),
          "what": BookingWords(texts).remedy(remedy, worker: "", of: first, now: now),
          "day": dates.spokenDay(first.start, now: now), "time": dates.clock(first.start),
        ]])
    let left = screens.count - visits.count
    if left > 0 { terminal.line(texts[.todosLeft, ["n": String(left)]]) }
  }

  private func settle(
    _ todo: TodoRecord, of list: TodoList, _ program: ClientProgram, now: Date
  ) async throws {
    let texts = program.texts
    guard !physical, !sound, !keep, !all else {
      throw ProgramFailure(texts[.settleAbsenceWays, ["name": todo.visit.worker.displayName]])
    }
    let agreed = try texts.agreement(agreed)
    let count = list.todos.count
    var remedy = RemedyRecord(kind: "cancel")
    var substituteName: String?
    if !cancel {
      remedy.kind = phone ? "phone" : move != nil ? "move" : "substitute"
      if let substitute {
        let colleague = try await program.colleague(substitute)
        (remedy.worker, substituteName) = (colleague.id, colleague.displayName)
      }
      remedy.start = try move.map { try program.date($0, now: now) }
    }
    try await program.ask { [remedy] api async throws(ServiceError) in
      try await api.settle(todo, remedy, agreed: agreed)
    }
    Terminal.standard.line(
      texts[
        .todoSettled,
        [
          "name": todo.visit.citizen.displayName,
          "what": BookingWords(texts).remedy(
            remedy, worker: substituteName ?? "", of: todo.visit, now: now),
        ]])
    let left = count - 1
    Terminal.standard.line(left == 0 ? texts[.noTodos] : texts[.todosLeft, ["n": String(left)]])
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
    let delay = try await program.ask { [minutes] api async throws(ServiceError) in
      try await api.delay(found.id, minutes: minutes)
    }
    for line in delay.lines(in: program.texts) { Terminal.standard.line(line) }
  }
}

extension ClientProgram {
  /// The to-do about the citizen that `words` mean, and how many there are.
  fileprivate func todo(
    _ words: [String], now: Date
  ) async throws -> (todo: TodoRecord, count: Int) {
    let words = words.joined(separator: " ")
    let list = try await ask { api async throws(ServiceError) in try await api.todos() }
    guard let todo = todo([words], in: list.todos, now: now) else {
      throw ProgramFailure(texts[.todoNotFound, ["words": words]])
    }
    return (todo, list.todos.count)
  }

  /// The one of `todos` that is about the citizen whom `words` mean.
  fileprivate func todo(_ words: [String], in todos: [TodoRecord], now: Date) -> TodoRecord? {
    let words = words.joined(separator: " ")
    guard case .one(let visit) = VisitFinder.visit(words, in: todos.map(\.visit), now: now) else {
      return nil
    }
    return todos.first { $0.visit.id == visit.id }
  }
}
