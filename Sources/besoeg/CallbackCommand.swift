import ArgumentParser
import Foundation
import VisitClient

/// `besoeg callbacks`: who wants to be called.
struct CallbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "callbacks", abstract: Texts.current[.helpCallbacks],
    subcommands: [
      ListCallbacks.self, WatchCallbacks.self, CallBack.self, ClaimCallback.self,
      ReleaseCallback.self,
      FinishCallback.self, AskForCall.self, NotifyOfCallbacks.self,
    ],
    defaultSubcommand: ListCallbacks.self, aliases: ["opkald"])
}

/// `besoeg callbacks list`.
struct ListCallbacks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: Texts.current[.helpCallbacks])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal) = (program.texts, Terminal.standard)
    let requests = try await program.callbacks()
    guard !requests.isEmpty else { return terminal.line(texts[.noCallbacks]) }
    let (dates, words, now) = (DateText(texts), BookingWords(texts), Date())
    var table = TextTable([
      .init(texts[.columnName]), .init(texts[.columnSince]), .init(texts[.columnDue]),
      .init(texts[.columnState]), .init(texts[.columnAbout]),
    ])
    for request in requests {
      table.append([
        request.citizen.displayName, words.clock(request.createdAt, now: now),
        request.dueAt.map { words.clock($0, now: now) } ?? "", texts.state(of: request, dates),
        request.about ?? "",
      ])
    }
    terminal.print(lines: table.lines(width: terminal.width))
    terminal.line()
    terminal.line(texts[.callbacksHint])
    // Seeing the list is seeing the requests: the citizens are told who did.
    guard program.api.role == .supportWorker || program.api.role == .teamLead else { return }
    for request in requests where request.handler == nil {
      _ = try? await program.api.callback(request.id, "see")
    }
  }
}

/// `besoeg callbacks watch`: says so when somebody asks to be called, until Ctrl-C.
struct WatchCallbacks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: Texts.current[.helpWatchCallbacks], aliases: ["følg"])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let lines = CallbackLines(me: program.api.personID, texts: program.texts)
    let watching = Task {
      Terminal.standard.line(program.texts[.callbacksWatching])
      for await signal in EventStream(program.api).signals() {
        switch signal {
        case .event(.callback(let request)): lines.take(request)
        // Also what happened while the stream was down; what cannot be read now is told by the next.
        case .online:
          for request in (try? await program.api.callbacks()) ?? [] { lines.take(request) }
        case .offline: Terminal.standard.line(program.texts[.kioskOffline])
        case .refused(let problem):
          throw ProgramFailure(
            ServiceError.refused(problem).text(in: program.texts, server: program.api.server))
        case .event: break
        }
      }
    }
    let stopping = Task {
      for await _ in Interruptions.stream() { return watching.cancel() }
    }
    defer { stopping.cancel() }
    try await watching.value
  }
}

/// `besoeg callbacks call [citizen]`: takes the first, or the named, and holds the call.
struct CallBack: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: Texts.current[.helpCallBack], aliases: ["ring"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @OptionGroup var media: MediaOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let request = try await program.callback(citizen.joined(separator: " "))
    let visit = try await program.ask { api async throws(ServiceError) in
      try await api.callBack(request.id)
    }
    try await CallCommand.hold(visit, media: media, program: program)
  }
}

/// `besoeg callbacks claim [citizen]`: takes one, to call by telephone.
struct ClaimCallback: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claim", abstract: Texts.current[.helpClaimCallback], aliases: ["tag"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let claimed = try await program.callback(citizen, "claim", saying: .callbackClaimed)
    await program.showNumber(of: claimed.citizen, saying: .callbackNumber)
  }
}

/// `besoeg callbacks release [citizen]`: puts one back.
struct ReleaseCallback: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: Texts.current[.helpReleaseCallback], aliases: ["slip"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await ClientProgram(ca: common.ca).callback(citizen, "release", saying: .callbackReleased)
  }
}

/// `besoeg callbacks done [citizen]`, or with `--no-answer`: how a call by telephone went.
struct FinishCallback: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "done", abstract: Texts.current[.helpFinishCallback], aliases: ["talt"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @Flag(help: .init(Texts.current[.helpNoAnswer]))
  var noAnswer = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await ClientProgram(ca: common.ca).callback(
      citizen, noAnswer ? "no-answer" : "done",
      saying: noAnswer ? .callbackNoAnswer : .callbackDone)
  }
}

/// `besoeg callbacks add "Karen" --urgent --about "…"`: for a citizen who rang somewhere else.
struct AskForCall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: Texts.current[.helpAskForCall])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Flag(help: .init(Texts.current[.helpUrgent]))
  var urgent = false
  @Option(help: .init(Texts.current[.helpAbout]))
  var about: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let request = try await program.ask { api async throws(ServiceError) in
      try await api.askForCall(citizen: person.id, isUrgent: urgent, about: about)
    }
    Terminal.standard.line(
      program.texts[
        .callbackAdded,
        ["name": person.displayName, "text": request.status.text(program.texts.language)]])
  }
}

extension ClientProgram {
  fileprivate func callbacks() async throws -> [Callback] {
    try await ask { api async throws(ServiceError) in try await api.callbacks() }
  }

  /// The request that `words` mean; without words, the first nobody has taken.
  fileprivate func callback(_ words: String) async throws -> Callback {
    let requests = try await callbacks()
    if words.isEmpty {
      let own = requests.first { $0.isClaimed && $0.handler?.id == api.personID }
      guard let first = own ?? requests.first(where: { !$0.isClaimed }) else {
        throw ProgramFailure(texts[.noCallbacks], status: ExitStatus.noConversation)
      }
      return first
    }
    let people = requests.map {
      Person(id: $0.citizen.id, role: .citizen, displayName: $0.citizen.displayName)
    }
    switch VisitFinder.person(words, in: people) {
    case .one(let person):
      if let found = requests.first(where: { $0.citizen.id == person.id }) { return found }
    case .several(let several):
      let names = several.map(\.displayName).sorted().joined(separator: ", ")
      throw ProgramFailure(texts[.nameAmbiguous, ["words": words, "names": names]])
    case .none: break
    }
    throw ProgramFailure(texts[.callbackNotFound, ["words": words]])
  }

  @discardableResult
  fileprivate func callback(
    _ words: [String], _ command: String, saying key: TextKey
  ) async throws -> Callback {
    let found = try await callback(words.joined(separator: " "))
    _ = try await ask { api async throws(ServiceError) in
      try await api.callback(found.id, command)
    }
    Terminal.standard.line(texts[key, ["name": found.citizen.displayName]])
    return found
  }
}

extension Texts {
  /// Where a request stands, in a word or two.
  fileprivate func state(of request: Callback, _ dates: DateText) -> String {
    if request.isClaimed {
      return self[.callbackTaken, ["name": request.handler?.displayName ?? ""]]
    }
    if let retry = request.retryAt, retry > Date() {
      return self[.callbackRetry, ["time": dates.clock(retry)]]
    }
    if request.isUrgent { return self[.callbackUrgent] }
    return self[request.escalation == "duty" ? .callbackWaiting : .callbackOverdue]
  }
}
