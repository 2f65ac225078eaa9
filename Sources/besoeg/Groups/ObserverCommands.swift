import ArgumentParser
import Foundation
import VisitClient

/// `besoeg groups guests Torsdag`: who looks on at a meeting, with every member's consent (D10).
///
/// `--invite Eva --why "…"` asks the members; `--guest Eva --yes Karen` writes down what one of them
/// said; `--cancel Eva` takes it back.
struct MeetingGuests: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guests", abstract: Texts.current[.helpGuests], aliases: ["gæster"])

  @OptionGroup var which: MeetingOption
  @Option(help: .init(Texts.current[.helpGuestInvite]))
  var invite: String?
  @Option(help: .init(Texts.current[.helpGuestWhy]))
  var why: String?
  @Option(help: .init(Texts.current[.helpGuestWho]))
  var guest: String?
  @Option(help: .init(Texts.current[.helpGuestYes]))
  var yes: [String] = []
  @Option(help: .init(Texts.current[.helpGuestNo]))
  var no: [String] = []
  @Option(help: .init(Texts.current[.helpGuestCancel]))
  var cancel: String?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (invite == nil) == (why == nil) else {
      throw ValidationError(Texts.current[.guestNeedsWhy])
    }
    let answers = !yes.isEmpty || !no.isEmpty || guest != nil
    guard [invite != nil, answers, cancel != nil].count(where: { $0 }) <= 1 else {
      throw ValidationError(Texts.current[.guestOneThing])
    }
    guard guest == nil || !yes.isEmpty || !no.isEmpty else {
      throw ValidationError(Texts.current[.guestOneThing])
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (group, meeting) = try await which.find(program, now: Date())
    if let invite, let why {
      let person = try await colleague(invite, program)
      _ = try await program.ask { api async throws(ServiceError) in
        try await api.askForObserver(person.id, purpose: why, at: meeting.id)
      }
    }
    let list = try await program.ask { api async throws(ServiceError) in
      try await api.observers(at: meeting.id)
    }
    try await record(list, of: group, at: meeting, program)
    let after = try await program.ask { api async throws(ServiceError) in
      try await api.observers(at: meeting.id)
    }
    let terminal = Terminal.standard
    terminal.print(lines: GroupWords(program.texts).observers(after, width: terminal.width))
    guard let one = after.observers.first(where: { $0.consent == "waiting" }) else { return }
    terminal.line()
    terminal.line(
      program.texts[
        .guestHint, ["name": one.person.displayName, "group": group.name]])
  }

  /// Writes down answers, or that a guest does not come.
  private func record(
    _ list: ObserverList, of group: Group, at meeting: GroupMeeting, _ program: ClientProgram
  ) async throws {
    if let cancel {
      let gone = try known(cancel, in: list, program)
      try await program.ask { api async throws(ServiceError) in
        try await api.removeObserver(gone.id, at: meeting.id)
      }
    }
    guard !yes.isEmpty || !no.isEmpty else { return }
    let guest = try known(guest ?? "", in: list, program)
    for (isYes, names) in [(true, yes), (false, no)] {
      for name in names {
        let member = try await program.member([name], of: meeting.roster, in: group)
        _ = try await program.ask { api async throws(ServiceError) in
          try await api.answer(isYes, of: member.id, toObserver: guest.id, at: meeting.id)
        }
      }
    }
  }

  /// The guest that `words` mean among those asked for; the only one there is without words.
  private func known(
    _ words: String, in list: ObserverList, _ program: ClientProgram
  ) throws -> PersonReference {
    if words.isEmpty, list.observers.count == 1 { return list.observers[0].person }
    let people = list.observers.map {
      Person(id: $0.person.id, role: .supportWorker, displayName: $0.person.displayName)
    }
    guard case .one(let one) = VisitFinder.person(words, in: people),
      let found = list.observers.first(where: { $0.person.id == one.id })
    else { throw ProgramFailure(program.texts[.guestNotFound, ["words": words]]) }
    return found.person
  }

  /// Somebody who gives support, also in another team.
  private func colleague(_ words: String, _ program: ClientProgram) async throws -> Person {
    let people = try await program.ask { api async throws(ServiceError) in
      try await api.people(role: .supportWorker) + api.people(role: .teamLead)
    }
    switch VisitFinder.person(words, in: people) {
    case .one(let person): return person
    case .several(let several):
      let names = several.map(\.displayName).sorted().joined(separator: ", ")
      throw ProgramFailure(program.texts[.nameAmbiguous, ["words": words, "names": names]])
    case .none: throw ProgramFailure(program.texts[.personNotFound, ["words": words]])
    }
  }
}
