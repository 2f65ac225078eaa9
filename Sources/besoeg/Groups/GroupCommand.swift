import ArgumentParser
import Foundation
import VisitClient

/// `besoeg groups`: groups, who is in them, and their meetings.
struct GroupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "groups", abstract: Texts.current[.helpGroups],
    subcommands: [
      ListGroups.self, ShowGroup.self, MakeGroup.self, PlaceInGroup.self, SuggestGroups.self,
      RemoveFromGroup.self,
      KeepApart.self, LayMeetings.self, PlanMeeting.self, KeepStep.self, TakeOverMeeting.self,
      CancelMeeting.self, ShowRoom.self, MeetingGuests.self, CallMeeting.self, ShowFloor.self,
      LeadRound.self,
    ],
    defaultSubcommand: ListGroups.self, aliases: ["grupper"])
}

/// `besoeg groups list`.
struct ListGroups: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: Texts.current[.helpGroupList])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal) = (program.texts, Terminal.standard)
    let groups = try await program.ask { api async throws(ServiceError) in try await api.groups() }
    guard !groups.isEmpty else { return terminal.line(texts[.noGroups]) }
    terminal.print(lines: GroupWords(texts).table(groups).lines(width: terminal.width))
    terminal.line()
    terminal.line(texts[.groupsHint])
  }
}

/// `besoeg groups show Torsdag`: the roster, the next meeting and its plan.
struct ShowGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: Texts.current[.helpGroupShow], aliases: ["vis"])

  @Argument(help: .init(Texts.current[.helpGroup]))
  var group: [String]
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal, now) = (program.texts, Terminal.standard, Date())
    let group = try await program.group(group)
    let meetings = try await program.meetings(of: group)
    var names: [String: String] = [:]
    if group.keepApart?.isEmpty == false {
      let people = try await program.ask { api async throws(ServiceError) in
        try await api.people()
      }
      names = Dictionary(people.map { ($0.id, $0.displayName) }, uniquingKeysWith: { a, _ in a })
    }
    var room: RoomRecord?
    if let next = GroupMeeting.next(in: meetings, now: now), next.state == "active" {
      room = try await program.ask { api async throws(ServiceError) in
        try await api.room(of: next.id)
      }
    }
    terminal.print(
      lines: GroupWords(texts).group(
        group, meetings: meetings, room: room, names: names, now: now, width: terminal.width))
    if let latest = GroupMeeting.next(in: meetings, now: now) ?? meetings.last {
      let meeting = try await program.ask { api async throws(ServiceError) in
        try await api.meeting(latest.id)
      }
      terminal.print(lines: GroupWords(texts).steps(meeting, width: terminal.width))
    }
    guard GroupMeeting.next(in: meetings, now: now) != nil else { return }
    terminal.line()
    terminal.line(texts[.groupHint, ["name": group.name]])
  }
}

/// `besoeg groups new "Torsdagsgruppen" --capacity 12`.
struct MakeGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: Texts.current[.helpGroupNew], aliases: ["ny"])

  @Argument(help: .init(Texts.current[.helpGroup]))
  var name: [String]
  @Option(help: .init(Texts.current[.helpCapacity]))
  var capacity = 20
  @Option(help: .init(Texts.current[.helpTeam]))
  var team: String?
  @Option(help: .init(Texts.current[.helpAges]))
  var ages: String?
  @Option(help: .init(Texts.current[.helpTags]))
  var tags: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let name = name.joined(separator: " ")
    let teamID = try await program.team(team)
    let range = try ages.map { words in
      guard let ages = NewGroup.Ages(typed: words) else {
        throw ProgramFailure(program.texts[.agesUnclear, ["words": words]])
      }
      return ages
    }
    let group = NewGroup(
      name: name, team: teamID, capacity: capacity, tags: tags.map { tagList($0) }, ages: range)
    let made = try await program.ask { api async throws(ServiceError) in
      try await api.addGroup(group)
    }
    Terminal.standard.line(
      program.texts[.groupMade, ["name": made.name, "n": String(made.capacity)]])
    Terminal.standard.line(program.texts[.groupMadeHint, ["name": made.name]])
  }
}

