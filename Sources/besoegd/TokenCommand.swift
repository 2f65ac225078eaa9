import ArgumentParser
import FoundationEssentials
import Service
import Visits

/// `besoegd token`: gives a person access on a new device without the service's help.
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Giver en person adgang på en ny enhed. / Gives a person access on a new device.",
    discussion: """
      Skriver enhedens nøgle. Må køres, mens «serve» kører.
      Prints the device's token. May be run while serve is running.
      """)

  @Option(help: "Mappen med data. / The data directory.")
  var data: String

  @Option(help: "Personens id. / The person's id.")
  var person: String

  @Option(help: "Enhedens navn. / The device's name.")
  var label: String = "besoegd token"

  func run() async throws {
    // Looking must not make a database where there is none.
    guard FileManager.default.fileExists(atPath: "\(data)/besoeg.sqlite") else {
      throw ValidationError("--data: \(data)/besoeg.sqlite findes ikke. / does not exist.")
    }
    let installation = try await Installation(directory: data, clock: SystemServiceClock())
    let id = PersonID(rawValue: person)
    guard let token = try await installation.mintToken(for: id, label: label) else {
      throw ValidationError("--person: \(person) findes ikke. / does not exist.")
    }
    print(token)
  }
}
