import CLinux
import Glibc
import Transport
import Wire

/// The front process's whole life.
public enum FrontMain {
  /// How long a predecessor may take to let go of the port.
  private static let bindAttempts = 100
  private static let bindPause: UInt32 = 50_000
  private static let backlog: Int32 = 512

  /// Runs a front until it is told to stop; returns the process's exit status.
  public static func run(_ options: FrontOptions) -> Int32 {
    clinux_protect_memory()
    clinux_ignore_sigpipe()
    umask(0o077)
    DescriptorLimit.raise()
    var log = WorkerLog(of: "front")
    let termination = Termination.descriptor()
    do throws(FrontStartError) {
      var loop = try makeLoop(options, termination: termination, log: log)
      log.write("listening on \(options.listen.count) addresses", at: SystemClock.monotonic)
      let sandbox = ProcessSandbox.front(options).enter()
      log.write(sandbox.explanation, at: SystemClock.monotonic)
      loop.run()
      return EXIT_SUCCESS
    } catch {
      log.write("cannot start: \(error.explanation)", at: SystemClock.monotonic)
      return EXIT_FAILURE
    }
  }

  /// A loop with everything open.
  static func makeLoop(
    _ options: FrontOptions, termination: Int32, log: WorkerLog
  ) throws(FrontStartError) -> FrontLoop {
    let identity: TLSIdentity
    do {
      identity = try TLSIdentity(
        certificateFile: options.certificateFile, privateKeyFile: options.privateKeyFile)
    } catch {
      throw .certificate(error)
    }
    guard let secret = SmallFile.read(options.secretFile),
      secret.count >= TURNCredentials.leastSecret
    else { throw .secret }
    let control: FrontControl
    do {
      control = try FrontControl(path: options.controlPath, digest: options.digest)
    } catch {
      throw .controlSocket(error)
    }
    var listeners: [Int32] = []
    for address in options.listen {
      do {
        listeners.append(try listen(on: address))
      } catch {
        for listener in listeners { close(listener) }
        throw .listen(error)
      }
    }
    let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epoll >= 0 else { throw .listen(SystemError(number: errno)) }
    let services = FrontServices(
      epoll: epoll, options: options, identity: identity, secret: secret)
    services.now = SystemClock.monotonic
    services.turn.peers = options.mediaPeers
    return FrontLoop(
      services: services, listeners: listeners, control: control, termination: termination,
      log: log)
  }

  private static func listen(on address: SocketAddress) throws(SystemError) -> Int32 {
    for attempt in 1... {
      let opened = clinux_tcp_listen(address.high, address.low, address.port, backlog)
      if opened >= 0 { return opened }
      guard -opened == EADDRINUSE, attempt < bindAttempts else {
        throw SystemError(number: -opened)
      }
      usleep(bindPause)
    }
    throw SystemError(number: EADDRINUSE)
  }
}

/// Why a front could not start.
enum FrontStartError: Error {
  /// The certificate or its key cannot be used.
  case certificate(TLSError)
  /// The secret of TURN passwords cannot be read, or is none.
  case secret
  /// The control socket could not be made.
  case controlSocket(SystemError)
  /// An address cannot be listened on.
  case listen(SystemError)

  /// The reason, for the operator's log.
  var explanation: String {
    switch self {
    case .certificate(let error): "certificate and key cannot be used: \(error)"
    case .secret: "the secret of TURN passwords cannot be read"
    case .controlSocket(let error): "the control socket cannot be made (errno \(error.number))"
    case .listen(let error): "the public port cannot be listened on (errno \(error.number))"
    }
  }
}
