import ArgumentParser
import Foundation
import VisitClient

/// `besoeg teams`: who is in which team; `besoeg teams add karen --team vest`.
struct TeamsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "teams", abstract: Texts.current[.helpTeams],
    subcommands: [ListTeams.self, AddToTeam.self, RemoveFromTeam.self, KeyWorker.self],
    defaultSubcommand: ListTeams.self, aliases: ["team"])
}

/// `besoeg teams list`.
struct ListTeams: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: Texts.current[.helpTeams])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    let teams = try await program.ask { api async throws(ServiceError) in try await api.teams() }
    let terminal = Terminal.standard
    guard !teams.isEmpty else { return terminal.line(texts[.noTeams]) }
    for team in teams {
      terminal.line(texts[.teamHeading, ["name": team.name, "id": team.id]])
      guard !team.members.isEmpty else {
        terminal.line(texts[.teamEmpty])
        continue
      }
      var table = TextTable([
        .init(texts[.columnName]), .init(texts[.columnRole]), .init(texts[.columnID]),
      ])
      // Staff first: they are whom one looks for.
      let members = team.members.sorted {
        ($0.role == .citizen ? 1 : 0, $0.displayName) < (
          $1.role == .citizen ? 1 : 0, $1.displayName
        )
      }
      for person in members {
        let role = texts[.role(person.role)]
        let key = person.isKeyWorker == true ? " · \(texts[.keyWorker])" : ""
        table.append([person.displayName, role + key, VisitWords.short(person.id)])
      }
      terminal.print(lines: table.lines(width: terminal.width))
    }
  }
}

/// `besoeg teams add PERSON --team TEAM` (team leads in their own teams, administrators).
struct AddToTeam: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: Texts.current[.helpAddToTeam], aliases: ["tilføj"])

  @OptionGroup var change: TeamChange

  func run() async throws { try await change.carryOut(.teamJoined) { $0.union($1) } }
}

/// `besoeg teams remove PERSON --team TEAM`.
struct RemoveFromTeam: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: Texts.current[.helpRemoveFromTeam], aliases: ["fjern"])

  @OptionGroup var change: TeamChange

  func run() async throws { try await change.carryOut(.teamLeft) { $0.subtracting($1) } }
}

/// `besoeg teams key PERSON`: whom the team asks about screen visits (F5); `--off` for no longer.
struct KeyWorker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: Texts.current[.helpKeyWorker], aliases: ["nøgle"])

  @Argument(help: .init(Texts.current[.helpName]))
  var person: [String]
  @Flag(help: .init(Texts.current[.helpKeyWorkerOff]))
  var off = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let words = person.joined(separator: " ")
    let person = try await program.anybody(words)
    guard person.role != .citizen else {
      throw ProgramFailure(program.texts[.personNotFound, ["words": words]])
    }
    let known = try await program.ask { api async throws(ServiceError) in
      try await api.guidance()
    }
    var guidance = try JSONSerialization.jsonObject(with: known) as? [String: Any] ?? [:]
    var people = (guidance["keyWorkers"] as? [String] ?? []).filter { $0 != person.id }
    if !off { people.append(person.id) }
    guidance["keyWorkers"] = people
    let body = try JSONSerialization.data(withJSONObject: guidance)
    _ = try await program.ask { api async throws(ServiceError) in
      try await api.decide("guidance", body)
    }
    let done: TextKey = off ? .keyWorkerGone : .keyWorkerNamed
    Terminal.standard.line(program.texts[done, ["name": person.displayName]])
  }
}

/// Whose team is changed, and which.
struct TeamChange: ParsableArguments {
  @Argument(help: .init(Texts.current[.helpName]))
  var person: [String]
  @Option(help: .init(Texts.current[.helpTeam]))
  var team: String
  @OptionGroup var common: CommonOptions

  func carryOut(
    _ done: TextKey, _ change: (Set<String>, Set<String>) -> Set<String>
  ) async throws {
    let program = try ClientProgram(ca: common.ca)
    let person = try await program.anybody(person.joined(separator: " "))
    let team = try await program.team(team)
    if person.role == .citizen {
      try await program.ask { api async throws(ServiceError) in
        var circle = try await api.circle(of: person.id)
        circle.teams = change(Set(circle.teams ?? []), [team.id]).sorted()
        _ = try await api.setCircle(circle, of: person.id)
      }
    } else {
      try await program.ask { api async throws(ServiceError) in
        let teams = change(Set(try await api.teams(of: person.id)), [team.id]).sorted()
        try await api.setTeams(teams, of: person.id)
      }
    }
    Terminal.standard.line(
      program.texts[done, ["name": person.displayName, "team": team.name]])
  }
}

