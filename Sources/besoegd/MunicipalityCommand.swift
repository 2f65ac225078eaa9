import ArgumentParser
import FoundationEssentials
import Service
import Store
import Visits

/// `besoegd municipality load FILE`: what a municipality has decided, its teams, rooms and hours.
struct MunicipalityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "municipality",
    abstract: "Kommunens egne data. / The municipality's own data.",
    subcommands: [Load.self])

  /// Loads a file. May be run while `serve` is running.
  struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "load",
      abstract: "Indlæser teams, åbningstider og regler. / Loads teams, hours and rules.",
      discussion: """
        Se Config/eksempelkommune.json. Må køres igen: det, der er der, rettes.
        See Config/eksempelkommune.json. May be run again: what is there is put right.
        """)

    @Argument(help: "Filen. / The file.")
    var file: String

    @Option(help: "Mappen med data. / The data directory.")
    var data: String

    @Flag(
      help:
        "Også filens personer, bevillinger og forløb. / The file's people, grants and series too.")
    var people = false

    func run() async throws {
      // Looking must not make a database where there is none.
      guard FileManager.default.fileExists(atPath: "\(data)/besoeg.sqlite") else {
        throw ValidationError("--data: \(data)/besoeg.sqlite findes ikke. / does not exist.")
      }
      let clock = SystemServiceClock()
      let installation = try await Installation(directory: data, clock: clock)
      guard let tenant = try await installation.store.tenants().first else {
        throw ValidationError("--data: ingen kommune. / no municipality.")
      }
      let municipality = try MunicipalityFile(path: file)
      do {
        try await municipality.load(
          into: installation.store, tenant: tenant.id, people: people, at: clock.now())
      } catch StoreError.refused(let refusal) {
        throw ValidationError("\(refusal.danish) / \(refusal.english)")
      }
      print("\(tenant.name): \(file)")
    }
  }
}
