import ArgumentParser
import Foundation
import VisitClient

/// `besoeg access-log karen`: who looked at a citizen's record; without a name, at anybody's
/// (administrators).
struct AccessLogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "access-log", abstract: Texts.current[.helpAccessLog], aliases: ["log"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @Option(help: .init(Texts.current[.helpLogDays]))
  var days = 7
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    var names: [String: String] = [:]
    let lines: [AccessLineRecord]
    if citizen.isEmpty {
      let day = program.copenhagen.startOfDay(Date(), plusDays: 1 - days)
      lines = try await program.ask { api async throws(ServiceError) in
        try await api.wholeAccessLog(since: day)
      }
      names = try await program.everybody()
    } else {
      let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
      lines = try await program.ask { api async throws(ServiceError) in
        try await api.accessLog(of: person.id)
      }
    }
    guard !lines.isEmpty else { return Terminal.standard.line(texts[.accessLogNone]) }
    var columns: [TextTable.Column] = [
      .init(texts[.columnTime]), .init(texts[.columnWho]), .init(texts[.columnRole]),
      .init(texts[.columnPart]), .init(texts[.columnReason]),
    ]
    if citizen.isEmpty { columns.insert(.init(texts[.columnWhom]), at: 3) }
    var table = TextTable(columns)
    var before: [String] = []
    for line in lines {
      var row = [
        program.moment(line.at), line.readerName ?? VisitWords.short(line.reader),
        texts[.role(line.role)], texts.said(part: line.part), line.reason ?? "",
      ]
      if citizen.isEmpty { row.insert(names.name(of: line.citizen), at: 3) }
      // One look can read the same part several times.
      if row != before { table.append(row) }
      before = row
    }
    Terminal.standard.print(lines: table.lines(width: Terminal.standard.width))
  }
}

/// `besoeg audit`: who did what (administrators).
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: Texts.current[.helpAudit], aliases: ["revision"])

  @Option(help: .init(Texts.current[.helpLogDays]))
  var days = 7
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    let day = program.copenhagen.startOfDay(Date(), plusDays: 1 - days)
    let lines = try await program.ask { api async throws(ServiceError) in
      try await api.audit(since: day)
    }
    guard !lines.isEmpty else { return Terminal.standard.line(texts[.auditNone]) }
    let names = try await program.everybody()
    var table = TextTable([
      .init(texts[.columnTime]), .init(texts[.columnWho]), .init(texts[.columnPart]),
      .init(texts[.columnWhom]), .init(texts[.columnAbout]),
    ])
    for line in lines {
      table.append([
        program.moment(line.at), line.actor.map { names.name(of: $0) } ?? texts[.auditSystem],
        line.action, names.name(of: line.subject), line.detail ?? "",
      ])
    }
    Terminal.standard.print(lines: table.lines(width: Terminal.standard.width))
  }
}

extension ClientProgram {
  /// Everybody's name by id.
  fileprivate func everybody() async throws -> [String: String] {
    let people = try await ask { api async throws(ServiceError) in try await api.people() }
    return Dictionary(people.map { ($0.id, $0.displayName) }, uniquingKeysWith: { a, _ in a })
  }

  /// Day and clock of a line.
  fileprivate func moment(_ date: Date) -> String {
    "\(BookingWords(texts).short(date)) \(DateText(texts).clock(date))"
  }
}

extension [String: String] {
  /// The name of an id; the beginning of the id where whoever it was is deleted.
  fileprivate func name(of id: String?) -> String {
    guard let id else { return "" }
    return self[id] ?? VisitWords.short(id)
  }
}
