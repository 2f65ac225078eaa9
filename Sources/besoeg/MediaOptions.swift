import ArgumentParser
import MediaEngine
import VisitClient

/// What a call takes: how long, what to send, and what to keep of what was received.
struct MediaOptions: ParsableArguments {
  @Option(name: .customLong("for"), help: .init(Texts.current[.helpFor]))
  var seconds: Int?
  @Option(help: .init(Texts.current[.helpSource]))
  var source = "tones"
  @Flag(name: .customLong("no-picture"), help: .init(Texts.current[.helpNoPicture]))
  var noPicture = false
  @Option(name: .customLong("save-audio"), help: .init(Texts.current[.helpSaveAudio]))
  var saveAudio: String?
  @Option(help: .init(Texts.current[.helpProof]))
  var proof: String?

  func validate() throws {
    guard SourceOption(source) != nil else {
      throw ValidationError(Texts.current[.helpSource])
    }
    guard seconds.map({ $0 > 0 }) ?? true else {
      throw ValidationError(Texts.current[.secondsOutOfRange])
    }
  }

  func setup(source number: UInt8, texts: Texts) throws -> CallSetup {
    let option = SourceOption(source) ?? .tones
    let media = try option.media(source: number, hasPicture: !noPicture, texts: texts)
    return CallSetup(media: media, saveAudio: saveAudio)
  }

  func writeProof(_ result: VisitResult, texts: Texts) throws {
    guard let proof, let report = result.report else { return }
    do {
      try ProofFile(report).write(to: proof)
    } catch {
      throw ProgramFailure(texts[.fileNotWritten, ["file": proof]])
    }
  }
}
