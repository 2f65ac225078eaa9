import ArgumentParser
import Foundation
import VisitClient

/// `besoeg start karen`: how she gets started with screen visits; `--answer`, `--practice` and
/// `--device` write it down.
struct StartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: Texts.current[.helpStart], aliases: ["opstart"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpStartAnswer]))
  var answer: String?
  @Option(help: .init(Texts.current[.helpReason]))
  var reason: String?
  @Option(help: .init(Texts.current[.helpStartPractice]))
  var practice: String?
  @Option(help: .init(Texts.current[.helpStartResult]))
  var result: String?
  @Option(help: .init(Texts.current[.helpStartNote]))
  var note: String?
  @Option(help: .init(Texts.current[.helpStartDevice]))
  var device: String?
  @Option(help: .init(Texts.current[.helpStartNetwork]))
  var network: String?
  @Flag(help: .init(Texts.current[.helpStartNoPicture]))
  var noPicture = false
  @Flag(help: .init(Texts.current[.helpStartNoSound]))
  var noSound = false
  @Flag(help: .init(Texts.current[.helpStartAdvice]))
  var advice = false
  @OptionGroup var common: CommonOptions

  private static let answers = ["offered", "accepted", "declined", "notOffered", "stopped"]
  private static let steps = ["together", "apart", "home"]
  private static let results = ["worked", "with-help", "not-yet"]
  private static let devices = ["none", "phone", "tablet", "computer", "kiosk"]
  private static let networks = ["none", "wifi", "mobile", "wired"]

  private struct Answer: Encodable, Sendable {
    var state: String
    var reason: String?
  }

  private struct Practice: Encodable, Sendable {
    var step: String
    var result: String
    var note: String?
  }

  private struct Check: Encodable, Sendable {
    var device: String
    var network: String
    var hasSound: Bool
    var hasPicture: Bool
    var note: String?
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    func code(_ word: String, _ codes: [String], _ words: TextKey) throws -> String {
      try texts.choice(word, of: codes, words: words)
    }
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    if advice { return try await showAdvice(person, program) }
    var start = try await program.ask { api async throws(ServiceError) in
      try await api.start(of: person.id)
    }
    if let answer {
      let body = Answer(state: try code(answer, Self.answers, .wordsStartAnswer), reason: reason)
      start = try await program.ask { api async throws(ServiceError) in
        try await api.start(of: person.id, "answer", body)
      }
    }
    if let device {
      let body = Check(
        device: try code(device, Self.devices, .wordsStartDevice),
        network: try code(
          network ?? texts.list(.wordsStartNetwork)[1], Self.networks, .wordsStartNetwork),
        hasSound: !noSound, hasPicture: !noPicture, note: note)
      start = try await program.ask { api async throws(ServiceError) in
        try await api.start(of: person.id, "checks", body)
      }
    }
    if let practice {
      let body = Practice(
        step: try code(practice, Self.steps, .wordsStartStep),
        result: try code(
          result ?? texts.list(.wordsStartResult)[0], Self.results, .wordsStartResult),
        note: note)
      start = try await program.ask { api async throws(ServiceError) in
        try await api.start(of: person.id, "practices", body)
      }
    }
    show(start, person, texts)
  }

  private func show(_ start: StartRecord, _ person: Person, _ texts: Texts) {
    func word(_ code: String, _ codes: [String], _ words: TextKey) -> String {
      let list = texts.list(words)
      return codes.firstIndex(of: code).flatMap { list.indices.contains($0) ? list[$0] : nil }
        ?? code
    }
    let terminal = Terminal.standard
    let dates = BookingWords(texts)
    terminal.line(
      texts[
        .startHeading,
        [
          "name": person.displayName,
          "answer": start.state.map { word($0, Self.answers, .wordsStartAnswer) }
            ?? texts[.startNotAsked],
        ]])
    terminal.line("  »\(start.status.text(in: texts))«")
    for practice in start.practices.suffix(5) {
      let note = practice.note.map { "  · \($0)" } ?? ""
      terminal.line(
        "  \(dates.short(practice.at))  \(word(practice.step, Self.steps, .wordsStartStep)): "
          + word(practice.result, Self.results, .wordsStartResult) + note)
    }
    if let check = start.checks.last {
      let device = word(check.device, Self.devices, .wordsStartDevice)
      let network = word(check.network, Self.networks, .wordsStartNetwork)
      terminal.line(
        "  \(dates.short(check.at))  \(device), \(network): \(conclusion(check.conclusion, texts))")
    }
    if start.state == "accepted", let next = start.nextStep {
      terminal.line(
        "  " + texts[.startNext, ["step": word(next, Self.steps, .wordsStartStep)]])
    }
    if let due = start.trialDue {
      terminal.line("  " + texts[.startDue, ["day": dates.danishDay(due)]])
    }
  }

  private func conclusion(_ code: String, _ texts: Texts) -> String {
    let codes = ["ready", "sound-only", "needs-equipment", "needs-network"]
    let list = texts.list(.wordsStartConclusion)
    guard let index = codes.firstIndex(of: code), list.indices.contains(index) else { return code }
    return list[index]
  }

  private func showAdvice(_ person: Person, _ program: ClientProgram) async throws {
    let advice = try await program.ask { api async throws(ServiceError) in
      try await api.advice(about: person.id)
    }
    let (texts, terminal) = (program.texts, Terminal.standard)
    if let guideline = advice.guideline { terminal.line(guideline.text(in: texts)) }
    for one in advice.advice { terminal.line("! " + one.text(in: texts)) }
    for question in advice.questions { terminal.line("? " + question.text(in: texts)) }
    terminal.line(texts[.adviceInPerson])
    for talk in advice.physicalTalks { terminal.line("  – " + talk.text(in: texts)) }
    let names = advice.keyWorkers.map(\.displayName).joined(separator: ", ")
    if !names.isEmpty { terminal.line(texts[.adviceAsk, ["names": names]]) }
  }
}
