import ArgumentParser
import Relay
import Wire

/// `besoegd front`: the public TCP port. `besoegd serve` starts it where BESOEG_PUBLIC_LISTEN is set.
struct FrontCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "front",
    abstract:
      "Kører den offentlige TCP-port (startes af «serve»). / Runs the public TCP port (started by serve)."
  )

  @Option(
    help: ArgumentHelp(
      "Adresser med port, adskilt af komma. / Addresses with ports, separated by commas.",
      valueName: "addresses"))
  var listen: String

  @Option(help: ArgumentHelp("Certifikat (PEM). / Certificate (PEM).", valueName: "file"))
  var certificate: String

  @Option(help: ArgumentHelp("Nøgle (PEM). / Private key (PEM).", valueName: "file"))
  var privateKey: String

  @Option(help: ArgumentHelp("TURN-hemmelighed. / TURN secret.", valueName: "file"))
  var secret: String

  @Option(help: "Navnet udadtil. / The public name.")
  var host: String

  @Option(
    help: ArgumentHelp("HTTP-serverens adresse. / The HTTP server's address.", valueName: "address")
  )
  var upstream: String

  @Option(
    help: ArgumentHelp("Mappen med sokler. / The folder of the sockets.", valueName: "folder"))
  var runDir: String

  @Option(help: "Antal medieprocesser. / Number of media workers.")
  var workers: Int

  @Option(help: "Første UDP-port til medier. / First UDP port for media.")
  var mediaPort: UInt16

  @Option(
    help: ArgumentHelp(
      "Medieadresse; kan gentages. / Media address; repeatable.", valueName: "address"))
  var advertise: [String] = []

  @Option(help: ArgumentHelp("Svar, når serveren er væk. / Answer while the server is away."))
  var away: String?

  @Option(help: ArgumentHelp("Indstillingernes kendetegn. / What stands for the settings."))
  var digest: String = "0"

  func run() throws {
    let addresses = listen.split(separator: ",").map(String.init)
    let bound = addresses.compactMap { SocketAddress(endpoint: $0) }
    guard !bound.isEmpty, bound.count == addresses.count else {
      throw ValidationError("--listen: 192.0.2.1:443,[2001:db8::1]:443")
    }
    guard let server = SocketAddress(endpoint: upstream) else {
      throw ValidationError("--upstream: 127.0.0.1:8080")
    }
    guard (1...256).contains(workers) else { throw ValidationError("--workers: 1–256.") }
    guard let number = UInt64(digest, radix: 16) else { throw ValidationError("--digest") }
    let status = FrontMain.run(
      FrontOptions(
        listen: bound, certificateFile: certificate, privateKeyFile: privateKey,
        secretFile: secret, publicHost: host, upstream: server, runDirectory: runDir,
        workers: workers, firstMediaPort: mediaPort, mediaAddresses: advertise, awayFile: away,
        digest: number))
    throw ExitCode(status)
  }
}
