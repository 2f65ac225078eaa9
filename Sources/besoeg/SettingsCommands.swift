import ArgumentParser
import Foundation
import VisitClient

/// `besoeg settings`: what the municipality has decided, as JSON; an administrator changes it by file,
/// as it is shown, and the number for emergencies by itself.
struct SettingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: Texts.current[.helpSettings], aliases: ["indstillinger"])

  @Option(help: .init(Texts.current[.helpSettingsBooking]))
  var booking: String?
  @Option(help: .init(Texts.current[.helpSettingsDaily]))
  var daily: String?
  @Option(help: .init(Texts.current[.helpSettingsOpening]))
  var opening: String?
  @Option(help: .init(Texts.current[.helpEmergencyNumber]))
  var emergencyNumber: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    for (path, file) in [("settings/booking", booking), ("settings/daily", daily)] {
      guard let file else { continue }
      try await decide(path, try read(file, program), program)
    }
    if let opening {
      let body = try read(opening, program)
      guard let profile = try? JSONDecoder().decode(Named.self, from: body) else {
        throw ProgramFailure(program.texts[.settingsUnreadable, ["file": opening]])
      }
      try await decide("opening/\(profile.id)", body, program)
    }
    if let emergencyNumber { try await ring(emergencyNumber, program) }
    let shown = try await program.ask { api async throws(ServiceError) in
      try await api.settings()
    }
    Terminal.standard.print(lines: [try Self.readable(shown)])
  }

  private struct Named: Decodable { var id: String }

  private func decide(_ path: String, _ body: Data, _ program: ClientProgram) async throws {
    _ = try await program.ask { api async throws(ServiceError) in try await api.decide(path, body) }
  }

  /// Changes the one number, and leaves the rest of the day's settings as they are.
  private func ring(_ number: String, _ program: ClientProgram) async throws {
    let all = try await program.ask { api async throws(ServiceError) in try await api.settings() }
    let document = try JSONSerialization.jsonObject(with: all) as? [String: Any]
    var daily = document?["daily"] as? [String: Any] ?? [:]
    daily["emergencyNumber"] = number
    try await decide(
      "settings/daily", try JSONSerialization.data(withJSONObject: daily), program)
  }

  private func read(_ file: String, _ program: ClientProgram) throws -> Data {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw ProgramFailure(program.texts[.settingsUnreadable, ["file": file]])
    }
    return data
  }

  private static func readable(_ data: Data) throws -> String {
    let object = try JSONSerialization.jsonObject(with: data)
    let pretty = try JSONSerialization.data(
      withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return String(decoding: pretty, as: UTF8.self)
  }
}

/// `besoeg retention`: how long each kind of data is kept; `besoeg retention notes --days 900`.
struct RetentionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention", abstract: Texts.current[.helpRetention], aliases: ["opbevaring"])

  @Argument(help: .init(Texts.current[.helpRetentionKind]))
  var kind: String?
  @Option(help: .init(Texts.current[.helpRetentionDays]))
  var days: Int?
  @Option(help: .init(Texts.current[.helpRetentionFrom]))
  var from: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    var periods = try await program.ask { api async throws(ServiceError) in
      try await api.retention()
    }
    let from = try from.map { try texts.retentionStart($0) }
    if let kind {
      let code = texts.dataKind(kind)
      guard let index = periods.firstIndex(where: { $0.kind == code }) else {
        let kinds = periods.map { texts.said(dataKind: $0.kind) }.joined(separator: ", ")
        throw ProgramFailure(texts[.retentionNoSuchKind, ["words": kind, "names": kinds]])
      }
      if days != nil || from != nil {
        periods[index].days = days ?? periods[index].days
        periods[index].from = from ?? periods[index].from
        let changed = periods
        try await program.ask { api async throws(ServiceError) in
          try await api.setRetention(changed)
        }
      }
      periods = [periods[index]]
    }
    var table = TextTable([
      .init(texts[.columnKind]), .init(texts[.columnDays]), .init(texts[.columnCountedFrom]),
    ])
    for period in periods {
      let start: TextKey = period.from == "event" ? .retentionFromEvent : .retentionFromCourse
      table.append([texts.said(dataKind: period.kind), String(period.days), texts[start]])
    }
    Terminal.standard.print(lines: table.lines(width: Terminal.standard.width))
  }
}