/// `besoeg circle karen --primary anne --backup bo`: who is around a citizen.
struct CircleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "circle", abstract: Texts.current[.helpCircle], aliases: ["kreds"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpPrimary]))
  var primary: String?
  @Option(help: .init(Texts.current[.helpBackup]))
  var backup: String?
  @Option(help: .init(Texts.current[.helpCaseWorker]))
  var caseWorker: String?
  @Option(help: .init(Texts.current[.helpTravel]))
  var travel: Int?
  @Option(help: .init(Texts.current[.helpScheduling]))
  var times: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let (first, second) = (
      try await worker(primary, program), try await worker(backup, program)
    )
    let plan = try await plan(of: person, program)
    let circle = try await program.ask { api async throws(ServiceError) in
      var circle = try await api.circle(of: person.id)
      guard first != nil || second != nil else { return circle }
      circle.primaryWorker = first?.id ?? circle.primaryWorker
      circle.backup = second?.id ?? circle.backup
      return try await api.setCircle(circle, of: person.id)
    }
    let names = try await program.names()
    let (texts, terminal) = (program.texts, Terminal.standard)
    func name(_ id: String?) -> String { id.map { names[$0] ?? VisitWords.short($0) } ?? "–" }
    terminal.line(person.displayName)
    terminal.line(
      texts[
        .circleLine,
        [
          "primary": name(circle.primaryWorker), "backup": name(circle.backup),
          "teams": (circle.teams ?? []).isEmpty ? "–" : circle.teams?.joined(separator: ", ") ?? "",
        ]])
    terminal.line(
      texts[
        .planLine,
        [
          "times": plan.scheduling.map {
            texts.word(for: $0, of: Texts.schedulings, words: .wordsScheduling)
          } ?? "–",
          "travel": plan.travelMinutes.map { texts[.minutesShort, ["n": String($0)]] }
            ?? texts[.planTravelNone],
          "name": name(circle.caseWorker ?? plan.caseWorker),
        ]])
    // Said when it happens (B7); whoever may not see a worker's citizens is not told how many.
    guard let first, let roster = try? await program.api.citizens(of: first.id),
      let warning = roster.warning
    else { return }
    terminal.line()
    terminal.line(warning.text(in: texts))
  }

  /// How times are agreed, the way there and the case worker; changed where something is said of them.
  private func plan(
    of citizen: Person, _ program: ClientProgram
  ) async throws -> CitizenPlanRecord {
    let times = try times.map { try program.texts.scheduling($0) }
    let decider = try await caseWorker(program)
    return try await program.ask { [travel] api async throws(ServiceError) in
      var plan = try await api.citizenPlan(of: citizen.id)
      guard times != nil || travel != nil || decider != nil else { return plan }
      plan.scheduling = times ?? plan.scheduling
      plan.travelMinutes = travel ?? plan.travelMinutes
      plan.caseWorker = decider?.id ?? plan.caseWorker
      return try await api.setCitizenPlan(plan, of: citizen.id)
    }
  }

  private func caseWorker(_ program: ClientProgram) async throws -> Person? {
    guard let caseWorker else { return nil }
    let people = try await program.ask { api async throws(ServiceError) in
      try await api.people(role: .caseWorker)
    }
    guard case .one(let person) = VisitFinder.person(caseWorker, in: people) else {
      throw ProgramFailure(program.texts[.personNotFound, ["words": caseWorker]])
    }
    return person
  }

  private func worker(_ words: String?, _ program: ClientProgram) async throws -> Person? {
    guard let words else { return nil }
    let person = try await program.anybody(words)
    guard person.role != .citizen else {
      throw ProgramFailure(program.texts[.personNotFound, ["words": words]])
    }
    return person
  }
}

extension ClientProgram {
  /// The citizen or member of staff that `words` mean: who leads a team asks for them one role at a
  /// time.
  func anybody(_ words: String) async throws -> Person {
    let isAdministrator = api.role == .administrator || api.role == .operations
    let people = try await ask { api async throws(ServiceError) in
      if isAdministrator { return try await api.people() }
      let workers = try await api.people(role: .supportWorker)
      return try await api.people() + workers + api.people(role: .teamLead)
    }
    switch VisitFinder.person(words, in: people) {
    case .one(let person): return person
    case .several(let several):
      let names = several.map(\.displayName).sorted().joined(separator: ", ")
      throw ProgramFailure(texts[.nameAmbiguous, ["words": words, "names": names]])
    case .none: throw ProgramFailure(texts[.personNotFound, ["words": words]])
    }
  }

  /// The team that `words` mean: its id or its name.
  func team(_ words: String) async throws -> TeamRecord {
    let teams = try await ask { api async throws(ServiceError) in try await api.teams() }
    let asked = words.lowercased()
    let found = teams.first { $0.id.lowercased() == asked || $0.name.lowercased().hasPrefix(asked) }
    guard let found else {
      let names = teams.map(\.name).joined(separator: ", ")
      throw ProgramFailure(texts[.teamNotFound, ["words": words, "names": names]])
    }
    return found
  }
}
