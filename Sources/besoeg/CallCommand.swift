import ArgumentParser
import Foundation
import VisitClient

/// `besoeg call [visit|citizen]`: rings, waits, and holds the visit until somebody hangs up.
struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: Texts.current[.helpCall], aliases: ["ring"])

  @Argument(help: .init(Texts.current[.helpCallWhom]))
  var whom: [String] = []
  @OptionGroup var media: MediaOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let visit = try await program.visit(
      whom.joined(separator: " "), now: now,
      orElse: { VisitFinder.next(in: $0, now: now) }, missing: .noMoreVisitsToday)
    if visit.mediaMode == "phone", visit.form != "physical" {
      return await program.showNumber(for: visit)
    }
    try await Self.hold(visit, media: media, program: program)
  }

  /// Rings for a visit and holds it until somebody hangs up.
  ///
  /// `softMinutes`: what the talk is meant to take, where there is a limit of that kind.
  static func hold(
    _ visit: Visit, media: MediaOptions, program: ClientProgram, softMinutes: Int? = nil
  ) async throws {
    let texts = program.texts
    let me = program.api.personID ?? visit.worker.id
    let setup = try media.setup(source: 1, texts: texts)
    // Whoever asks to be called meanwhile is seen above the call, not first when it is over.
    let callbacks = CallbackLines(me: me, texts: texts)
    let call = VisitCall(
      api: program.api, visit: visit, me: me, part: .caller, setup: setup,
      signals: callbacks.listening(to: EventStream(program.api).signals()))
    let holder = CallHolder(call: call, me: me, texts: texts, softMinutes: softMinutes)
    let result = await holder.hold(
      seconds: media.seconds, api: me == visit.worker.id ? program.api : nil)
    try media.writeProof(result, texts: texts)
    await holder.explain(result, api: program.api)
    try CallHolder.check(result)
  }
}

extension ClientProgram {
  /// What is agreed on the telephone is rung from a telephone (E4): the number, and what to write
  /// afterwards.
  fileprivate func showNumber(for visit: Visit) async {
    let name = visit.citizen.displayName
    await showNumber(of: visit.citizen, saying: .callByPhone)
    Terminal.standard.line(
      texts[.callByPhoneAfter, ["name": name, "minutes": String(visit.durationMinutes)]])
  }

  /// A citizen's telephone number, or how to enter it.
  func showNumber(of citizen: PersonReference, saying key: TextKey) async {
    // Who may not read it, as an outside host, is helped by the same words as where there is none.
    let number = (try? await api.reminders(of: citizen.id))?.sms
    let values = ["name": citizen.displayName, "number": number ?? ""]
    Terminal.standard.line(texts[number == nil ? .callByPhoneNoNumber : key, values])
  }
}

/// `besoeg hangup [visit|citizen]`: ends a visit that goes on, from any of the worker's machines.
struct HangUpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hangup", abstract: Texts.current[.helpHangUp], aliases: ["læg-på"])

  @Argument(help: .init(Texts.current[.helpVisit]))
  var visit: [String] = []
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let found = try await program.visit(
      visit.joined(separator: " "), now: Date(),
      orElse: { $0.first { $0.state == .active || $0.state == .ringing } },
      missing: .nothingToHangUp)
    try await program.ask { api async throws(ServiceError) in
      try await api.hangUp(found.id, reason: "worker-hung-up")
    }
    Terminal.standard.line(
      program.texts[.hungUp, ["name": found.citizen.displayName]])
  }
}

/// `besoeg verdict [visit|citizen]`: whether a visit worked at the first try, and why not.
struct VerdictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verdict", abstract: Texts.current[.helpVerdict], aliases: ["dom"])

  @Argument(help: .init(Texts.current[.helpVisit]))
  var visit: [String] = []
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, now) = (program.texts, Date())
    let found = try await program.visit(
      visit.joined(separator: " "), now: now,
      orElse: { $0.filter { $0.state == .ended }.max { $0.start < $1.start } },
      missing: .noEndedVisit)
    let verdict = try await program.ask { api async throws(ServiceError) in
      try await api.verdict(found.id)
    }
    let terminal = Terminal.standard
    let (words, dates) = (VisitWords(texts), DateText(texts))
    terminal.line(
      texts[
        .verdictHeading,
        [
          "name": found.citizen.displayName, "day": dates.spokenDay(found.start, now: now),
          "time": dates.clock(found.start),
        ]])
    terminal.line(words.verdict(verdict))
    guard !verdict.participants.isEmpty else { return }
    terminal.line()
    let people = [found.citizen, found.worker] + (found.participants ?? [])
    let names = Dictionary(
      people.map { ($0.id, $0.displayName) }, uniquingKeysWith: { a, _ in a })
    terminal.print(lines: words.figures(verdict, names: names).lines(width: terminal.width))
  }
}
