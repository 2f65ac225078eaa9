import Glibc
import Wire

/// How the front is run: the process on the public TCP port, where everything is behind one door.
public struct FrontConfiguration: Sendable {
  /// The addresses and ports to listen on, as `192.0.2.1:443` or `[2001:db8::1]:443`.
  public var listen: [String]
  /// The certificate chain, PEM.
  public var certificateFile: String
  /// Its private key, PEM.
  public var privateKeyFile: String
  /// Where the secret of TURN passwords lies; made if missing.
  public var secretFile: String
  /// The name by which clients reach the port: the certificate's.
  public var host: String
  /// Where the HTTP server listens, as `127.0.0.1:8080`.
  public var upstream: String
  /// Addresses for TCP candidates in answers; those of media where empty.
  public var advertisedAddresses: [String]
  /// The problem document (JSON, RFC 9457) for who comes while the HTTP server is away.
  public var awayDocument: String

  /// A configuration.
  public init(
    listen: [String], certificateFile: String, privateKeyFile: String, secretFile: String,
    host: String, upstream: String, advertisedAddresses: [String] = [], awayDocument: String
  ) {
    self.listen = listen
    self.certificateFile = certificateFile
    self.privateKeyFile = privateKeyFile
    self.secretFile = secretFile
    self.host = host
    self.upstream = upstream
    self.advertisedAddresses = advertisedAddresses
    self.awayDocument = awayDocument
  }

  /// The port that clients are told.
  var port: UInt16 { listen.lazy.compactMap { SocketAddress(endpoint: $0)?.port }.first ?? 443 }

  /// The name with its port, as it stands in a URI.
  func authority(omitting standard: UInt16?) -> String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == standard ? name : "\(name):\(port)"
  }

  /// The TCP endpoints that a worker's answers name, where its media has these addresses.
  func tcpEndpoints(media: [String]) -> [String] {
    let bound = listen.compactMap { SocketAddress(endpoint: $0) }
    let named = (advertisedAddresses.isEmpty ? media : advertisedAddresses)
      .compactMap { SocketAddress(ip: $0, port: port) }.filter { !$0.isWildcard }
    if !named.isEmpty { return named.map(\.text) }
    var found: [SocketAddress] = []
    for address in bound {
      found +=
        address.isWildcard
        ? InterfaceAddresses.all(port: address.port, onlyIPv4: address.isIPv4)
          .filter { $0.isIPv4 == address.isIPv4 }
        : [address]
    }
    return found.map(\.text)
  }
}

extension RelaySupervisorConfiguration {
  /// The whole command line of the front, and what stands for it: of the same settings and the same
  /// program, the number is the same.
  func frontCommandLine(_ front: FrontConfiguration) -> (line: [String], digest: UInt64) {
    var line = [executable] + frontArguments
    line += ["--listen", front.listen.joined(separator: ",")]
    line += ["--certificate", front.certificateFile, "--private-key", front.privateKeyFile]
    line += ["--secret", front.secretFile, "--host", front.authority(omitting: 443)]
    line += ["--upstream", front.upstream, "--run-dir", runDirectory]
    line += ["--workers", String(places), "--media-port", String(firstMediaPort)]
    line += ["--away", awayPath]
    for address in advertisedAddresses.isEmpty ? mediaAddresses : advertisedAddresses {
      line += ["--advertise", address]
    }
    let digest = SettingsDigest(of: executable, line + [front.awayDocument]).value
    return (line + ["--digest", String(digest, radix: 16)], digest)
  }

  /// Where the front finds the problem document.
  var awayPath: String { "\(runDirectory)/away.json" }
}
