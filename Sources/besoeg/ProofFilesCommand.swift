import ArgumentParser
import Foundation
import MediaEngine
import VisitClient

/// `besoeg proof-files FOLDER --seconds 20`: a picture with a frame counter and a sound with a tone
/// sequence, for the fake camera and microphone of a browser under test.
struct ProofFilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proof-files", abstract: Texts.current[.helpProofFiles])

  @Argument(help: .init(Texts.current[.helpFolder]))
  var folder: String
  @Option(help: .init(Texts.current[.helpSeconds]))
  var seconds = 20
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...600).contains(seconds) else {
      throw ValidationError(Texts.current[.secondsOutOfRange])
    }
  }

  func run() throws {
    let texts = Texts.current
    let url = URL(fileURLWithPath: folder)
    let (picture, sound) = (
      url.appendingPathComponent("proof.y4m").path, url.appendingPathComponent("proof.wav").path
    )
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      try ProofFiles.write(picture: picture, sound: sound, seconds: seconds)
    } catch {
      throw ProgramFailure(texts[.fileNotWritten, ["file": folder]])
    }
    Terminal.standard.print(lines: [picture, sound])
  }
}
