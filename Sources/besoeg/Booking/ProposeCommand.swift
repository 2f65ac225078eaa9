import ArgumentParser
import Foundation
import VisitClient

/// `besoeg propose Karen --at "mandag 9" --at "tirsdag 10"`: two or three times to choose from;
/// `--from mandag --to fredag --hours 9-12`: days and hours in which the citizen picks a time;
/// without a name, the proposals nobody has answered.
struct ProposeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "propose", abstract: Texts.current[.helpPropose], aliases: ["foreslå"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @Option(name: .customLong("at"), help: .init(Texts.current[.helpProposeAt]))
  var times: [String] = []
  @OptionGroup var window: PickOptions
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes = 30
  @Option(help: .init(Texts.current[.helpForm]))
  var form: String?
  @Flag(help: .init(Texts.current[.helpProposeMove]))
  var move = false
  @Option(help: .init(Texts.current[.helpWorker]))
  var worker: String?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    let isOffer = window.isWindow ? times.isEmpty : (2...3).contains(times.count)
    guard citizen.isEmpty ? times.isEmpty && !window.isWindow : isOffer else {
      throw ValidationError(Texts.current[.proposeTwoOrThree])
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    guard !citizen.isEmpty else { return try await program.showProposals(now: now) }
    let words = citizen.joined(separator: " ")
    let starts = try times.map { try program.date($0, now: now) }
    let form = try form.map { try program.texts.form($0) }
    var proposal: NewProposal
    if move {
      let visit = try await program.visit(
        words, now: now, days: VisitLines.daysAhead, orElse: { _ in nil }, missing: .noVisits)
      proposal = NewProposal(moving: visit.id, starts: starts)
    } else {
      let person = try await program.person(words, role: .citizen)
      var other: String?
      if let worker { other = try await program.colleague(worker).id }
      proposal = NewProposal(
        citizen: person.id, worker: other, minutes: minutes, form: form, starts: starts)
    }
    if window.isWindow { proposal = proposal.picking(in: try window.record(program, now: now)) }
    let made = try await program.ask { [proposal] api async throws(ServiceError) in
      try await api.propose(proposal)
    }
    let terminal = Terminal.standard
    terminal.print(lines: BookingWords(program.texts).proposal(made, isOwn: false, now: now))
    let hint: TextKey = window.isWindow ? .pickHint : .proposedHint
    terminal.line(program.texts[hint, ["name": made.citizenName ?? words]])
  }
}

/// Days and hours in which a citizen picks a time: `--from mandag --to fredag --hours 9-12`.
struct PickOptions: ParsableArguments {
  @Option(name: .customLong("from"), help: .init(Texts.current[.helpPickFrom]))
  var first: String?
  @Option(name: .customLong("to"), help: .init(Texts.current[.helpPickTo]))
  var last: String?
  @Option(help: .init(Texts.current[.helpPickHours]))
  var hours: String?
  @Option(name: .customLong("days"), help: .init(Texts.current[.helpPickDays]))
  var weekdays: String?

  /// Whether a window is meant.
  var isWindow: Bool { first != nil || last != nil || hours != nil || weekdays != nil }

  func validate() throws {
    guard !isWindow || (first != nil && last != nil && hours != nil) else {
      throw ValidationError(Texts.current[.proposeTwoOrThree])
    }
  }

  /// The window; failures say what cannot be read.
  func record(_ program: ClientProgram, now: Date) throws -> PickWindowRecord {
    let parts = (hours ?? "").split(separator: "-").map(String.init)
    guard parts.count == 2, let first, let last else {
      throw ProgramFailure(program.texts[.helpPickHours])
    }
    func clock(_ words: String) throws -> String {
      let bare = words.trimmingCharacters(in: .whitespaces)
      let text = bare.contains(where: { ".:".contains($0) }) ? bare : bare + ".00"
      return String(
        SeriesOptions.local(try program.date("2030-01-01 \(text)", now: now)).suffix(5))
    }
    return PickWindowRecord(
      first: try program.day(first, now: now), last: try program.day(last, now: now),
      weekdays: try weekdays.map { try SeriesOptions.codes($0, program) },
      from: try clock(parts[0]), to: try clock(parts[1]))
  }
}

/// `besoeg choose 2`: the citizen's answer to the times put to them; without a number, the times;
/// `--from torsdag`: later ones, where she picks for herself.
struct ChooseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "choose", abstract: Texts.current[.helpChoose], aliases: ["vælg"])

  @Argument(help: .init(Texts.current[.helpChooseNumber]))
  var number: Int?
  @Flag(help: .init(Texts.current[.helpChooseNone]))
  var none = false
  @Option(help: .init(Texts.current[.helpReason]))
  var reason: String?
  @Option(help: .init(Texts.current[.helpChooseFrom]))
  var from: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, now) = (program.texts, Date())
    let day = try from.map { try program.day($0, now: now) }
    guard number != nil || none else {
      return try await program.showProposals(from: day, now: now)
    }
    let open = try await program.ask { api async throws(ServiceError) in
      try await api.proposals(from: day)
    }
    guard let proposal = open.first else { throw ProgramFailure(texts[.proposalsNone]) }
    if none {
      _ = try await program.ask { [reason] api async throws(ServiceError) in
        try await api.declineProposal(proposal.id, reason: reason)
      }
      return Terminal.standard.line(
        texts[.proposalDeclined, ["name": proposal.workerName ?? ""]])
    }
    guard let number, proposal.starts.indices.contains(number - 1) else {
      throw ProgramFailure(texts[.proposalNumber, ["n": String(proposal.starts.count)]])
    }
    let chosen = try await program.ask { api async throws(ServiceError) in
      try await api.choose(proposal.starts[number - 1], of: proposal.id)
    }
    let dates = DateText(texts)
    let start = chosen.chosen ?? proposal.starts[number - 1]
    Terminal.standard.line(
      texts[
        .proposalChosen,
        [
          "name": chosen.workerName ?? "", "day": dates.spokenDay(start, now: now),
          "time": dates.clock(start),
        ]])
  }
}

extension ClientProgram {
  /// The proposals that are not answered: those put to a citizen, or those of a worker's.
  fileprivate func showProposals(from day: String? = nil, now: Date) async throws {
    let open = try await ask { api async throws(ServiceError) in
      try await api.proposals(from: day)
    }
    let terminal = Terminal.standard
    guard !open.isEmpty else { return terminal.line(texts[.proposalsNone]) }
    let isOwn = api.role == .citizen
    for proposal in open {
      terminal.print(
        lines: BookingWords(texts).proposal(proposal, isOwn: isOwn, now: now))
    }
    if isOwn { terminal.line(texts[.proposalsHint]) }
  }
}
