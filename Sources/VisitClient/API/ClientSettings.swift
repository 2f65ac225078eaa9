public import Foundation

/// Where the service is and who this device is to it: from the environment, else from the file that
/// `besoeg login` writes.
public struct ClientSettings: Codable, Sendable, Equatable {
  /// The server's address.
  public var server: String
  /// The device's token.
  public var token: String
  /// A PEM file of the authorities to know the server by; nil for the machine's own.
  public var ca: String?

  /// Settings.
  public init(server: String, token: String, ca: String? = nil) {
    self.server = server
    self.token = token
    self.ca = ca
  }

  /// The settings in force: `BESOEG_SERVER`, `BESOEG_TOKEN` and `BESOEG_CA`, each else from the file;
  /// nil where server or token is missing.
  public static func load(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> ClientSettings? {
    let file = try? JSONDecoder().decode(
      ClientSettings.self, from: Data(contentsOf: path(environment: environment)))
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let server = value("BESOEG_SERVER") ?? file?.server
    let token = value("BESOEG_TOKEN") ?? file?.token
    guard let server, let token else { return nil }
    return ClientSettings(server: server, token: token, ca: value("BESOEG_CA") ?? file?.ca)
  }

  /// Writes the file, readable by its owner only: a token is a key to people's calls.
  public func save(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    let file = Self.path(environment: environment)
    let folder = file.deletingLastPathComponent()
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Made with its mode before it has content, then put in place whole.
    let draft = folder.appendingPathComponent("config.json.new")
    try? FileManager.default.removeItem(at: draft)
    guard
      FileManager.default.createFile(
        atPath: draft.path, contents: try encoder.encode(self),
        attributes: [.posixPermissions: 0o600])
    else { throw CocoaError(.fileWriteUnknown) }
    guard rename(draft.path, file.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// `$XDG_CONFIG_HOME/besoeg/config.json`, by default under `~/.config`.
  public static func path(environment: [String: String]) -> URL {
    let base =
      environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0) }
      ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".config")
    return base.appendingPathComponent("besoeg").appendingPathComponent("config.json")
  }
}
