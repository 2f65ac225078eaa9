import Configuration
import FoundationEssentials
import Service

/// What `besoegd serve` is told, from the command line, else the environment, else the file, else
/// the default.
///
/// File and environment use the same names, `BESOEG_…`, so a file can be systemd's
/// `EnvironmentFile` as well.
struct ServeSettings: Sendable {
  /// Where database, key and control sockets lie.
  var data = "./besoeg-data"
  /// The HTTP server's address and port.
  var host = "127.0.0.1"
  var port = 8080
  /// Where the pages are reached from outside.
  var publicURL: String?
  /// Addresses that the relay workers bind; all of the machine's where empty.
  var mediaAddresses: [String] = []
  /// Addresses that clients are told.
  var advertisedAddresses: [String] = []
  /// The first worker's UDP port; worker N has the Nth after it.
  var mediaPort = 50_000
  /// Relay worker processes; nil for one per core.
  var workers: Int?
  /// The municipality's name on a first start.
  var municipality = "Kommunen"
  /// How long a shutdown waits for calls in progress, in seconds.
  var drainSeconds = 60
  /// Where the relay workers' control sockets lie; nil for below the data directory.
  var runDirectory: String?
  /// How much is logged.
  var logLevel = "info"
  /// What carries reminders.
  var delivery = DeliverySettings()
  /// Where the public TCP port listens, with ports; no front where empty.
  var publicListen: [String] = []
  /// Certificate chain and private key of the public port, PEM.
  var certificate: String?
  var privateKey: String?
  /// The name in the address of the TURN server; the public URL's where nil.
  var turnHost: String?
  /// Addresses for TCP candidates; those that clients are told for UDP where empty.
  var publicTCPAdvertised: [String] = []

  /// Settings from a file, where there is one, overridden by the environment.
  init(file: String?, environment: [String: String]) throws {
    var providers: [any ConfigProvider] = [
      EnvironmentVariablesProvider(environmentVariables: environment)
    ]
    if let file {
      providers.append(
        EnvironmentVariablesProvider(environmentVariables: try SettingsFile(path: file).values))
    }
    let config = ConfigReader(providers: providers).scoped(to: "besoeg")
    data = config.string(forKey: "data", default: data)
    host = config.string(forKey: "host", default: host)
    port = try config.number("port", default: port, in: 0...65_535)
    publicURL = config.string(forKey: "public.url")
    mediaAddresses = config.stringArray(forKey: "media.address", default: [])
    advertisedAddresses = config.stringArray(forKey: "advertise", default: [])
    mediaPort = try config.number("media.port", default: mediaPort, in: 0...65_000)
    workers =
      try config.string(forKey: "workers") == nil
      ? nil : config.number("workers", default: 1, in: 1...128)
    municipality = config.string(forKey: "municipality", default: municipality)
    drainSeconds = try config.number("drain.seconds", default: drainSeconds, in: 0...86_400)
    runDirectory = config.string(forKey: "run.dir")
    logLevel = config.string(forKey: "log.level", default: logLevel)
    delivery = try DeliverySettings(config, host: host)
    publicListen = config.stringArray(forKey: "public.listen", default: [])
    certificate = config.string(forKey: "certificate")
    privateKey = config.string(forKey: "private.key")
    turnHost = config.string(forKey: "turn.host")
    publicTCPAdvertised = config.stringArray(forKey: "public.tcp.advertise", default: [])
  }

  /// Where the control sockets lie. A Unix socket's path holds 107 bytes, so a deep data directory
  /// needs another place for them.
  var controlDirectory: String {
    if let runDirectory { return runDirectory }
    let below = "\(data)/run"
    let longest = "/worker-999.streams".utf8.count
    if below.utf8.count + longest <= 107 { return below }
    let fingerprint = data.utf8.reduce(into: UInt64(0xcbf2_9ce4_8422_2325)) {
      $0 = ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
    }
    return "/tmp/besoeg-\(String(fingerprint, radix: 36))"
  }
}

/// A setting that cannot be used.
struct SettingError: Error, CustomStringConvertible {
  var description: String
}

extension ConfigReader {
  /// A number within a range; anything else is an error rather than the default in silence.
  func number(
    _ key: ConfigKey, default standard: Int, in range: ClosedRange<Int>
  ) throws -> Int {
    guard let text = string(forKey: key) else { return standard }
    guard let value = Int(text), range.contains(value) else {
      let name = "BESOEG_" + key.components.joined(separator: "_").uppercased()
      throw SettingError(description: "\(name): \(range.lowerBound)–\(range.upperBound).")
    }
    return value
  }
}

/// A file of `NAME=value` lines; `#` begins a comment line.
struct SettingsFile {
  /// The names the file may set.
  static let names: Set<String> = [
    "BESOEG_DATA", "BESOEG_HOST", "BESOEG_PORT", "BESOEG_PUBLIC_URL", "BESOEG_MEDIA_ADDRESS",
    "BESOEG_ADVERTISE", "BESOEG_MEDIA_PORT", "BESOEG_WORKERS", "BESOEG_MUNICIPALITY",
    "BESOEG_DRAIN_SECONDS", "BESOEG_RUN_DIR", "BESOEG_LOG_LEVEL", "BESOEG_PUBLIC_LISTEN",
    "BESOEG_SMTP_HOST", "BESOEG_SMTP_PORT", "BESOEG_SMTP_SECURITY", "BESOEG_SMTP_USER",
    "BESOEG_SMTP_FROM", "BESOEG_SMTP_AUTHORITIES", "BESOEG_SMS_URL", "BESOEG_WEBHOOK_URL",
    "BESOEG_JOURNAL_URL",
    "BESOEG_CERTIFICATE", "BESOEG_PRIVATE_KEY", "BESOEG_TURN_HOST", "BESOEG_PUBLIC_TCP_ADVERTISE",
  ]

  /// The values by name.
  private(set) var values: [String: String] = [:]

  /// Reads a file. A line that means nothing is an error: a setting misspelt must not go unnoticed.
  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw SettingError(description: "\(path): findes ikke. / does not exist.")
    }
    let text = String(decoding: data, as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in zip(1..., lines) {
      let line = Self.trimmed(line)
      if line.isEmpty || line.hasPrefix("#") { continue }
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = Self.trimmed(parts[0])
      guard parts.count == 2, Self.names.contains(name) else {
        throw SettingError(
          description: "\(path):\(number): ukendt indstilling / unknown setting: \(name)")
      }
      values[name] = Self.unquoted(Self.trimmed(parts[1]))
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  private static func unquoted(_ text: String) -> String {
    guard text.count >= 2, let quote = text.first, quote == text.last, "\"'".contains(quote) else {
      return text
    }
    return String(text.dropFirst().dropLast())
  }
}
