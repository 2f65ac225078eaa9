import Wire

extension WorkerState {
  /// What the shell must do.
  enum Action: Equatable {
    /// Try to connect once, and report `connected` or `connectFailed`.
    case connect
    /// Start the process, and report `spawnFailed` if that is refused.
    case spawn
    /// End the process by force and drop the connection.
    case kill
    /// Send a ping.
    case ping(id: UInt64, acknowledged: UInt64)
    /// Tell the worker to end its sessions and exit.
    case stop
    /// These sessions are gone with their process.
    case lost([SessionReference])
    /// A worker with these sessions was taken over.
    case adopted([SessionListing])
  }

  /// Where the worker is in its life.
  enum Phase: Equatable {
    /// Waiting to be looked for or started again.
    case resting(until: MonotonicTime)
    /// Being looked for.
    case searching
    /// Started; its socket is tried until the deadline.
    case starting(deadline: MonotonicTime, nextTry: MonotonicTime)
    /// Connected; its hello is awaited.
    case greeting(deadline: MonotonicTime)
    /// Answering.
    case serving(lastHeard: MonotonicTime, nextPing: MonotonicTime)
    /// Told to stop.
    case stopping(deadline: MonotonicTime)
    /// Not there, and not wanted until `want` is called.
    case absent
    /// Gone, and not to be started again.
    case ended
  }

  /// How often a worker is asked for a sign of life.
  static let pingInterval = TimeSpan.seconds(1)
  /// Silence after which a worker counts as wedged. Three pings: a loop that has not turned for
  /// three seconds has already cost every call on it more than a restart does.
  static let wedgedAfter = TimeSpan.seconds(3)
  /// How long a started worker may take to open its socket.
  static let startLimit = TimeSpan.seconds(5)
  /// How often a started worker's socket is tried.
  static let connectInterval = TimeSpan.milliseconds(10)
  /// How long a worker may take to exit when told to.
  static let stopLimit = TimeSpan.seconds(2)
  /// The pause after the first failed start; it doubles up to `longestRest`.
  static let shortestRest = TimeSpan.milliseconds(100)
  /// A worker that served for less than this before it died is not started again without a pause.
  static let steadyAfter = TimeSpan.seconds(2)
  /// The longest pause between starts.
  static let longestRest = TimeSpan.seconds(5)
}
