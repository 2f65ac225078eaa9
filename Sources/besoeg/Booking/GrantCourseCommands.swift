import ArgumentParser
import Foundation
import VisitClient

// What becomes of a grant on its way: a proposal taken back, a status, the end, and a new beginning.

/// `besoeg grant withdraw Karen`: takes a proposal back.
struct WithdrawTerms: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: Texts.current[.helpGrantWithdraw])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @OptionGroup var common: CommonOptions

  private struct Body: Encodable, Sendable {}

  func run() async throws {
    try await ClientProgram(ca: common.ca).change(citizen, "withdraw", Body())
  }
}

/// `besoeg grant status Karen --text "…"`: one of the statuses of a § 82 b course.
struct WriteStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: Texts.current[.helpGrantStatus])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpMilestone]))
  var number = 1
  @Option(help: .init(Texts.current[.helpStatusText]))
  var text: String
  @OptionGroup var common: CommonOptions

  private struct Body: Encodable, Sendable {
    var milestone: String
    var text: String
  }

  func run() async throws {
    try await ClientProgram(ca: common.ca).change(
      citizen, "status", Body(milestone: "status-\(number)", text: text))
  }
}

/// `besoeg grant close Karen --on 31/1 --reason målet-er-nået`.
struct CloseGrant: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: Texts.current[.helpGrantClose], aliases: ["afslut"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpGrantLast]))
  var on: String
  @Option(help: .init(Texts.current[.helpCloseReason]))
  var reason: String
  @OptionGroup var common: CommonOptions

  private struct Body: Encodable, Sendable {
    var on: String
    var reason: String
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let day = try program.day(on)
    let reason = try program.texts.closingReason(reason)
    try await program.change(
      citizen, "close",
      Body(on: day, reason: reason))
  }
}

/// `besoeg grant reopen Karen --from 2027-02-01 --born 1984-03-05`: the course that ended last, as it
/// was (case workers).
struct ReopenGrant: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reopen", abstract: Texts.current[.helpGrantReopen], aliases: ["genoptag"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpGrantFrom]))
  var from: String
  @Option(help: .init(Texts.current[.helpBorn]))
  var born: String
  @Option(help: .init(Texts.current[.helpReference]))
  var reference: String?
  @OptionGroup var common: CommonOptions

  private struct Body: Encodable, Sendable {
    var start: String
    var born: String
    var reference: String?
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let body = Body(start: try program.day(from), born: born, reference: reference)
    let grant = try await program.ask { api async throws(ServiceError) in
      try await api.reopenGrant(of: person.id, body)
    }
    Terminal.standard.line(person.displayName)
    Terminal.standard.print(lines: BookingWords(program.texts).grant(grant))
  }
}

extension ClientProgram {
  /// Does something to a citizen's newest grant, and shows it.
  func change(
    _ citizen: [String], _ verb: String, _ body: some Encodable & Sendable
  ) async throws {
    let person = try await person(citizen.joined(separator: " "), role: .citizen)
    let grants = try await ask { api async throws(ServiceError) in
      try await api.grants(of: person.id)
    }
    guard let newest = grants.first else {
      throw ProgramFailure(texts[.noGrants, ["name": person.displayName]])
    }
    let grant = try await ask { api async throws(ServiceError) in
      try await api.change(grant: newest.id, verb, body)
    }
    Terminal.standard.line(person.displayName)
    Terminal.standard.print(lines: BookingWords(texts).grant(grant))
  }
}
