import Foundation

/// The inputs of Tests/Fuzz: seeds, and whatever once broke a parser.
enum Corpus {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fuzz/Corpus")

  /// The input at `path`, such as `SDP/chromium-offer.sdp`.
  static func bytes(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: folder.appending(path: path)))
  }

  /// The paths of the inputs of `exercise`, in order.
  static func paths(_ exercise: Exercise) throws -> [String] {
    try FileManager.default
      .contentsOfDirectory(atPath: folder.appending(path: exercise.rawValue).path).sorted()
      .map { "\(exercise.rawValue)/\($0)" }
  }
}
