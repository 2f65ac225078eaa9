import ArgumentParser
import Foundation
import VisitClient

/// `besoegd demo`: the whole story on the embedded default, in one terminal.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: Texts.current[.helpDemo])

  @Option(help: .init(Texts.current[.helpDemoSeconds]))
  var seconds = 20
  @Flag(help: .init(Texts.current[.helpDemoKeep]))
  var keep = false
  @Option(help: .init(Texts.current[.helpDemoData]))
  var data: String?
  @Option(name: .customLong("json"), help: .init(Texts.current[.helpDemoJSON]))
  var json: String?
  @Option(name: .customLong("lang"), help: .init(Texts.current[.helpLang]))
  var language: String?

  func validate() throws {
    guard (5...600).contains(seconds) else {
      throw ValidationError(Texts.current[.demoSecondsOutOfRange])
    }
  }

  func run() async throws {
    let texts = Texts.current
    let screen = DemoScreen(texts: texts)
    let folder = try DemoFolder(asked: data)
    let server = try DemoServer(folder: folder) { screen.note(.demoNoteRestarted) }
    let story = DemoStory(screen: screen, server: server, folder: folder, seconds: seconds)
    let work = Task { await tell(story, screen) }
    let interruptions = Task {
      var firstAt: ContinuousClock.Instant?
      for await _ in Interruptions.stream(repeats: true) {
        if let firstAt {
          // timeout(1) sends its signal twice; a person takes longer.
          guard ContinuousClock.now - firstAt > .milliseconds(300) else { continue }
          // Out at once; the server ends by itself.
          server.terminate()
          Foundation.exit(130)
        }
        firstAt = ContinuousClock.now
        screen.interrupted()
        Task {
          await story.hangUp()
          await server.stop()
          folder.remove()
          Foundation.exit(130)
        }
      }
    }
    let status = await work.value
    // The other task is clearing away and will end the program.
    if screen.wasInterrupted { try await Task.sleep(for: .seconds(30)) }
    interruptions.cancel()
    await server.stop()
    // What went wrong can be read in the log, so that stays.
    if status == 0 { folder.remove() }
    screen.stopped(folder)
    if status != 0 { throw ExitCode(status) }
  }

  /// Tells the story and, with `--keep`, waits until somebody has had enough.
  private func tell(
    _ story: DemoStory, _ screen: DemoScreen
  ) async -> Int32 {
    do {
      screen.title()
      let result = try await story.tell()
      screen.show(result)
      if let json { try result.write(to: json, texts: screen.texts) }
      let failure = result.failure(texts: screen.texts)
      if let failure { screen.failed(failure) }
      try await story.tellWeek()
      try await story.offerByHand(keeps: keep)
      if keep { try await Task.sleep(for: .seconds(Int64.max >> 10)) }
      return failure == nil ? 0 : 1
    } catch let failure as ProgramFailure {
      screen.failed(failure.text)
    } catch {
      screen.failed("\(error)")
    }
    return 1
  }
}
