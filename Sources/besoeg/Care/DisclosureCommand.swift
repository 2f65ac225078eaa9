import ArgumentParser
import Foundation
import VisitClient

/// `besoeg disclose karen --what "notatet fra i dag" --to "lægen" --why "…"`: asks on her screen
/// before anything is passed on; without more, what was asked and answered.
struct DiscloseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disclose", abstract: Texts.current[.helpDisclose], aliases: ["videregiv"])
  private static let states = ["asked", "agreed", "declined", "passed-on", "taken-back"]

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpDiscloseWhat]))
  var what: String?
  @Option(help: .init(Texts.current[.helpDiscloseTo]))
  var to: String?
  @Option(help: .init(Texts.current[.helpDiscloseWhy]))
  var why: String?
  @Option(help: .init(Texts.current[.helpDiscloseYes]))
  var yes: Int?
  @Option(help: .init(Texts.current[.helpDiscloseNo]))
  var no: Int?
  @Option(help: .init(Texts.current[.helpDiscloseDone]))
  var done: Int?
  @Option(name: .customLong("take-back"), help: .init(Texts.current[.helpDiscloseTakeBack]))
  var takeBack: Int?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let asks = [what, to, why].compactMap(\.self)
    guard asks.isEmpty || asks.count == 3 else { throw ProgramFailure(texts[.discloseNeedsAll]) }
    guard (asks.isEmpty ? 0 : 1) + [yes, no, done, takeBack].compactMap(\.self).count <= 1 else {
      throw ProgramFailure(texts[.discloseOneThing])
    }
    if let what, let to, let why {
      _ = try await program.ask { api async throws(ServiceError) in
        try await api.askToDisclose(what, to: to, because: why, of: person.id)
      }
      Terminal.standard.line(texts[.discloseAsked, ["name": person.displayName]])
    }
    var all = try await program.ask { api async throws(ServiceError) in
      try await api.disclosures(of: person.id)
    }
    if let number = yes ?? no ?? done ?? takeBack {
      guard all.indices.contains(number - 1) else {
        throw ProgramFailure(texts[.discloseUnknown, ["n": String(number)]])
      }
      let one = all[number - 1]
      all[number - 1] = try await program.ask { [yes, no, done] api async throws(ServiceError) in
        if yes != nil || no != nil {
          return try await api.answer(disclosure: one, isYes: yes != nil)
        }
        return try await api.disclosure(one, done != nil ? "pass-on" : "take-back")
      }
    }
    show(all, of: person, texts)
  }

  private func show(_ all: [DisclosureRecord], of person: Person, _ texts: Texts) {
    let (terminal, dates, now) = (Terminal.standard, DateText(texts), Date())
    guard !all.isEmpty else {
      return terminal.line(texts[.discloseNone, ["name": person.displayName]])
    }
    terminal.line(texts[.discloseHeading, ["name": person.displayName]])
    for (number, one) in zip(1..., all) {
      let values = ["what": one.what, "recipient": one.recipient, "reason": one.reason]
      terminal.print(
        lines: wrapped("  \(number)  \(texts[.discloseLine, values])", width: terminal.width))
      let state = texts.word(for: one.state, of: Self.states, words: .wordsDisclosureState)
      let day = dates.spokenDay(one.passedOnAt ?? one.answeredAt ?? one.askedAt, now: now)
      terminal.line("     " + texts[.discloseState, ["state": state, "day": day]])
    }
    if let first = all.firstIndex(where: { $0.state == "agreed" }) {
      terminal.line(
        texts[.discloseHint, ["name": person.displayName, "n": String(first + 1)]])
    }
  }
}
