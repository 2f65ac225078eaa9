import ArgumentParser
import FoundationEssentials
import Glibc
import Transport

/// `besoegd certificate`: a self-signed certificate, until the real one is there.
struct CertificateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certificate",
    abstract: "Laver et selvsigneret certifikat. / Makes a self-signed certificate.",
    discussion: """
      Til prøver. Browsere advarer mod det; til daglig brug skal certifikatet komme fra en udsteder.
      For trials. Browsers warn against it; for daily use, get one from an issuer.
      """)

  @Option(help: "Navn eller IP-adresse. / Name or IP address.")
  var host: String

  @Option(help: ArgumentHelp("Mappen at skrive i. / Folder to write to.", valueName: "folder"))
  var out: String

  @Option(help: "Gyldighed i dage. / Days of validity.")
  var days: Int = 90

  func run() throws {
    guard (1...3_650).contains(days) else { throw ValidationError("--days: 1–3650.") }
    let now = Int64(Date().timeIntervalSince1970)
    let server: SelfSignedServer
    do {
      server = try SelfSignedServer(host: host, now: now, days: Int64(days))
    } catch TLSError.name {
      throw ValidationError("--host: besoeg.kommune.example")
    }
    // Whoever else is on the machine must not read the key, not even for a moment.
    umask(0o077)
    let files = FileManager.default
    try files.createDirectory(atPath: out, withIntermediateDirectories: true)
    let key = "\(out)/key.pem"
    let certificate = "\(out)/certificate.pem"
    for (path, text) in [(key, server.privateKey), (certificate, server.certificate)] {
      unlink(path)
      guard files.createFile(atPath: path, contents: Data(text.utf8)) else {
        throw CocoaError(.fileWriteUnknown)
      }
    }
    print(certificate)
    print(key)
  }
}
