import ArgumentParser
import Foundation
import VisitClient

/// `besoeg grant Karen`: what is granted, and what becomes of it.
struct GrantCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant", abstract: Texts.current[.helpGrant],
    subcommands: [
      ShowGrants.self, AddGrant.self, ExtendGrant.self, ProposeTerms.self, DecideTerms.self,
      ExceptFromCafe.self, WithdrawTerms.self, WriteStatus.self, CloseGrant.self, ReopenGrant.self,
    ], defaultSubcommand: ShowGrants.self, aliases: ["bevilling"])
}

/// `besoeg grant show Karen`.
struct ShowGrants: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: Texts.current[.helpGrant])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, words) = (program.texts, BookingWords(program.texts))
    let terminal = Terminal.standard
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let grants = try await program.ask { api async throws(ServiceError) in
      try await api.grants(of: person.id)
    }
    guard let newest = grants.first else {
      terminal.line(texts[.noGrants, ["name": person.displayName]])
      return
    }
    let grant = try await program.ask { api async throws(ServiceError) in
      try await api.grant(newest.id)
    }
    let weeks = try await program.ask { api async throws(ServiceError) in
      try await api.minutes(of: newest.id)
    }
    terminal.line(person.displayName)
    terminal.print(lines: words.grant(grant))
    terminal.line()
    terminal.line(texts[.grantMinutes])
    terminal.print(lines: words.minutes(weeks).lines(width: terminal.width))
  }
}

/// `besoeg grant add Karen --law 82b --from 2026-12-01 --born 1984-03-05` (case workers).
struct AddGrant: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: Texts.current[.helpAddGrant])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpLaw]))
  var law: String
  @Option(help: .init(Texts.current[.helpGrantFrom]))
  var from: String
  @Option(help: .init(Texts.current[.helpGrantTo]))
  var to: String?
  @Option(help: .init(Texts.current[.helpBorn]))
  var born: String
  @Option(help: .init(Texts.current[.helpForms]))
  var forms: String?
  @Option(help: .init(Texts.current[.helpWeeklyMinutes]))
  var minutes: Int?
  @Option(help: .init(Texts.current[.helpCap]))
  var cap: Int?
  @Option(help: .init(Texts.current[.helpPackage]))
  var package: String?
  @Option(help: .init(Texts.current[.helpPurpose]))
  var purpose: String?
  @Option(help: .init(Texts.current[.helpGrantHours]))
  var hours: String?
  @Option(help: .init(Texts.current[.helpTargetGroup]))
  var targetGroup: String?
  @Option(help: .init(Texts.current[.helpCafeException]))
  var cafeException: String?
  @Option(help: .init(Texts.current[.helpReference]))
  var reference: String?
  @OptionGroup var common: CommonOptions

  private struct Body: Encodable, Sendable {
    var basis: String
    var start: String
    var end: String?
    var born: String
    var visitCap: Int?
    var package: String?
    var forms: [String]?
    var weeklyMinutes: Int?
    var hours: [String]?
    var purposes: [String]?
    var targetGroup: String?
    var cafeException: String?
    var reference: String?
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    let purposes = try purpose?.split(separator: ",").map {
      try texts.choice(String($0), of: ["economy", "everydayLife"], words: .wordsPurpose)
    }
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let body = Body(
      basis: try texts.legalBasis(law), start: try program.day(from),
      end: try to.map { try program.day($0) }, born: born, visitCap: cap,
      package: package, forms: try forms.map { try texts.forms($0) }, weeklyMinutes: minutes,
      hours: try hours.map { try texts.hours($0) }, purposes: purposes,
      targetGroup: try targetGroup.map { try texts.targetGroup($0) },
      cafeException: cafeException, reference: reference)
    let grant = try await program.ask { api async throws(ServiceError) in
      try await api.addGrant(to: person.id, body)
    }
    Terminal.standard.line(person.displayName)
    Terminal.standard.print(lines: BookingWords(program.texts).grant(grant))
  }
}

/// `besoeg grant extend Karen --visits 10 --reason "…"`.
struct ExtendGrant: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extend", abstract: Texts.current[.helpExtendGrant])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpExtraVisits]))
  var visits: Int?
  @Option(help: .init(Texts.current[.helpGrantTo]))
  var to: String?
  @Option(help: .init(Texts.current[.helpReason]))
  var reason: String
  @OptionGroup var common: CommonOptions

  private struct Body: Encodable, Sendable {
    var extraVisits: Int?
    var until: String?
    var reason: String
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    try await program.change(
      citizen, "extend",
      Body(extraVisits: visits, until: try to.map { try program.day($0) }, reason: reason))
  }
}

/// `besoeg grant propose Karen --forms screen,physical --from 2027-01-01 --reason "…"`.
struct ProposeTerms: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "propose", abstract: Texts.current[.helpProposeTerms])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpForms]))
  var forms: String
  @Option(help: .init(Texts.current[.helpWeeklyMinutes]))
  var minutes: Int?
  @Option(help: .init(Texts.current[.helpGrantHours]))
  var hours: String?
  @Option(help: .init(Texts.current[.helpGrantFrom]))
  var from: String
  @Option(help: .init(Texts.current[.helpReason]))
  var reason: String
  @OptionGroup var common: CommonOptions

  private struct Body: Encodable, Sendable {
    var forms: [String]
    var weeklyMinutes: Int?
    /// Nil leaves them as they are.
    var hours: [String]?
    var from: String
    var reason: String
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    try await program.change(
      citizen, "propose",
      Body(
        forms: try program.texts.forms(forms), weeklyMinutes: minutes,
        hours: try hours.map { try program.texts.hours($0) }, from: try program.day(from),
        reason: reason))
  }
}

/// `besoeg grant decide Karen --approve` (case workers).
struct DecideTerms: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide", abstract: Texts.current[.helpDecideTerms])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Flag(inversion: .prefixedNo, help: .init(Texts.current[.helpApprove]))
  var approve: Bool
  @Option(help: .init(Texts.current[.helpReference]))
  var reference: String?
  @OptionGroup var common: CommonOptions

  private struct Body: Encodable, Sendable {
    var approved: Bool
    var reference: String?
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    try await program.change(citizen, "decide", Body(approved: approve, reference: reference))
  }
}

/// `besoeg grant except Karen --reason "…"`: support that belongs in the café is given otherwise;
/// without a reason, no longer.
struct ExceptFromCafe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "except", abstract: Texts.current[.helpExceptGrant])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpReason]))
  var reason: String?
  @OptionGroup var common: CommonOptions

  private struct Body: Encodable, Sendable { var reason: String? }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    try await program.change(citizen, "cafe-exception", Body(reason: reason))
  }
}
