import Foundation

/// The files that ship with the service: templates, styles, modules, texts, the API's description.
enum PageResources {
  /// Where they lie.
  static let directory = Bundle.module.resourceURL?.appendingPathComponent("Pages")

  /// One file's bytes; `path` is the service's own, never a caller's.
  static func data(_ path: String) -> Data? {
    directory.flatMap { try? Data(contentsOf: $0.appendingPathComponent(path)) }
  }

  /// The names of the plain files in a folder.
  static func names(in folder: String) -> [String] {
    guard let path = directory?.appendingPathComponent(folder).path else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }
}
