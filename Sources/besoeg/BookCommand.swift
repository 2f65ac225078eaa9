import ArgumentParser
import Foundation
import VisitClient

/// `besoeg book "Karen" --at "i morgen 10.00" --minutes 30`.
struct BookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "book", abstract: Texts.current[.helpBook])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpAt]))
  var at: String
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes = 30
  @Option(help: .init(Texts.current[.helpWorker]))
  var worker: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let start = try program.date(at, now: now)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    var workerID: String?
    if let worker { workerID = try await program.person(worker, role: .supportWorker).id }
    let new = NewVisit(
      citizenId: person.id, workerId: workerID, start: start, durationMinutes: minutes)
    let visit = try await program.ask { api async throws(ServiceError) in
      try await api.book(new)
    }
    VisitLines.print(.visitBooked, visit, program, now: now)
  }
}

/// `besoeg move karen --at "fredag 14"`.
struct MoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: Texts.current[.helpMove], aliases: ["flyt"])

  @Argument(help: .init(Texts.current[.helpVisit]))
  var visit: [String]
  @Option(help: .init(Texts.current[.helpAt]))
  var at: String?
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes: Int?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard at != nil || minutes != nil else {
      throw ValidationError(Texts.current[.moveNeedsSomething])
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let start = try at.map { try program.date($0, now: now) }
    let found = try await program.visit(
      visit.joined(separator: " "), now: now, days: VisitLines.daysAhead, orElse: { _ in nil },
      missing: .noVisits)
    let moved = try await program.ask { api async throws(ServiceError) in
      try await api.move(found.id, start: start, durationMinutes: minutes)
    }
    VisitLines.print(.visitMoved, moved, program, now: now)
  }
}

/// `besoeg cancel karen --reason "…"`.
struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: Texts.current[.helpCancel], aliases: ["aflys"])

  @Argument(help: .init(Texts.current[.helpVisit]))
  var visit: [String]
  @Option(help: .init(Texts.current[.helpReason]))
  var reason: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let found = try await program.visit(
      visit.joined(separator: " "), now: now, days: VisitLines.daysAhead, orElse: { _ in nil },
      missing: .noVisits)
    try await program.ask { api async throws(ServiceError) in
      try await api.cancel(found.id, reason: reason)
    }
    VisitLines.print(.visitCancelled, found, program, now: now)
  }
}

/// One sentence about a visit: whom with and when.
enum VisitLines {
  /// How far ahead a visit is looked for by its citizen's name.
  static let daysAhead = 60

  static func print(_ key: TextKey, _ visit: Visit, _ program: ClientProgram, now: Date) {
    let dates = DateText(program.texts)
    Terminal.standard.line(
      program.texts[
        key,
        [
          "name": visit.citizen.displayName, "day": dates.spokenDay(visit.start, now: now),
          "time": dates.span(from: visit.start, to: visit.end),
        ]])
  }
}
