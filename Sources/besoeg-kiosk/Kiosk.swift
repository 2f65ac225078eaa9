import ArgumentParser
import Foundation
import MediaEngine
import VisitClient

/// The citizen's screen: shows today's visits, rings, and answers when asked to.
@main
struct Kiosk: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "besoeg-kiosk", abstract: Texts.current[.helpKiosk])

  @Flag(name: .customLong("auto-answer"), help: .init(Texts.current[.helpAutoAnswer]))
  var autoAnswer = false
  @Flag(help: .init(Texts.current[.helpOnce]))
  var once = false
  @Option(help: .init(Texts.current[.helpSource]))
  var source = "tones"
  @Flag(name: .customLong("no-picture"), help: .init(Texts.current[.helpNoPicture]))
  var noPicture = false
  @Option(name: .customLong("save-audio"), help: .init(Texts.current[.helpSaveAudio]))
  var saveAudio: String?
  @Option(help: .init(Texts.current[.helpProof]))
  var proof: String?
  @Option(name: .customLong("lang"), help: .init(Texts.current[.helpLang]))
  var language: String?
  @Option(help: .init(Texts.current[.helpAuthorities]))
  var ca: String?

  func validate() throws {
    guard SourceOption(source) != nil else {
      throw ValidationError(Texts.current[.helpSource])
    }
  }

  static func main() async {
    do {
      let kiosk = try parse()
      try await kiosk.run()
    } catch let failure as ProgramFailure {
      printError(failure.text)
      Foundation.exit(failure.status)
    } catch {
      exit(withError: error)
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: ca)
    let option = SourceOption(source) ?? .tones
    let setup = CallSetup(
      media: try option.media(source: 2, hasPicture: !noPicture, texts: program.texts),
      saveAudio: saveAudio)
    let me = try await program.ask { api async throws(ServiceError) in try await api.me() }
    let loop = KioskLoop(
      program: program, me: me, setup: setup, answersByItself: autoAnswer, endsAfterOne: once,
      proofFile: proof)
    try await loop.run()
  }
}
