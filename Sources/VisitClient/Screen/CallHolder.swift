import Foundation

/// Holds a visit on a terminal: shows it, hangs up on Ctrl-C, and says afterwards how it went.
public struct CallHolder: Sendable {
  private let call: VisitCall
  private let texts: Texts
  private let terminal: Terminal
  private let me: String
  private let softMinutes: Int?

  /// Holds `call` as person `me`. `softMinutes`: what the talk is meant to take, shown beside the
  /// time it has taken; it never ends a talk.
  public init(
    call: VisitCall, me: String, texts: Texts, softMinutes: Int? = nil,
    terminal: Terminal = .standard
  ) {
    self.call = call
    self.texts = texts
    self.terminal = terminal
    self.me = me
    self.softMinutes = softMinutes
  }

  /// Holds the visit; `seconds`: hang up after that much connected time. `api`: a worker's, who is
  /// told of the next citizen.
  public func hold(seconds: Int?, api: BesoegAPI? = nil) async -> VisitResult {
    let screen = CallScreen(
      texts: texts, terminal: terminal, other: call.other, me: me, part: .caller,
      isGroup: call.visit.form == "group", softMinutes: softMinutes)
    let next = api.map {
      NextVisitLines(during: call.visit, me: me, api: $0, texts: texts, terminal: terminal)
    }
    let watching = Task { [call] in await next?.run { call.status.seconds != nil } }
    let keys = Task { await next?.takeKeys() }
    let interruptions = Task { [call, terminal, texts] in
      for await _ in Interruptions.stream() {
        terminal.clearStatus()
        terminal.line(texts[.hangingUp])
        call.hangUp()
      }
    }
    let ticker = Task { [call] in
      while !Task.isCancelled {
        screen.show(call.status)
        try? await Task.sleep(for: .seconds(1))
      }
    }
    let limit = seconds.map { Duration.seconds($0) }
    let result = await call.run(limit: limit) { screen.show($0) }
    ticker.cancel()
    interruptions.cancel()
    watching.cancel()
    keys.cancel()
    terminal.clearStatus()
    return result
  }

  /// Says how it went: one sentence, and the verdict where there was a call.
  public func explain(_ result: VisitResult, api: BesoegAPI) async {
    let words = VisitWords(texts)
    terminal.line(words.outcome(result.outcome, other: call.other, server: api.server))
    guard result.report != nil, case .held = result.outcome else { return }
    if let verdict = try? await api.verdict(call.visit.id) { terminal.line(words.verdict(verdict)) }
  }

  /// Throws the exit status of a visit that was not held, without a text: it has been said.
  public static func check(_ result: VisitResult) throws {
    switch result.outcome {
    case .held:
      guard result.report?.receivedMedia == true else {
        throw ProgramFailure("", status: ExitStatus.failed)
      }
    case .declined, .missed, .calledOff, .answeredElsewhere:
      throw ProgramFailure("", status: ExitStatus.noConversation)
    case .refused, .noConnection:
      throw ProgramFailure("", status: ExitStatus.failed)
    }
  }
}
