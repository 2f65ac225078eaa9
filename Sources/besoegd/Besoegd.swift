import ArgumentParser

/// The server: `serve` for everything on one machine, `relay` for one media worker, `front` for the
/// public TCP port, `demo` for the whole story in one terminal, `token` for a way in, `certificate` for
/// a certificate to try things with, `municipality` for its own data, `purge` for what was kept long
/// enough.
struct Besoegd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "besoegd",
    abstract: "Besøg: skærmbesøg i kommunen. / Besøg: municipal screen visits.",
    subcommands: [
      ServeCommand.self, RelayCommand.self, FrontCommand.self, DemoCommand.self,
      TokenCommand.self, CertificateCommand.self, MunicipalityCommand.self, PurgeCommand.self,
    ])
}
