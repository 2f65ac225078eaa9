import FoundationEssentials
import Relay
import Service
import Wire

extension ServeSettings {
  /// How the front is to be run; nil where there is none. What would leave it without a use is an
  /// error: a citizen behind a firewall must not be the first to find out.
  func front() throws -> FrontConfiguration? {
    guard !publicListen.isEmpty else { return nil }
    for text in publicListen where SocketAddress(endpoint: text) == nil {
      throw SettingError(description: "BESOEG_PUBLIC_LISTEN: 0.0.0.0:443,[::]:443 (\(text))")
    }
    guard let certificate, let privateKey else {
      throw SettingError(
        description: "BESOEG_PUBLIC_LISTEN: BESOEG_CERTIFICATE, BESOEG_PRIVATE_KEY?")
    }
    let named = turnHost ?? publicURL.flatMap { URL(string: $0)?.host() }
    guard let host = named, !host.isEmpty else {
      throw SettingError(description: "BESOEG_PUBLIC_LISTEN: BESOEG_PUBLIC_URL, BESOEG_TURN_HOST?")
    }
    // The front is told both once, when it is started.
    guard port != 0, mediaPort != 0 else {
      throw SettingError(description: "BESOEG_PUBLIC_LISTEN: BESOEG_PORT, BESOEG_MEDIA_PORT ≠ 0.")
    }
    for text in publicTCPAdvertised where SocketAddress(ip: text, port: 0) == nil {
      throw SettingError(description: "BESOEG_PUBLIC_TCP_ADVERTISE: 198.51.100.10 (\(text))")
    }
    return FrontConfiguration(
      listen: publicListen, certificateFile: Self.absolute(certificate),
      privateKeyFile: Self.absolute(privateKey), secretFile: Self.absolute("\(data)/turn.key"),
      host: host, upstream: try upstream, advertisedAddresses: publicTCPAdvertised,
      awayDocument: AwayDocument.text)
  }

  /// Where the front reaches the HTTP server.
  private var upstream: String {
    get throws {
      guard
        let address =
          host == "localhost"
          ? SocketAddress(ipv4: 0x7F00_0001, port: UInt16(clamping: port))
          : SocketAddress(ip: host, port: UInt16(clamping: port))
      else {
        throw SettingError(description: "BESOEG_HOST: 127.0.0.1 (\(host))")
      }
      // A wildcard binds this machine's own address too.
      let isAny = address.high == 0 && (address.low == 0 || (address.isIPv4 && address.ipv4 == 0))
      return isAny ? SocketAddress(ipv4: 0x7F00_0001, port: address.port).text : address.text
    }
  }

  /// The front outlives whoever started it, and so must its files' names.
  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}
