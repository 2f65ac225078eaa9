import CLinux
import Forwarding
import Glibc
import Transport
import Wire

/// The worker process's whole life.
public enum RelayWorkerMain {
  /// Runs a worker until it is told to stop; returns the process's exit status.
  public static func run(_ options: RelayWorkerOptions) -> Int32 {
    clinux_protect_memory()
    clinux_return_memory()
    clinux_ignore_sigpipe()
    umask(0o077)
    var log = WorkerLog(worker: options.worker)
    let termination = Termination.descriptor()
    do throws(WorkerStartError) {
      let bound = try openSockets(options)
      var configuration = RelayConfiguration(
        candidates: try candidates(options, bound: bound.ports))
      configuration.localPaths = bound.sockets.count
      configuration.worker = options.worker
      configuration.tcpCandidates = try tcpCandidates(options)
      let core = RelayCore(
        configuration: configuration, identity: try makeIdentity(), random: .system)
      let control: ControlServer
      do {
        control = try ControlServer(path: options.controlPath)
      } catch {
        throw .controlSocket(error)
      }
      log.write(
        "UDP port \(bound.ports.first?.port ?? 0), \(configuration.candidates.count) candidates",
        at: SystemClock.monotonic)
      var loop = try makeLoop(
        options, core: core, sockets: bound.sockets, control: control, termination: termination,
        log: log)
      let sandbox = ProcessSandbox.worker(controlPath: options.controlPath).enter()
      log.write(sandbox.explanation, at: SystemClock.monotonic)
      loop.run()
      return EXIT_SUCCESS
    } catch {
      log.write("cannot start: \(error.explanation)", at: SystemClock.monotonic)
      return error.exitStatus
    }
  }

  /// Sockets and where each is bound.
  private struct Bound: ~Copyable {
    var sockets: Slab<MediaSocket>
    var ports: [SocketAddress]
  }

  /// The most addresses a worker binds.
  private static let socketLimit = 8

  private static func openSockets(
    _ options: RelayWorkerOptions
  ) throws(WorkerStartError) -> Bound {
    var wanted: [SocketAddress] = []
    for text in options.mediaAddresses {
      guard let address = SocketAddress(ip: text, port: options.mediaPort) else {
        throw .invalidAddress(text)
      }
      wanted.append(address)
    }
    guard wanted.count <= socketLimit else { throw .tooManyAddresses }
    var bound = Bound(sockets: Slab(capacity: socketLimit), ports: [])
    if wanted.isEmpty {
      let any = SocketAddress(high: 0, low: 0, port: options.mediaPort)
      do {
        // Both families in one socket; a machine without IPv6 has only the other.
        add(try MediaSocket(binding: any), at: any, to: &bound)
      } catch {
        wanted = [SocketAddress(ipv4: 0, port: options.mediaPort)]
      }
    }
    for address in wanted {
      do {
        add(try MediaSocket(binding: address), at: address, to: &bound)
      } catch {
        throw .mediaSocket(error)
      }
    }
    return bound
  }

  private static func add(
    _ socket: consuming MediaSocket, at address: SocketAddress, to bound: inout Bound
  ) {
    bound.ports.append(SocketAddress(high: address.high, low: address.low, port: socket.port))
    _ = bound.sockets.insert(socket)
  }

  /// What answers name as candidates: what the operator says, else what is bound.
  private static func candidates(
    _ options: RelayWorkerOptions, bound: [SocketAddress]
  ) throws(WorkerStartError) -> [SocketAddress] {
    let port = bound.first?.port ?? options.mediaPort
    var advertised: [SocketAddress] = []
    for text in options.advertisedAddresses {
      guard let address = SocketAddress(endpoint: text) ?? SocketAddress(ip: text, port: port)
      else { throw .invalidAddress(text) }
      advertised.append(address)
    }
    if !advertised.isEmpty { return advertised }
    var found: [SocketAddress] = []
    for address in bound {
      if address.isWildcard {
        found += InterfaceAddresses.all(port: address.port, onlyIPv4: address.isIPv4)
      } else {
        found.append(address)
      }
    }
    return found
  }

  private static func tcpCandidates(
    _ options: RelayWorkerOptions
  ) throws(WorkerStartError) -> [SocketAddress] {
    var found: [SocketAddress] = []
    for text in options.tcpAdvertised {
      guard let address = SocketAddress(endpoint: text) else { throw .invalidAddress(text) }
      found.append(address)
    }
    return found
  }

  private static func makeIdentity() throws(WorkerStartError) -> DTLSIdentity {
    do {
      return try DTLSIdentity()
    } catch {
      throw .identity
    }
  }

  private static func makeLoop(
    _ options: RelayWorkerOptions, core: consuming RelayCore, sockets: consuming Slab<MediaSocket>,
    control: consuming ControlServer, termination: Int32, log: WorkerLog
  ) throws(WorkerStartError) -> WorkerLoop {
    do {
      return try WorkerLoop(
        worker: options.worker, digest: options.digest, core: core, sockets: sockets,
        control: control,
        streamsPath: WorkerPaths.streams(beside: options.controlPath), termination: termination,
        log: log)
    } catch {
      throw .loop(error)
    }
  }
}

/// Why a worker could not start.
enum WorkerStartError: Error {
  /// An address on the command line is none.
  case invalidAddress(String)
  /// More addresses than a worker binds.
  case tooManyAddresses
  /// The UDP port could not be bound.
  case mediaSocket(SystemError)
  /// The control socket could not be made.
  case controlSocket(SystemError)
  /// No certificate could be made.
  case identity
  /// No epoll.
  case loop(SystemError)

  /// The reason, for the operator's log.
  var explanation: String {
    switch self {
    case .invalidAddress(let text): "\"\(text)\" is not an IP address"
    case .tooManyAddresses: "too many media addresses"
    case .mediaSocket(let error): "the UDP port cannot be bound (errno \(error.number))"
    case .controlSocket(let error): "the control socket cannot be made (errno \(error.number))"
    case .identity: "OpenSSL makes no certificate"
    case .loop(let error): "epoll failed (errno \(error.number))"
    }
  }

  /// As sysexits(3) has it: 64 for the command line, 71 for the system.
  var exitStatus: Int32 {
    switch self {
    case .invalidAddress, .tooManyAddresses: 64
    case .mediaSocket, .controlSocket, .identity, .loop: 71
    }
  }
}
