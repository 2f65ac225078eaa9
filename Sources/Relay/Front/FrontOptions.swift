public import Wire

/// What the front process is told on its command line.
public struct FrontOptions: Sendable {
  /// The addresses and ports to listen on, for everyone.
  public var listen: [SocketAddress]
  /// The certificate chain, PEM, the server's own first.
  public var certificateFile: String
  /// Its private key, PEM.
  public var privateKeyFile: String
  /// What TURN passwords are made with, in a file that only we can read.
  public var secretFile: String
  /// The name in `https:` links, with its port where that is not 443.
  public var publicHost: String
  /// Where the HTTP server listens, on this machine.
  public var upstream: SocketAddress
  /// The folder of the workers' sockets.
  public var runDirectory: String
  /// The number of workers.
  public var workers: Int
  /// Worker 0's UDP port; worker N has the Nth after it.
  public var firstMediaPort: UInt16
  /// Addresses that workers' media is reached at, with worker 0's port where it is not
  /// `firstMediaPort`; the machine's own where empty.
  public var mediaAddresses: [String]
  /// A JSON problem document (RFC 9457) for who comes while the HTTP server is away.
  public var awayFile: String?
  /// Told to whoever supervises, so that it can see whether these are its settings still.
  public var digest: UInt64

  /// Options of a front.
  public init(
    listen: [SocketAddress], certificateFile: String, privateKeyFile: String, secretFile: String,
    publicHost: String, upstream: SocketAddress, runDirectory: String, workers: Int,
    firstMediaPort: UInt16, mediaAddresses: [String], awayFile: String? = nil, digest: UInt64 = 0
  ) {
    self.listen = listen
    self.certificateFile = certificateFile
    self.privateKeyFile = privateKeyFile
    self.secretFile = secretFile
    self.publicHost = publicHost
    self.upstream = upstream
    self.runDirectory = runDirectory
    self.workers = workers
    self.firstMediaPort = firstMediaPort
    self.mediaAddresses = mediaAddresses
    self.awayFile = awayFile
    self.digest = digest
  }

  /// The control socket.
  var controlPath: String { FrontPaths.control(in: runDirectory) }

  /// Every worker's media addresses, by its number.
  var mediaPeers: [[SocketAddress]] {
    (0..<workers).map { worker in
      let port = firstMediaPort &+ UInt16(truncatingIfNeeded: worker)
      let named = mediaAddresses.compactMap {
        SocketAddress(endpoint: $0)?.offset(by: worker) ?? SocketAddress(ip: $0, port: port)
      }
      return named.isEmpty || named.contains(where: \.isWildcard)
        ? InterfaceAddresses.all(port: port, onlyIPv4: false) : named
    }
  }
}

/// Where the front has its control socket.
enum FrontPaths {
  static func control(in runDirectory: String) -> String { "\(runDirectory)/front.sock" }
}
