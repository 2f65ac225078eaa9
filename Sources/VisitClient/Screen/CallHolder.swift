import Foundation

/// Holds a visit on a terminal: shows it, hangs up on Ctrl-C, and says afterwards how it went.
public struct CallHolder: Sendable {
  private let call: VisitCall
  private let texts: Texts
  private let terminal: Terminal
  private let me: String

  /// Holds `call` as person `me`.
  public init(call: VisitCall, me: String, texts: Texts, terminal: Terminal = .standard) {
    self.call = call
    self.texts = texts
    self.terminal = terminal
    self.me = me
  }

  /// Holds the visit; `seconds`: hang up after that much connected time.
  public func hold(seconds: Int?) async -> VisitResult {
    let screen = CallScreen(
      texts: texts, terminal: terminal, other: call.other, me: me, part: .caller)
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
