import ArgumentParser

/// The server: `serve` for everything on one machine, `relay` for one media worker, `demo` for the
/// whole story in one terminal, `token` for a way in.
@main
struct Besoegd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "besoegd",
    abstract: "Besøg: skærmbesøg i kommunen. / Besøg: municipal screen visits.",
    subcommands: [ServeCommand.self, RelayCommand.self, DemoCommand.self, TokenCommand.self])
}
