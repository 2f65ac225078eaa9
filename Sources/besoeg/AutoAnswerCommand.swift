import ArgumentParser
import Foundation
import VisitClient

/// `besoeg auto-answer Karen --reason "…" --from 9.00 --to 15.00`: the citizen's consent to calls
/// that answer themselves; without options, the consent there is.
struct AutoAnswerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "auto-answer", abstract: Texts.current[.helpAutoAnswers],
    aliases: ["svar-selv"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpAutoAnswerDevice]))
  var device: String?
  @Option(help: .init(Texts.current[.helpAutoAnswerReason]))
  var reason: String?
  @Option(help: .init(Texts.current[.helpAutoAnswerFrom]))
  var from = "09.00"
  @Option(help: .init(Texts.current[.helpAutoAnswerTo]))
  var to = "15.00"
  @Flag(help: .init(Texts.current[.helpAutoAnswerOff]))
  var off = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal, now) = (program.texts, Terminal.standard, Date())
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let device = try await pick(for: person, program)
    let values = ["name": person.displayName, "device": device.label]
    if off {
      try await program.ask { api async throws(ServiceError) in
        try await api.withdrawAutoAnswer(on: device)
      }
      return terminal.line(texts[.autoAnswerOff, values])
    }
    let consent: AutoAnswerRecord?
    if let reason {
      let span = try [from, to].map { clock in
        String(SeriesOptions.local(try program.date("2030-01-01 \(clock)", now: now)).suffix(5))
      }
      let me = try await program.ask { api async throws(ServiceError) in try await api.me() }
      let new = AutoAnswerRecord(
        reason: reason, callerIds: [me.id],
        hours: [.init(weekdays: [1, 2, 3, 4, 5], from: span[0], until: span[1])])
      consent = try await program.ask { api async throws(ServiceError) in
        try await api.setAutoAnswer(new, on: device)
      }
    } else {
      consent = try await program.ask { api async throws(ServiceError) in
        try await api.autoAnswer(of: device)
      }
    }
    guard let consent, consent.withdrawnAt == nil else {
      return terminal.line(texts[.autoAnswerNone, values])
    }
    let names = try await program.names()
    let hours = consent.hours.map { "\($0.from)–\($0.until)" }.joined(separator: ", ")
    terminal.line(
      texts[
        .autoAnswerHolds,
        values.merging([
          "hours": hours.replacingOccurrences(of: ":", with: texts[.clockMark]),
          "who": consent.callerIds.map { names[$0] ?? VisitWords.short($0) }
            .joined(separator: ", "),
          "until": consent.expiresAt.map { DateText(texts).day($0, now: now) } ?? "",
          "reason": consent.reason,
        ]) { $1 }])
  }

  /// The device that is meant: by its label, or the only one there is.
  private func pick(for person: Person, _ program: ClientProgram) async throws -> DeviceRecord {
    let devices = try await program.ask { api async throws(ServiceError) in
      try await api.devices(of: person.id)
    }.filter { !$0.isRevoked }
    let found = device.map { word in
      devices.filter { $0.label.lowercased().hasPrefix(word.lowercased()) }
    }
    if let one = (found ?? devices).first, (found ?? devices).count == 1 { return one }
    let labels = devices.map(\.label).joined(separator: ", ")
    throw ProgramFailure(
      program.texts[
        devices.isEmpty ? .deviceNone : .deviceWhich,
        ["name": person.displayName, "labels": labels]])
  }
}
