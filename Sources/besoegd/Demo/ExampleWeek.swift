import FoundationEssentials
import Service
import Store
import Visits

/// The example municipality loaded beside the demo's own people, and ways in for those who play.
struct ExampleWeek: Sendable {
  /// Mette's device: a support worker with a full week.
  let worker: String
  /// Jonas's: the named backup of some of her citizens.
  let backup: String
  /// Yusuf's id: a citizen under § 82 b.
  let shortCourse: String
  /// Per's: a citizen whose grant holds groups.
  let groupMember: String
  /// The Monday of the week that is shown, as ISO 8601 writes it.
  let monday: String
  /// That week (`2026-48`).
  let week: String

  /// Loads `Config/eksempelkommune.json`; nil where it is not beside the program.
  static func load(data: String) async throws -> ExampleWeek? {
    guard let path = file() else { return nil }
    let clock = SystemServiceClock()
    let installation = try await Installation(directory: data, clock: clock)
    defer { try? installation.store.close() }
    guard let tenant = try await installation.store.tenants().first else { return nil }
    var municipality = try MunicipalityFile(path: path)
    // The call that was just held had no grant, and the demo is shown at any hour.
    municipality.settings.grants.visitsNeedGrant = false
    try await municipality.load(
      into: installation.store, tenant: tenant.id, people: true, at: clock.now())
    guard
      let worker = try await installation.mintToken(
        for: PersonID(rawValue: "ex-mette"), label: "demo"),
      let backup = try await installation.mintToken(
        for: PersonID(rawValue: "ex-jonas"), label: "demo")
    else { return nil }
    let monday = LocalDate(clock.now()).monday.adding(days: 7)
    return ExampleWeek(
      worker: worker, backup: backup, shortCourse: "ex-yusuf",
      groupMember: "ex-per", monday: monday.iso8601,
      week: "\(monday.isoWeek.year)-\(monday.isoWeek.week)")
  }

  /// `Config/eksempelkommune.json` in the working directory or beside a build of this package.
  private static func file() -> String? {
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    var folder = program
    var candidates = ["Config/eksempelkommune.json"]
    while let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
      folder = String(folder[..<slash])
      candidates.append("\(folder)/Config/eksempelkommune.json")
    }
    return candidates.first { FileManager.default.fileExists(atPath: $0) }
  }
}
