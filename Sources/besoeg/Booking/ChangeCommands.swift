import ArgumentParser
import Foundation
import VisitClient

/// A command that changes one visit and says in a sentence what it is then.
protocol ChangesVisit: AsyncParsableCommand {
  /// Which visit.
  var which: VisitOption { get }
  var common: CommonOptions { get }
  /// Changes it: the visit as it is then, and the sentence for it.
  func change(
    _ visit: Visit, _ program: ClientProgram, now: Date
  ) async throws -> (visit: Visit, said: TextKey)
}

extension ChangesVisit {
  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let found = try await which.find(program, now: now)
    try which.requireMeantAlone(found, program.texts)
    let (visit, said) = try await change(found, program, now: now)
    VisitLines.print(said, visit, program, now: now)
  }
}

/// A visit in the coming time by its citizen's name or the beginning of its number; `--on` where the
/// next one is not the one that is meant.
struct VisitOption: ParsableArguments {
  @Argument(help: .init(Texts.current[.helpVisit]))
  var visit: [String]
  @Option(name: .customLong("on"), help: .init(Texts.current[.helpOnDay]))
  var day: String?

  func find(_ program: ClientProgram, now: Date) async throws -> Visit {
    let words = visit.joined(separator: " ")
    guard let day else {
      return try await program.visit(
        words, now: now, days: VisitLines.daysAhead, orElse: { _ in nil }, missing: .noVisits)
    }
    // A day needs no time of day; the parser of dates wants one.
    let start = program.copenhagen.startOfDay(try program.date("\(day) 23.59", now: now))
    switch VisitFinder.visit(words, in: try await program.visits(now: start), now: start) {
    case .one(let visit): return visit
    case .several(let several):
      let names = Set(several.map(\.citizen.displayName)).sorted().joined(separator: ", ")
      throw ProgramFailure(program.texts[.nameAmbiguous, ["words": words, "names": names]])
    case .none:
      let said = DateText(program.texts).spokenDay(start, now: now)
      throw ProgramFailure(program.texts[.visitNotFoundOn, ["words": words, "day": said]])
    }
  }
}

extension VisitOption {
  /// Refuses a group's meeting that was found by the name of one member: it is the others' as well.
  func requireMeantAlone(_ found: Visit, _ texts: Texts) throws {
    let words = visit.joined(separator: " ").lowercased()
    guard found.form == "group", !found.id.lowercased().hasPrefix(words) else { return }
    throw ProgramFailure(
      texts[
        .changeIsAMeeting,
        ["name": found.citizen.displayName, "id": VisitWords.short(found.id)]])
  }
}

/// `besoeg move karen --at "fredag 14"`.
struct MoveCommand: ChangesVisit {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: Texts.current[.helpMove], aliases: ["flyt"])

  @OptionGroup var which: VisitOption
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

  func change(
    _ visit: Visit, _ program: ClientProgram, now: Date
  ) async throws -> (visit: Visit, said: TextKey) {
    let start = try at.map { try program.date($0, now: now) }
    let moved = try await program.ask { [minutes] api async throws(ServiceError) in
      try await api.move(visit.id, start: start, durationMinutes: minutes)
    }
    return (moved, .visitMoved)
  }
}

/// Who called a visit off, and why: in words of the catalogue.
struct CancellationOptions: ParsableArguments {
  @Option(name: .customLong("by"), help: .init(Texts.current[.helpCancelBy]))
  var canceller: String?
  @Option(help: .init(Texts.current[.helpCancelBecause]))
  var because: String?

  /// The service's codes for both.
  func codes(_ texts: Texts) throws -> (by: String?, because: String?) {
    (
      try canceller.map { try texts.canceller($0) },
      try because.map { try texts.cancellationReason($0) }
    )
  }
}

/// What is said when a visit is called off: who and why, in words of the catalogue or in one's own.
struct CancelOptions: ParsableArguments {
  @OptionGroup var cancellation: CancellationOptions
  @Option(help: .init(Texts.current[.helpReason]))
  var reason: String?

  func validate() throws {
    guard reason != nil || cancellation.because != nil else {
      throw ValidationError(Texts.current[.cancelNeedsSomething])
    }
  }

  /// Calls a visit, or a group's meeting, off.
  func cancel(_ id: String, _ program: ClientProgram) async throws {
    let codes = try cancellation.codes(program.texts)
    try await program.ask { [reason] api async throws(ServiceError) in
      try await api.cancel(id, reason: reason, by: codes.by, because: codes.because)
    }
  }
}

/// `besoeg cancel karen --by borger --because syg`.
struct CancelCommand: ChangesVisit {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: Texts.current[.helpCancel], aliases: ["aflys"])

  @OptionGroup var which: VisitOption
  @OptionGroup var cancellation: CancelOptions
  @OptionGroup var common: CommonOptions

  func change(
    _ visit: Visit, _ program: ClientProgram, now: Date
  ) async throws -> (visit: Visit, said: TextKey) {
    try await cancellation.cancel(visit.id, program)
    return (visit, .visitCancelled)
  }
}

/// `besoeg convert Karen --to telefon`: a visit held another way at the same time.
struct ConvertCommand: ChangesVisit {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: Texts.current[.helpConvert], aliases: ["skift"])

  @OptionGroup var which: VisitOption
  @Option(help: .init(Texts.current[.helpConvertTo]))
  var to: String
  @OptionGroup var common: CommonOptions

  func change(
    _ visit: Visit, _ program: ClientProgram, now: Date
  ) async throws -> (visit: Visit, said: TextKey) {
    let target = try program.texts.conversion(to)
    let changed = try await program.ask { api async throws(ServiceError) in
      try await api.convert(visit.id, to: target)
    }
    return (changed, .visitConverted)
  }
}
