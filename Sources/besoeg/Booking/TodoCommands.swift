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
    guard !list.todos.isEmpty || !list.gaps.isEmpty else {
      if tasks.isEmpty { terminal.line(texts[.noTodos]) }
      return tasks.print()
    }
    let names = list.todos.isEmpty ? [:] : try await program.names()
    terminal.print(
      lines: BookingWords(texts).todos(
        list.todos, names: names, now: now, width: terminal.width))
    if !list.gaps.isEmpty {
      if !list.todos.isEmpty { terminal.line() }
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
  @Option(help: .init(Texts.current[.helpAgreed]))
  var agreed: String
  @OptionGroup var common: CommonOptions

  func validate() throws {
    let alone = (substitute != nil || move != nil || phone) != cancel
    guard alone else {
      throw ValidationError(Texts.current[.settleOneWay])
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, now) = (program.texts, Date())
    let agreed = try texts.agreement(agreed)
    let (todo, count) = try await program.todo(citizen, now: now)
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
    guard case .one(let visit) = VisitFinder.visit(words, in: list.todos.map(\.visit), now: now),
      let todo = list.todos.first(where: { $0.visit.id == visit.id })
    else { throw ProgramFailure(texts[.todoNotFound, ["words": words]]) }
    return (todo, list.todos.count)
  }
}
