import ArgumentParser
import Foundation
import VisitClient

/// `besoeg people`: everyone whom the caller may see.
struct PeopleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "people", abstract: Texts.current[.helpPeople],
    subcommands: [ListPeople.self, AddPerson.self, AddDevice.self],
    defaultSubcommand: ListPeople.self, aliases: ["folk"])
}

/// `besoeg people list`.
struct ListPeople: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: Texts.current[.helpPeople])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    let people = try await program.ask { api async throws(ServiceError) in try await api.people() }
    var table = TextTable([
      .init(texts[.columnName]), .init(texts[.columnRole]), .init(texts[.columnID]),
    ])
    for person in people.sorted(by: { $0.displayName < $1.displayName }) {
      table.append([
        person.displayName, texts[.role(person.role)], VisitWords.short(person.id),
      ])
    }
    Terminal.standard.print(lines: table.lines(width: Terminal.standard.width))
  }
}

/// `besoeg people add --role citizen "Karen Friis"` (operations).
struct AddPerson: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: Texts.current[.helpAddPerson])

  @Argument(help: .init(Texts.current[.helpName]))
  var name: [String]
  @Option(help: .init(Texts.current[.helpRole]))
  var role: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let role = try program.texts.role(role)
    let name = name.joined(separator: " ")
    let person = try await program.ask { api async throws(ServiceError) in
      try await api.addPerson(role: role, displayName: name)
    }
    Terminal.standard.line(
      program.texts[
        .personAdded,
        [
          "name": person.displayName, "role": program.texts[.role(person.role)],
          "id": VisitWords.short(person.id),
        ]])
    Terminal.standard.line(program.texts[.personAddedHint, ["name": person.displayName]])
  }
}

/// `besoeg people device "Karen Friis" --label iPad`: a device's token and page, shown once.
struct AddDevice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device", abstract: Texts.current[.helpAddDevice])

  @Argument(help: .init(Texts.current[.helpName]))
  var person: [String]
  @Option(help: .init(Texts.current[.helpLabel]))
  var label: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let found = try await program.person(person.joined(separator: " "), role: nil)
    let grant = try await program.ask { api async throws(ServiceError) in
      try await api.addDevice(person: found.id, label: label)
    }
    let terminal = Terminal.standard
    terminal.line(program.texts[.deviceAdded, ["name": found.displayName, "label": label]])
    // Unbroken lines, so that they can be copied.
    if found.role == .citizen, let page = grant.page { terminal.print(lines: [page]) }
    terminal.print(lines: ["BESOEG_TOKEN=\(grant.token)"])
  }
}
