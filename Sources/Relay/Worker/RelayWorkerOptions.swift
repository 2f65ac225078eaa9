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
  /// One with a port of its own (`198.51.100.10:3478`) is told with that port.
  public var advertisedAddresses: [String]
  /// Where TCP connections for media are taken in the machine's name, to put in ICE candidates:
  /// `192.0.2.1:443`, `[2001:db8::1]:443`. None where empty.
  public var tcpAdvertised: [String]
  /// Told to whoever supervises, so that it can see whether this is its program with its settings.
  public var digest: UInt64

  /// Options of worker `worker`.
  public init(
    worker: Int, controlPath: String, mediaAddresses: [String] = [], mediaPort: UInt16,
    advertisedAddresses: [String] = [], tcpAdvertised: [String] = [], digest: UInt64 = 0
  ) {
    self.worker = worker
    self.controlPath = controlPath
    self.mediaAddresses = mediaAddresses
    self.mediaPort = mediaPort
    self.advertisedAddresses = advertisedAddresses
    self.tcpAdvertised = tcpAdvertised
    self.digest = digest
  }
}
