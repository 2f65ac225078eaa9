import CLinux
import Glibc
import Wire

/// The socket and the process behind one `FrontState`. Belongs to the supervisor's thread.
final class FrontLink {
  /// What is known of it.
  private(set) var state: FrontState
  /// The control channel's descriptor for poll; -1 while there is none.
  private(set) var descriptor: Int32 = -1
  private let configuration: RelaySupervisorConfiguration
  private let line: [String]
  private let log: @Sendable (String) -> Void
  private var hello: [UInt8] = []
  private var processID: Int32 = 0
  private var child: Int32 = 0
  /// Children that have a successor and go on with their connections.
  private var retired: [Int32] = []

  /// A front to be looked for, as `configuration` wants it.
  init(
    configuration: RelaySupervisorConfiguration, now: MonotonicTime,
    log: @escaping @Sendable (String) -> Void
  ) {
    self.configuration = configuration
    self.log = log
    let wanted = configuration.front.map { configuration.frontCommandLine($0) }
    line = wanted?.line ?? []
    state = FrontState(wanted: wanted?.digest, now: now)
  }

  deinit { drop() }

  /// Time passed.
  func advance(to now: MonotonicTime) {
    retired.removeAll { clinux_reap($0) != 0 }
    if child > 0, clinux_reap(child) != 0 {
      child = 0
      state.exited(now: now)
    }
    apply(state.advance(to: now), now: now)
  }

  /// This process stood still.
  func stoodStill(now: MonotonicTime) { state.stoodStill(now: now) }

  /// It is no longer wanted.
  func stop(now: MonotonicTime) { apply(state.stop(now: now), now: now) }

  /// The channel is readable.
  func service(now: MonotonicTime) {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(descriptor, &bytes, bytes.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    guard count > 0 else {
      drop()
      return apply(state.disconnected(now: now), now: now)
    }
    for byte in bytes[..<count] { take(byte, now: now) }
  }

  private func take(_ byte: UInt8, now: MonotonicTime) {
    guard hello.count == FrontProtocol.helloLength else {
      hello.append(byte)
      guard hello.count == FrontProtocol.helloLength else { return }
      // A front of another release has other settings for certain.
      return apply(state.greeted(FrontProtocol.digest(in: hello) ?? 0, now: now), now: now)
    }
    switch byte {
    case FrontProtocol.ping: state.ponged(now: now)
    case FrontProtocol.retire:
      if child > 0 { retired.append(child) }
      child = 0
      processID = 0
      drop()
      apply(state.retired(now: now), now: now)
    default: break
    }
  }

  private func apply(_ actions: [FrontState.Action], now: MonotonicTime) {
    for action in actions {
      switch action {
      case .connect:
        if connect() {
          state.connected(now: now)
        } else {
          apply(state.connectFailed(now: now), now: now)
        }
      case .spawn:
        log("relay front: starting")
        if !spawn() {
          log("relay front: could not be started (errno \(errno))")
          state.spawnFailed(now: now)
        }
      case .kill:
        log("relay front: no sign of life, ending process \(processID)")
        kill()
      case .ping: say(FrontProtocol.ping)
      case .retire:
        log("relay front: settings have changed, replacing it")
        say(FrontProtocol.retire)
      case .stop: say(FrontProtocol.stop)
      }
    }
  }

  private func connect() -> Bool {
    let opened = clinux_unix_connect(FrontPaths.control(in: configuration.runDirectory))
    guard opened >= 0 else { return false }
    var user: UInt32 = 0
    guard clinux_peer(opened, &processID, &user) == 0, user == getuid() || user == 0 else {
      close(opened)
      return false
    }
    // It still is our child where this process only became another program.
    if child == 0, clinux_reap(processID) == 0 { child = processID }
    drop()
    descriptor = opened
    hello = []
    return true
  }

  private func spawn() -> Bool {
    drop()
    if let front = configuration.front {
      _ = SmallFile.write(Array(front.awayDocument.utf8), to: configuration.awayPath)
    }
    let arguments: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let process = clinux_spawn(configuration.executable, arguments, environ)
    guard process > 0 else { return false }
    child = process
    processID = process
    return true
  }

  /// The process id is known to be the front's: it is an unreaped child of ours, or it holds the other
  /// end of the open connection. A front inside this very process (as in a test) is let be.
  private func kill() {
    if processID > 0, processID != getpid(), child == processID || descriptor >= 0 {
      Glibc.kill(processID, SIGKILL)
    }
    drop()
  }

  private func say(_ byte: UInt8) {
    var byte = byte
    _ = send(descriptor, &byte, 1, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
  }

  private func drop() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  private func close(_ descriptor: Int32) { Glibc.close(descriptor) }
}
