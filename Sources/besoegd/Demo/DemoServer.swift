import Foundation
import Synchronization
import VisitClient

/// `besoegd serve` as a child process on a free port, started again when it dies, as systemd would.
final class DemoServer: Sendable {
  /// Where it listens.
  let origin: String
  private let folder: DemoFolder
  private let arguments: [String]
  private let onRestart: @Sendable () -> Void
  private let state = Mutex(State())

  private struct State {
    var process: Process?
    var isStopped = false
    var restarts = 0
  }

  /// What `Restart=on-failure` with `RestartSec=100ms` does in the systemd unit.
  private static let restartPause = 0.1
  /// A server that dies this often will not come up by itself.
  private static let mostRestarts = 20

  init(folder: DemoFolder, onRestart: @escaping @Sendable () -> Void) throws {
    self.folder = folder
    self.onRestart = onRestart
    let port = try FreePort.stream()
    origin = "http://127.0.0.1:\(port)"
    let cores = ProcessInfo.processInfo.activeProcessorCount
    arguments = [
      "serve", "--data", folder.data, "--host", "127.0.0.1", "--port", String(port),
      "--media-port", String(try FreePort.datagrams(count: cores)),
    ]
  }

  /// Starts it and waits until it is ready.
  func start(patience: Duration) async throws {
    try spawn()
    let api = try BesoegAPI(server: origin, token: "")
    let clock = ContinuousClock()
    let deadline = clock.now + patience
    while clock.now < deadline {
      if await api.isReady() { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw ProgramFailure(Texts.current[.demoFailedServe, ["log": folder.log]])
  }

  /// The operations token that the server's first start made.
  func operationsToken() throws -> String {
    try String(contentsOfFile: "\(folder.data)/operations.token", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Asks it to end and waits for it; kills it after ten seconds.
  func stop() async {
    guard let process = terminate() else { return }
    for _ in 0..<200 where process.isRunning {
      try? await Task.sleep(for: .milliseconds(50))
    }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Asks it to end and does not wait; returns it if it was running.
  @discardableResult
  func terminate() -> Process? {
    let process = state.withLock { state in
      state.isStopped = true
      return state.process
    }
    guard let process, process.isRunning else { return nil }
    process.terminate()
    return process
  }

  private func spawn() throws {
    let process = Process()
    // The program itself, whatever name it was called by.
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    // Settings meant for other programs of ours are not meant for this server.
    var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("BESOEG_") }
    // The demo hangs up before it stops the server: there is nobody to wait for.
    environment["BESOEG_DRAIN_SECONDS"] = "1"
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let log = try openLog()
    process.standardOutput = log
    process.standardError = log
    process.terminationHandler = { [weak self] _ in self?.died() }
    try state.withLock { state in
      guard !state.isStopped else { return }
      try process.run()
      state.process = process
    }
  }

  private func died() {
    let isUnexpected = state.withLock { state in
      guard !state.isStopped, state.restarts < Self.mostRestarts else { return false }
      state.restarts += 1
      return true
    }
    guard isUnexpected else { return }
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.restartPause) { [self] in
      onRestart()
      try? spawn()
    }
  }

  private func openLog() throws -> FileHandle {
    let descriptor = open(folder.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ProgramFailure(Texts.current[.demoFailedWrite, ["file": folder.log]])
    }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}

/// Ports that nobody uses. Somebody may take one before we do; then the start fails and is tried
/// again.
enum FreePort {
  /// A TCP port on the loopback interface.
  static func stream() throws -> UInt16 {
    guard let port = bound(SOCK_STREAM, port: 0) else { throw POSIXError(.EADDRINUSE) }
    return port
  }

  /// The first of `count` adjacent UDP ports.
  static func datagrams(count: Int) throws -> UInt16 {
    for _ in 0..<200 {
      let first = UInt16.random(in: 40_000...59_000)
      let isFree = (0..<count).allSatisfy {
        bound(SOCK_DGRAM, port: first + UInt16($0)) != nil
      }
      if isFree { return first }
    }
    throw POSIXError(.EADDRINUSE)
  }

  /// The port that a socket gets when bound to `port`; nil where it is taken.
  private static func bound(_ type: __socket_type, port: UInt16) -> UInt16? {
    let descriptor = socket(AF_INET, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    // Streams are asked for on the loopback only; datagrams must be free on every address.
    address.sin_addr.s_addr = type == SOCK_STREAM ? UInt32(0x7F00_0001).bigEndian : 0
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    return isBound ? UInt16(bigEndian: address.sin_port) : nil
  }
}
