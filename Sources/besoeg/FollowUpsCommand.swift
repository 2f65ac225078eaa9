import ArgumentParser
import Foundation
import VisitClient

/// `besoeg follow-ups`: who is to be followed up; with a name, what was done about it:
/// `--by phone --reached`, `--ready smaller-steps --text "…"`, `--to Jonas` or `--close agreed`.
struct FollowUpsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow-ups", abstract: Texts.current[.helpFollowUps], aliases: ["opfølgning"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @Option(help: .init(Texts.current[.helpFollowUpBy]))
  var by: String?
  @Flag(help: .init(Texts.current[.helpFollowUpReached]))
  var reached = false
  @Option(help: .init(Texts.current[.helpFollowUpReady]))
  var ready: String?
  @Option(help: .init(Texts.current[.helpFollowUpText]))
  var text: String?
  @Option(help: .init(Texts.current[.helpFollowUpTo]))
  var to: String?
  @Option(help: .init(Texts.current[.helpFollowUpClose]))
  var close: String?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard [by, ready, to, close].compactMap(\.self).count <= 1 else {
      throw ValidationError(Texts.current[.followUpOneThing])
    }
    guard ready == nil || text != nil else {
      throw ValidationError(Texts.current[.followUpNeedsText])
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    let open = try await program.ask { api async throws(ServiceError) in
      try await api.followUps()
    }
    let words = citizen.joined(separator: " ").lowercased()
    let those = open.filter {
      words.isEmpty || $0.citizen.displayName.lowercased().contains(words)
    }
    guard by != nil || ready != nil || to != nil || close != nil, !words.isEmpty else {
      return show(those, texts)
    }
    guard let path = those.first else {
      throw ProgramFailure(texts[.personNotFound, ["words": words]])
    }
    let name = path.citizen.displayName
    if let to {
      let colleague = try await program.colleague(to)
      _ = try await program.ask { api async throws(ServiceError) in
        try await api.handOver(to: colleague.id, followUpOf: path.visit)
      }
      return Terminal.standard.line(
        texts[.followUpHanded, ["name": name, "worker": colleague.displayName]])
    }
    say(try await change(path, program), name, texts)
  }

  private func change(
    _ path: FollowUpRecord, _ program: ClientProgram
  ) async throws -> FollowUpRecord {
    let texts = program.texts
    if let ready {
      let level = try texts.readiness(ready)
      return try await program.ask { [text] api async throws(ServiceError) in
        try await api.writeReadiness(level, text: text ?? "", followUpOf: path.visit)
      }
    }
    if let close {
      let ending = try texts.followUpEnding(close)
      return try await program.ask { api async throws(ServiceError) in
        try await api.close(ending, followUpOf: path.visit)
      }
    }
    let way = try texts.contactWay(by ?? "")
    return try await program.ask { [reached] api async throws(ServiceError) in
      try await api.tried(way, reached: reached, followUpOf: path.visit)
    }
  }

  /// What there is to do now, or that it is over.
  private func say(_ path: FollowUpRecord, _ name: String, _ texts: Texts) {
    let terminal = Terminal.standard
    switch path.ending {
    case nil:
      terminal.line(path.ask.text(in: texts))
      if path.step == "readiness" { terminal.line(readyHint(name, texts)) }
    case "reached": terminal.line(texts[.followUpDone, ["name": name]])
    case .some(let ending):
      terminal.line(
        texts[.followUpClosed, ["name": name, "how": texts.said(followUpEnding: ending)]])
    }
  }

  private func show(_ paths: [FollowUpRecord], _ texts: Texts) {
    let terminal = Terminal.standard
    guard !paths.isEmpty else { return terminal.line(texts[.followUpsNone]) }
    for path in paths {
      terminal.line(path.ask.text(in: texts))
      if path.step == "readiness" { terminal.line(readyHint(path.citizen.displayName, texts)) }
    }
    terminal.line()
    terminal.line(texts[.followUpsHint])
  }

  private func readyHint(_ name: String, _ texts: Texts) -> String {
    let first = String(name.prefix { $0 != " " })
    return "  "
      + texts[
        .followUpReadyHint,
        ["name": first, "choices": texts.list(.wordsReadiness).joined(separator: ", ")]]
  }
}
