import Foundation
import MediaEngine
import VisitClient

/// Danish speech for both parties, made by espeak-ng.
struct DemoSpeech: Sendable {
  /// What the support worker says.
  let worker: WaveFile
  /// What the citizen says.
  let citizen: WaveFile

  /// Makes the speech; nil where there is no espeak-ng.
  static func make(texts: Texts, in folder: DemoFolder) async -> DemoSpeech? {
    // Two voices, so that each can be told from the other by ear.
    async let worker = speak(
      texts[.demoSpeechWorker], voice: "da+f2", file: folder.file("worker.wav"))
    async let citizen = speak(
      texts[.demoSpeechCitizen], voice: "da+m3", file: folder.file("citizen.wav"))
    guard let worker = await worker, let citizen = await citizen else { return nil }
    return DemoSpeech(worker: worker, citizen: citizen)
  }

  private static func speak(_ text: String, voice: String, file: String) async -> WaveFile? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // 150 words a minute: how one speaks to somebody who listens.
    process.arguments = ["espeak-ng", "-v", voice, "-s", "150", "-w", file, text]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let status = await withCheckedContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(returning: -1)
      }
    }
    defer { try? FileManager.default.removeItem(atPath: file) }
    return status == 0 ? try? WaveFile(path: file) : nil
  }
}
