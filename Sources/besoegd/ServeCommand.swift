import ArgumentParser
import CLinux
import Foundation
import Logging
import Relay
import Service
import ServiceLifecycle
import UnixSignals

/// `besoegd serve`: everything on one machine, no other server needed.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Kører hele serveren. / Runs the whole server.",
    discussion: """
      Alt kan også stå i en fil (--config) eller i miljøet som BESOEG_…; se Config/besoegd.conf.
      Everything can also be set in a file (--config) or in the environment as BESOEG_…;
      see Config/besoegd.conf. SIGTERM takes no new calls and waits for those in progress.
      SIGHUP changes to the release that is installed now; calls go on.
      """)

  @Option(help: "Fil med indstillinger. / Settings file.")
  var config: String?

  @Option(help: "Mappen med data. / The data directory.")
  var data: String?

  @Option(help: "HTTP-port; 0 tager en ledig. / HTTP port; 0 takes a free one.")
  var port: UInt16?

  @Option(help: "HTTP-adresse. / HTTP address.")
  var host: String?

  @Option(
    help: ArgumentHelp(
      "Adresser til lyd og billede, adskilt af komma. / Media addresses, separated by commas.",
      valueName: "addresses"))
  var mediaAddress: String?

  @Option(
    help: ArgumentHelp(
      "Adresse (evt. med port) at oplyse til klienter; kan gentages. / Address (or address:port) told to clients; repeatable.",
      valueName: "address"))
  var advertise: [String] = []

  @Option(help: "Første UDP-port til lyd og billede. / First UDP port for media.")
  var mediaPort: UInt16?

  @Option(help: "Medieprocesser; en pr. kerne. / Media workers; one per core.")
  var workers: Int?

  @Option(
    name: .customLong("public-url"),
    help: ArgumentHelp(
      "Adressen, som borgere bruger. / The address that citizens use.", valueName: "url"))
  var publicURL: String?

  @Option(help: "Kommunens navn ved første start. / The municipality's name on a first start.")
  var municipality: String?

  func run() async throws {
    clinux_share_heaps()
    let settings = try settings()
    LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
    var logger = Logger(label: "besoegd")
    guard let level = Logger.Level(rawValue: settings.logLevel) else {
      let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw SettingError(description: "BESOEG_LOG_LEVEL: \(levels).")
    }
    logger.logLevel = level
    try await ServerProcess(settings: settings, logger: logger).run()
  }

  /// The settings, with what the command line says on top.
  func settings() throws -> ServeSettings {
    var settings = try ServeSettings(
      file: config, environment: ProcessInfo.processInfo.environment)
    settings.data = data ?? settings.data
    settings.host = host ?? settings.host
    settings.port = port.map(Int.init) ?? settings.port
    settings.publicURL = publicURL ?? settings.publicURL
    settings.mediaPort = mediaPort.map(Int.init) ?? settings.mediaPort
    settings.workers = workers ?? settings.workers
    settings.municipality = municipality ?? settings.municipality
    if let mediaAddress {
      settings.mediaAddresses = mediaAddress.split(separator: ",").map(String.init)
    }
    if !advertise.isEmpty { settings.advertisedAddresses = advertise }
    return settings
  }
}
