/// What a worker process is told on its command line.
public struct RelayWorkerOptions: Sendable {
  /// Its number, from 0.
  public var worker: Int
  /// The Unix socket on which it awaits its control process.
  public var controlPath: String
  /// Addresses to bind in text form; the wildcard of both families where empty.
  public var mediaAddresses: [String]
  /// The UDP port to bind on each; 0 takes a free one.
  public var mediaPort: UInt16
  /// Addresses to put in ICE candidates in text form; those bound where empty.
  public var advertisedAddresses: [String]
  /// Where TCP connections for media are taken in the machine's name, to put in ICE candidates:
  /// `192.0.2.1:443`, `[2001:db8::1]:443`. None where empty.
  public var tcpAdvertised: [String]

  /// Options of worker `worker`.
  public init(
    worker: Int, controlPath: String, mediaAddresses: [String] = [], mediaPort: UInt16,
    advertisedAddresses: [String] = [], tcpAdvertised: [String] = []
  ) {
    self.worker = worker
    self.controlPath = controlPath
    self.mediaAddresses = mediaAddresses
    self.mediaPort = mediaPort
    self.advertisedAddresses = advertisedAddresses
    self.tcpAdvertised = tcpAdvertised
  }
}