/// `besoeg groups add Karen --to Torsdag`.
struct PlaceInGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: Texts.current[.helpGroupAdd], aliases: ["tilføj"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpGroup]))
  var to: String
  @Option(help: .init(Texts.current[.helpGroupBorn]))
  var born: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let group = try await program.group([to])
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let placed = try await program.ask { [born] api async throws(ServiceError) in
      try await api.place(person.id, in: group.id, born: born)
    }
    Terminal.standard.line(
      program.texts[
        .groupPlaced,
        [
          "name": person.displayName, "group": placed.name, "n": String(placed.members.count),
          "capacity": String(placed.capacity),
        ]])
  }
}

/// `besoeg groups suggest Karen --tags musik,mad`: where there is room and something in common.
struct SuggestGroups: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest", abstract: Texts.current[.helpSuggest], aliases: ["forslag"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpTags]))
  var tags: String?
  @Option(help: .init(Texts.current[.helpGroupBorn]))
  var born: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal) = (program.texts, Terminal.standard)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let wanted = tags.map { tagList($0) } ?? []
    let groups = try await program.ask { [born] api async throws(ServiceError) in
      try await api.suggestedGroups(for: person.id, tags: wanted, born: born)
    }
    guard let best = groups.first else {
      return terminal.line(texts[.suggestNone, ["name": person.displayName]])
    }
    terminal.print(lines: GroupWords(texts).table(groups).lines(width: terminal.width))
    terminal.line()
    terminal.line(texts[.suggestHint, ["name": person.displayName, "group": best.name]])
  }
}

/// The words between commas.
private func tagList(_ words: String) -> [String] {
  words.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
}

/// `besoeg groups remove Karen --from Torsdag`.
struct RemoveFromGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: Texts.current[.helpGroupRemove], aliases: ["fjern"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpGroup]))
  var from: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let group = try await program.group([from])
    // Among the members: somebody of another team's can be one.
    let person = try await program.member(citizen, of: group.members, in: group)
    try await program.ask { api async throws(ServiceError) in
      try await api.leave(person.id, group.id)
    }
    Terminal.standard.line(
      program.texts[.groupLeft, ["name": person.displayName, "group": group.name]])
  }
}

/// `besoeg groups apart Karen --from Ole`: "ikke sammen med", for planners alone.
struct KeepApart: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apart", abstract: Texts.current[.helpGroupApart],
    aliases: ["ikke-sammen-med"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpGroupApartFrom]))
  var from: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let first = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let second = try await program.person(from, role: .citizen)
    try await program.ask { api async throws(ServiceError) in
      try await api.keepApart(first.id, second.id)
    }
    Terminal.standard.line(
      program.texts[.groupApartDone, ["a": first.displayName, "b": second.displayName]])
  }
}

extension ClientProgram {
  /// The group that `words` mean; the only one there is without words.
  func group(_ words: [String]) async throws -> Group {
    let words = words.joined(separator: " ")
    let groups = try await ask { api async throws(ServiceError) in try await api.groups() }
    let named = groups.map { Person(id: $0.id, role: .citizen, displayName: $0.name) }
    switch VisitFinder.person(words, in: named) {
    case .one(let one):
      if let group = groups.first(where: { $0.id == one.id }) { return group }
    case .several(let several):
      let names = several.map(\.displayName).sorted().joined(separator: ", ")
      throw ProgramFailure(texts[.nameAmbiguous, ["words": words, "names": names]])
    case .none: break
    }
    throw ProgramFailure(texts[.groupNotFound, ["words": words]])
  }

  /// The one of `people` whom `words` mean.
  func member(
    _ words: [String], of people: [PersonReference], in group: Group
  ) async throws -> Person {
    let words = words.joined(separator: " ")
    let known = people.map { Person(id: $0.id, role: .citizen, displayName: $0.displayName) }
    switch VisitFinder.person(words, in: known) {
    case .one(let person): return person
    case .several(let several):
      let names = several.map(\.displayName).sorted().joined(separator: ", ")
      throw ProgramFailure(texts[.nameAmbiguous, ["words": words, "names": names]])
    case .none:
      throw ProgramFailure(texts[.notInGroup, ["words": words, "group": group.name]])
    }
  }

  func meetings(of group: Group) async throws -> [GroupMeeting] {
    try await ask { api async throws(ServiceError) in try await api.meetings(of: group.id) }
  }

  /// The id of the team that `words` mean; one's own without words, nil where nobody keeps teams.
  func team(_ words: String?) async throws -> String? {
    if let words { return try await (team(words) as TeamRecord).id }
    let teams = try await ask { api async throws(ServiceError) in try await api.teams() }
    return teams.first { $0.members.contains { $0.id == api.personID } }?.id
  }
}
