import ArgumentParser
import Relay

/// `besoegd relay`: one media worker. `besoegd serve` starts as many as the machine has cores.
struct RelayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relay",
    abstract:
      "Kører én medieproces (startes af «serve»). / Runs one media worker (started by serve)."
  )

  @Option(help: ArgumentHelp("Processens nummer, fra 0. / The worker's number, from 0."))
  var worker: Int

  @Option(
    help: ArgumentHelp(
      "Unix-socket til styring. / Unix socket for control.", valueName: "path"))
  var control: String

  @Option(
    help: ArgumentHelp(
      "Adresser at lytte på, adskilt af komma. / Addresses to bind, separated by commas.",
      valueName: "addresses"))
  var mediaAddress: String?

  @Option(help: ArgumentHelp("UDP-port; 0 tager en ledig. / UDP port; 0 takes a free one."))
  var mediaPort: UInt16

  @Option(
    help: ArgumentHelp(
      "Adresse (evt. med port) at oplyse til klienter; kan gentages. / Address (or address:port) told to clients; repeatable.",
      valueName: "address"))
  var advertise: [String] = []

  @Option(
    help: ArgumentHelp(
      "Adresse:port for medier over TCP; kan gentages. / Address:port for media over TCP; repeatable.",
      valueName: "endpoint"))
  var tcpAdvertise: [String] = []

  @Option(help: ArgumentHelp("Indstillingernes kendetegn. / What stands for the settings."))
  var digest: String = "0"

  func validate() throws {
    guard (0..<1_024).contains(worker) else {
      throw ValidationError("--worker: 0–1023.")
    }
    // sockaddr_un holds 107 bytes and a NUL (unix(7)).
    // The streams' socket beside it has two letters more.
    guard (1...105).contains(control.utf8.count) else {
      throw ValidationError("--control: 1–105 bytes.")
    }
  }

  func run() throws {
    guard let number = UInt64(digest, radix: 16) else { throw ValidationError("--digest") }
    let addresses = mediaAddress?.split(separator: ",").map(String.init) ?? []
    let status = RelayWorkerMain.run(
      RelayWorkerOptions(
        worker: worker, controlPath: control, mediaAddresses: addresses, mediaPort: mediaPort,
        advertisedAddresses: advertise, tcpAdvertised: tcpAdvertise, digest: number))
    throw ExitCode(status)
  }
}
