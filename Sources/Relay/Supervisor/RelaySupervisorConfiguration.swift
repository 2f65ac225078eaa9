import Glibc
import Wire

/// How the relay workers of this machine are run.
public struct RelaySupervisorConfiguration: Sendable {
  /// Worker processes; one per core unless told otherwise.
  public var workers: Int
  /// Where the control sockets live; made with mode 0700 if missing. A socket's whole path must fit
  /// in 107 bytes.
  public var runDirectory: String
  /// Addresses that workers bind; all of the machine's where empty.
  public var mediaAddresses: [String]
  /// Addresses that workers put in their ICE candidates; the bound ones where empty. One with a port
  /// (`198.51.100.10:3478`) says at which port worker 0 is reached; worker N has the Nth after it.
  public var advertisedAddresses: [String]
  /// Worker N takes UDP port `firstMediaPort + N`, its successor `firstMediaPort + workers + N`; each
  /// takes a free one where this is 0.
  public var firstMediaPort: UInt16
  /// The program to run as a worker: an absolute path.
  public var executable: String
  /// Arguments before the worker's own options.
  public var arguments: [String]
  /// Arguments before the front's own options.
  public var frontArguments = ["front"]
  /// The public TCP port; nil where there is none.
  public var front: FrontConfiguration?

  /// A configuration; `besoegd` itself is the worker's program unless told otherwise.
  public init(
    workers: Int = Self.coreCount, runDirectory: String, mediaAddresses: [String] = [],
    advertisedAddresses: [String] = [], firstMediaPort: UInt16,
    executable: String = Self.ownExecutable, arguments: [String] = ["relay"]
  ) {
    self.workers = max(1, workers)
    self.runDirectory = runDirectory
    self.mediaAddresses = mediaAddresses
    self.advertisedAddresses = advertisedAddresses
    self.firstMediaPort = firstMediaPort
    self.executable = executable
    self.arguments = arguments
  }

  /// Cores that this process may use.
  public static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The running program's path. Resolved, since `/proc/self` is another process once spawned.
  public static var ownExecutable: String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(PATH_MAX)) { buffer in
      let count = buffer.withMemoryRebound(to: CChar.self) {
        readlink("/proc/self/exe", $0.baseAddress!, $0.count)
      }
      guard count > 0 else { return "/proc/self/exe" }
      let path = String(decoding: buffer[..<count], as: UTF8.self)
      // The kernel marks a program replaced by an upgrade; the new one at the old path is right.
      return path.hasSuffix(" (deleted)") ? String(path.dropLast(10)) : path
    }
  }

  /// The control socket of worker `number`.
  func controlPath(of number: Int) -> String {
    WorkerPaths.control(of: number, in: runDirectory)
  }

  /// Places for worker processes: each worker's own, and its successor's during an upgrade.
  var places: Int { 2 * workers }

  /// The whole command line of worker `number`, which will answer with `digest`.
  func commandLine(of number: Int, digest: UInt64) -> [String] {
    commandLine(of: number) + ["--digest", String(digest, radix: 16)]
  }

  /// The part of it that says what to do.
  func commandLine(of number: Int) -> [String] {
    var line = [executable] + arguments
    line += ["--worker", String(number), "--control", controlPath(of: number)]
    if !mediaAddresses.isEmpty {
      line += ["--media-address", mediaAddresses.joined(separator: ",")]
    }
    let port = firstMediaPort == 0 ? 0 : firstMediaPort &+ UInt16(truncatingIfNeeded: number)
    line += ["--media-port", String(port)]
    for address in advertised(of: number) { line += ["--advertise", address] }
    for endpoint in front?.tcpEndpoints(media: publicAddresses) ?? [] {
      line += ["--tcp-advertise", endpoint]
    }
    return line
  }

  /// What worker `number` tells clients, each with its own port where one is set.
  func advertised(of number: Int) -> [String] {
    advertisedAddresses.map { text in
      guard let first = SocketAddress(endpoint: text) else { return text }
      return first.offset(by: number).text
    }
  }

  /// The addresses that clients are told, without ports.
  var publicAddresses: [String] {
    let media = advertisedAddresses.isEmpty ? mediaAddresses : advertisedAddresses
    return media.map { SocketAddress(endpoint: $0)?.addressText ?? $0 }
  }

  /// What stands for the program and the settings that workers run with: an upgrade puts another
  /// program in the same place.
  var workerDigest: UInt64 { SettingsDigest(of: executable, commandLine(of: 0)).value }
}
