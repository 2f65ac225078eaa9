import Foundation
import VisitClient

/// Where a demo's data lie: a folder that was asked for and stays, or a temporary one that goes.
struct DemoFolder: Sendable {
  /// The server's data.
  let data: String
  /// The server's log.
  let log: String
  private let temporary: String?

  init(asked: String?) throws {
    if let asked {
      data = asked
      temporary = nil
      try Self.make(asked)
      log = "\(asked)/demo.log"
    } else {
      var pattern = Array("/tmp/besoeg-demo-XXXXXX".utf8CString)
      guard mkdtemp(&pattern) != nil else { throw CocoaError(.fileWriteUnknown) }
      let made = pattern.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { String(cString: $0) } ?? ""
      }
      temporary = made
      data = "\(made)/data"
      log = "\(made)/besoegd.log"
    }
  }

  /// Whether the data are still there when the demo is over.
  var stays: Bool { temporary == nil }

  /// Removes a temporary folder.
  func remove() {
    if let temporary { try? FileManager.default.removeItem(atPath: temporary) }
  }

  /// A path for a passing file.
  func file(_ name: String) -> String { "\(temporary ?? data)/\(name)" }

  private static func make(_ path: String) throws {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }
}
