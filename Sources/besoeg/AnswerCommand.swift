import ArgumentParser
import Foundation
import VisitClient

/// `besoeg answer`: rings here when a visit begins that one was invited to, as a case worker is to a
/// status meeting (H7), and holds it.
struct AnswerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answer", abstract: Texts.current[.helpAnswer], aliases: ["svar"])

  private enum Input: Sendable {
    case signal(StreamSignal)
    case key(String)
    case bell
    case interrupted
  }

  /// Between two rings of the bell.
  private static let bellInterval = Duration.seconds(2)

  @OptionGroup var media: MediaOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    guard let ring = try await wait(program) else { return }
    let visit = try await program.ask { api async throws(ServiceError) in
      try await api.visit(ring.visit)
    }
    let me = program.api.personID ?? ""
    let call = VisitCall(
      api: program.api, visit: Self.ringing(visit), me: me, part: .answerer,
      setup: try media.setup(source: 3, texts: program.texts),
      signals: EventStream(program.api).signals())
    let holder = CallHolder(call: call, me: me, texts: program.texts)
    let result = await holder.hold(seconds: media.seconds)
    try media.writeProof(result, texts: program.texts)
    await holder.explain(result, api: program.api)
    try CallHolder.check(result)
  }

  /// To who was invited the visit rings, though the others are in it: it is answered, so that their
  /// other devices fall silent.
  private static func ringing(_ visit: Visit) -> Visit {
    var visit = visit
    visit.state = .ringing
    return visit
  }

  /// Waits for a ring and for the key that answers it; nil where the user goes.
  private func wait(_ program: ClientProgram) async throws -> VisitEvent.Ring? {
    let (terminal, texts) = (Terminal.standard, program.texts)
    let (inputs, feed) = AsyncStream.makeStream(of: Input.self)
    let sources = start(feed, program)
    defer { for source in sources { source.cancel() } }
    terminal.line(texts[.answerWaiting])
    var ring: VisitEvent.Ring?
    for await input in inputs {
      switch (input, ring) {
      case (.signal(.refused(let problem)), _):
        throw ProgramFailure(
          ServiceError.refused(problem).text(in: texts, server: program.api.server))
      case (.signal(.event(.ring(let new))), nil) where new.expiresAt > Date():
        ring = new
        terminal.line(texts[.answerRings, ["name": new.from.displayName]])
        terminal.bell()
      case (.signal(.event(.ringStopped(let stopped))), let known?)
      where stopped.visit == known.visit && stopped.device != program.api.deviceID:
        ring = nil
        let key: TextKey = stopped.reason == "answered" ? .answerElsewhere : .answerMissed
        terminal.line(
          texts[
            key, ["name": known.from.displayName, "id": VisitWords.short(known.visit)]])
      case (.bell, .some): terminal.bell()
      case (.key(let line), let known?):
        guard ["n", "nej", "no"].contains(line.lowercased()) else { return known }
        ring = nil
        terminal.line(texts[.answerDeclined, ["name": known.from.displayName]])
        _ = try await program.ask { api async throws(ServiceError) in
          try await api.decline(known.visit, reason: nil)
        }
      case (.interrupted, _): return nil
      default: break
      }
    }
    return nil
  }

  private func start(
    _ feed: AsyncStream<Input>.Continuation, _ program: ClientProgram
  ) -> [Task<Void, Never>] {
    let signals = EventStream(program.api).signals()
    return [
      Task { for await signal in signals { feed.yield(.signal(signal)) } },
      Task { for await line in KeyLines.stream() { feed.yield(.key(line)) } },
      Task { for await _ in Interruptions.stream() { feed.yield(.interrupted) } },
      Task {
        while !Task.isCancelled {
          try? await Task.sleep(for: Self.bellInterval)
          feed.yield(.bell)
        }
      },
    ]
  }
}
