import ArgumentParser
import FoundationEssentials
import Service
import Store
import Visits

/// `besoegd purge`: deletes what its period is over for, as the running service does every night.
struct PurgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Sletter det, hvis opbevaringsperiode er gået. / Deletes what was kept long enough.",
    discussion: """
      Må køres, mens «serve» kører. Perioderne sættes af administratoren (/api/v1/retention).
      May be run while serve is running. The administrator sets the periods (/api/v1/retention).
      """)

  @Option(help: "Mappen med data. / The data directory.")
  var data: String

  @Flag(help: "Slet intet, men tæl. / Delete nothing, only count.")
  var dryRun = false

  func run() async throws {
    // Looking must not make a database where there is none.
    guard FileManager.default.fileExists(atPath: "\(data)/besoeg.sqlite") else {
      throw ValidationError("--data: \(data)/besoeg.sqlite findes ikke. / does not exist.")
    }
    let clock = SystemServiceClock()
    let store = try await Installation(directory: data, clock: clock).store
    for tenant in try await store.tenants() {
      print(tenant.name)
      let counts = try await store.purge(
        tenant: tenant.id, isDry: dryRun, by: .system, at: clock.now())
      for count in counts {
        print("  \(Self.padded(count.kind.rawValue, 12)) < \(count.before.iso8601) \(count.rows)")
      }
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
