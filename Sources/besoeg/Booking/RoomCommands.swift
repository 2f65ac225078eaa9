import ArgumentParser
import Foundation
import VisitClient

/// `besoeg rooms`: where visits and groups are held face to face.
struct RoomsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rooms", abstract: Texts.current[.helpRooms],
    subcommands: [ListRooms.self, MakeRoom.self], defaultSubcommand: ListRooms.self,
    aliases: ["lokaler"])
}

/// `besoeg rooms list`.
struct ListRooms: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: Texts.current[.helpRooms])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let terminal = Terminal.standard
    let rooms = try await program.ask { api async throws(ServiceError) in try await api.rooms() }
    guard !rooms.isEmpty else { return terminal.line(program.texts[.noRooms]) }
    var table = TextTable([
      .init(program.texts[.columnName]), .init(program.texts[.columnID]),
      .init(program.texts[.columnPlaces], .right),
    ])
    for room in rooms { table.append([room.name, room.id, String(room.places ?? 1)]) }
    terminal.print(lines: table.lines(width: terminal.width))
  }
}

/// `besoeg rooms add stationer --name "Stationerne" --places 3` (team leads, operations,
/// administrators).
struct MakeRoom: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: Texts.current[.helpRoomAdd], aliases: ["tilføj"])

  @Argument(help: .init(Texts.current[.helpRoomID]))
  var id: String
  @Option(help: .init(Texts.current[.helpRoomName]))
  var name: String?
  @Option(help: .init(Texts.current[.helpRoomPlaces]))
  var places = 1
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let room = RoomPlaceRecord(id: id, name: name ?? id, places: places)
    try await program.ask { api async throws(ServiceError) in try await api.putRoom(room) }
    Terminal.standard.line(program.texts[.roomMade, ["name": room.name, "id": room.id]])
  }
}

extension ClientProgram {
  /// The id of the room that `words` mean: its id or its name.
  func room(_ words: String?) async throws -> String? {
    guard let words else { return nil }
    let rooms = try await ask { api async throws(ServiceError) in try await api.rooms() }
    let asked = words.lowercased()
    if let room = rooms.first(where: { $0.id.lowercased() == asked }) { return room.id }
    if let room = rooms.first(where: { $0.name.lowercased().hasPrefix(asked) }) { return room.id }
    let names = rooms.map(\.name).joined(separator: ", ")
    throw ProgramFailure(texts[.roomNotFound, ["words": words, "names": names]])
  }
}
