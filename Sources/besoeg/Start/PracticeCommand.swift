import ArgumentParser
import Foundation
import VisitClient

/// `besoeg practice`: a visit with oneself, on a page one opens on the telephone; it counts nowhere.
struct PracticeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "practice", abstract: Texts.current[.helpPractice], aliases: ["øv"])

  @OptionGroup var media: MediaOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal) = (program.texts, Terminal.standard)
    let practice = try await program.ask { api async throws(ServiceError) in
      try await api.practise()
    }
    terminal.line(texts[.practiceOpen])
    // Unbroken, so that it can be copied.
    terminal.print(lines: [practice.page])
    terminal.line(texts[.practiceReady])
    _ = readLine()
    let settings = ClientSettings(
      server: program.api.server, token: practice.token,
      ca: common.ca ?? ClientSettings.load()?.ca)
    try await CallCommand.hold(
      practice.visit, media: media, program: ClientProgram(settings: settings))
    terminal.line(texts[.practiceDone])
  }
}
