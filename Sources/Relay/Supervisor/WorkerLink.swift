import CLinux
import Glibc
import Wire

/// The sockets and the process behind one `WorkerState`. Belongs to the supervisor's thread.
final class WorkerLink {
  /// The worker's number.
  let number: Int
  /// What is known of it.
  var state: WorkerState
  /// The control channel, while connected.
  var connection: ControlConnection?
  /// The process; 0 while unknown.
  private(set) var processID: Int32 = 0
  /// Whether it is our own child, to be reaped.
  private var isChild = false
  /// Children before it that are to be reaped.
  private var ended: [Int32] = []
  /// What its last pong said.
  var load = WorkerLoad(sessions: 0, rooms: 0, counters: [:])
  private let configuration: RelaySupervisorConfiguration

  /// What stands for the program and settings that it should run with.
  private let digest: UInt64

  /// A worker to be looked for. Whether it is started where it is not there, is decided then.
  init(number: Int, configuration: RelaySupervisorConfiguration, now: MonotonicTime) {
    self.number = number
    self.configuration = configuration
    digest = configuration.workerDigest
    state = WorkerState(now: now, wanted: false)
  }

  /// What decides on its succession.
  var view: Succession.View {
    Succession.View(
      isFound: state.isFound, isServing: state.isServing,
      isOutdated: state.digest != digest || state.wantsToLeave, sessions: state.sessions.count)
  }

  /// The control channel's descriptor for poll; -1 while there is none.
  var descriptor: Int32 { connection?.descriptor ?? -1 }

  /// Whether bytes wait to be written.
  var wantsToWrite: Bool { connection?.wantsToWrite ?? false }

  /// The worker for the service's eyes.
  var status: WorkerStatus {
    WorkerStatus(
      worker: number, processID: processID, isHealthy: state.isServing,
      sessions: state.sessions.count, rooms: load.rooms, restarts: state.restarts,
      counters: load.counters)
  }

  /// Tries the worker's socket once.
  func connect() -> Bool {
    let descriptor = clinux_unix_connect(configuration.controlPath(of: number))
    guard descriptor >= 0 else { return false }
    var process: Int32 = 0
    var user: UInt32 = 0
    // The directory is 0700, so only this user or root can be listening; the check costs nothing.
    guard clinux_peer(descriptor, &process, &user) == 0, user == getuid() || user == 0 else {
      close(descriptor)
      return false
    }
    connection = ControlConnection(descriptor: descriptor)
    if process != processID {
      processID = process
      // It still is where this process only became another program.
      isChild = clinux_reap(process) == 0
    }
    return true
  }

  /// Starts the process.
  func spawn() -> Bool {
    connection = nil
    load = WorkerLoad(sessions: 0, rooms: 0, counters: [:])
    // What is left of a predecessor must not answer for the new process.
    unlink(configuration.controlPath(of: number))
    let line = configuration.commandLine(of: number, digest: digest)
    let arguments: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let process = clinux_spawn(configuration.executable, arguments, environ)
    guard process > 0 else { return false }
    if isChild, processID > 0 { ended.append(processID) }
    processID = process
    isChild = true
    return true
  }

  /// Ends the process by force. The process id is known to be the worker's: it is an unreaped child
  /// of ours, or it holds the other end of the open connection. A worker inside this very process
  /// (as in a test) is let be.
  func kill() {
    if processID > 0, processID != getpid(), isChild || connection != nil {
      Glibc.kill(processID, SIGKILL)
    }
    connection = nil
  }

  /// Whether the child has ended since the last call.
  func reap() -> Bool {
    ended.removeAll { clinux_reap($0) != 0 }
    guard isChild, processID > 0, clinux_reap(processID) != 0 else { return false }
    processID = 0
    isChild = false
    return true
  }
}
