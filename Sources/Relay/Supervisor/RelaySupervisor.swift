import CLinux
import Glibc
import Synchronization
import Wire

/// Runs this machine's relay workers and reaches them for the service.
///
/// Workers are processes of their own: one that dies or hangs is replaced at once, and all of them
/// survive the death of this process and are taken back by the next one that runs with the same
/// `runDirectory`. `run()` must be running for anything else to work.
public final class RelaySupervisor: RelayControl {
  /// What the workers report. Ends when `run()` does.
  ///
  /// An event may be repeated after a restart of this process (it may have been killed before it
  /// had acknowledged what it had stored): the same session, kind and time is the same event. After
  /// such a restart each session that was taken back is announced by one `slots` event, and
  /// `workersKnown` follows when there are no more.
  public let events: AsyncStream<RelayEvent>

  private let eventSink: AsyncStream<RelayEvent>.Continuation
  private let configuration: RelaySupervisorConfiguration
  private let log: @Sendable (String) -> Void
  private let inbox = SupervisorInbox()
  private let hasRun = Atomic(false)

  /// A supervisor that does nothing until `run()`.
  public init(
    configuration: RelaySupervisorConfiguration, log: @escaping @Sendable (String) -> Void
  ) {
    self.configuration = configuration
    self.log = log
    (events, eventSink) = AsyncStream.makeStream()
  }

  /// Takes over or starts the workers and keeps them running.
  ///
  /// Returns after `shutdown`, or when cancelled; then the workers stay and go on with their calls.
  public func run() async {
    guard !hasRun.exchange(true, ordering: .relaxed) else { return }
    defer {
      inbox.close()
      eventSink.finish()
    }
    clinux_ignore_sigpipe()
    guard prepareDirectory(), let lock = await lockDirectory() else { return }
    defer { Glibc.close(lock) }
    let inbox = inbox
    await withTaskCancellationHandler {
      await withCheckedContinuation { done in
        startThread { done.resume() }
      }
    } onCancel: {
      _ = inbox.put(.letGo)
    }
  }

  /// Takes no new rooms, waits until the last session has left or `drain` is over, then ends every
  /// session and stops the workers. `run()` returns when that is done.
  public func shutdown(drain: Duration) {
    let (seconds, attoseconds) = drain.components
    let limit = TimeSpan(
      nanoseconds: max(0, seconds) &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    _ = inbox.put(.drain(limit))
  }

  /// Leaves the workers to go on with their calls, for the next process to take back. `run()` returns
  /// soon after.
  public func letGo() { _ = inbox.put(.letGo) }

  /// Lets a participant in; waits up to five seconds for a worker to come up.
  public func join(_ request: JoinRequest) async throws(RelayControlError) -> JoinAnswer {
    try await answer(to: .join(request))
  }

  /// Restarts ICE for a session.
  public func restart(
    session: String, offer: String
  ) async throws(RelayControlError) -> JoinAnswer {
    try await answer(to: .restart(session: session, offer: offer))
  }

  /// Ends one session.
  public func leave(session: String) async throws(RelayControlError) {
    try await finish(.leave(session: session))
  }

  /// Ends every session of a room.
  public func close(room: String) async throws(RelayControlError) {
    try await finish(.close(room: room))
  }

  /// The workers as last seen.
  public func workers() async -> [WorkerStatus] { inbox.statuses }

  private func answer(to command: RelayCommand) async throws(RelayControlError) -> JoinAnswer {
    switch await send(command) {
    case .joined(let answer): return answer
    case .failed(let error): throw error
    // A worker that answers a join so is of another release.
    case .done: throw .unavailable
    }
  }

  private func finish(_ command: RelayCommand) async throws(RelayControlError) {
    if case .failed(let error) = await send(command) { throw error }
  }

  private func send(_ command: RelayCommand) async -> RelayReply {
    await withCheckedContinuation { continuation in
      if !inbox.put(.command(command, { continuation.resume(returning: $0) })) {
        continuation.resume(returning: .failed(.unavailable))
      }
    }
  }

  private func prepareDirectory() -> Bool {
    let path = configuration.runDirectory
    // sockaddr_un holds 107 bytes and a NUL (unix(7)).
    let longest = WorkerPaths.streams(of: configuration.workers - 1, in: path)
    guard longest.utf8.count <= 107 else {
      log("relay: the run directory's path is too long for a socket in it")
      return false
    }
    mkdir(path, 0o700)
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      status.st_uid == getuid(), chmod(path, 0o700) == 0
    else {
      log("relay: the run directory cannot be used (errno \(errno))")
      return false
    }
    return true
  }

  /// Waits until no other process supervises these workers: two would take them from each other
  /// without end. The one before us may be saying its last words.
  private func lockDirectory() async -> Int32? {
    var isTold = false
    while true {
      let lock = clinux_lock(configuration.runDirectory + "/supervisor.lock")
      if lock >= 0 { return lock }
      guard -lock == EWOULDBLOCK else {
        log("relay: the run directory cannot be locked (errno \(-lock))")
        return nil
      }
      if !isTold { log("relay: waiting for another process to let go of the workers") }
      isTold = true
      do {
        try await Task.sleep(for: .milliseconds(100))
      } catch {
        return nil
      }
    }
  }

  private func startThread(done: @escaping @Sendable () -> Void) {
    let (configuration, inbox, eventSink, log) = (configuration, inbox, eventSink, log)
    Thread.start(name: "relay-super") {
      SupervisorLoop(
        configuration: configuration, inbox: inbox, emit: { eventSink.yield($0) }, log: log
      ).run()
      done()
    }
  }
}
