import ArgumentParser
import Foundation
import VisitClient

/// `besoeg login --server https://…`: remembers the server and the device's token.
struct LoginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login", abstract: Texts.current[.helpLogin], aliases: ["log-ind"])

  @Option(help: .init(Texts.current[.helpServer]))
  var server: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let texts = Texts.current
    let terminal = Terminal.standard
    // Never an argument: arguments are seen by everyone on the machine and kept in the history.
    if terminal.isInteractive { terminal.line(texts[.loginPrompt]) }
    let token = (KeyLines.secret() ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    guard !token.isEmpty else { throw ProgramFailure(texts[.loginNoToken]) }
    let environment = ProcessInfo.processInfo.environment
    let ca = common.ca ?? environment["BESOEG_CA"].flatMap { $0.isEmpty ? nil : $0 }
    // Other commands are run from other folders.
    let settings = ClientSettings(
      server: server, token: token, ca: ca.map { URL(fileURLWithPath: $0).path })
    let program = try ClientProgram(settings: settings, texts: texts)
    let me = try await program.ask { api async throws(ServiceError) in try await api.me() }
    do {
      try settings.save()
    } catch {
      throw ProgramFailure(texts[.loginNotSaved])
    }
    terminal.line(
      texts[.loggedIn, ["name": me.displayName, "role": texts[.role(me.role)]]])
  }
}
