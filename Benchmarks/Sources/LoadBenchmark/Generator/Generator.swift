import CLoad
import Glibc
import Synchronization
import Transport

/// The load generator: clients without codecs on one thread, and the way to tell it what to do.
final class Generator: Sendable {
  /// What its thread is told between two ticks.
  enum Command: Sendable {
    /// A client begins to look for its system.
    case add(LegPlan)
    /// Nobody sends media until told otherwise.
    case hold(Bool)
    /// Clients say goodbye.
    case remove([Int])
    /// A window of measurement begins; delays count for legs below a number only.
    case begin(below: Int)
    /// It ends.
    case end
    /// The thread ends.
    case stop
  }

  /// The certificate that all clients share.
  let identity: DTLSIdentity
  /// The UDP port of all clients.
  let port: UInt16
  /// Clients whose path is secured.
  let secured = Atomic(0)
  /// Clients whose path is secured with AES-128-GCM.
  let securedGCM = Atomic(0)
  /// Clients whose path failed.
  let failed = Atomic(0)
  /// Clients that await media and have received some.
  let heard = Atomic(0)
  private let commands = Mutex<[Command]>([])
  private let hasCommands = Atomic(false)
  private let result = Mutex<Measurement?>(nil)
  private let joinTimes = Mutex<[(index: Int, seconds: Double)]>([])
  private let hasEnded = Atomic(false)

  /// Starts it; with `isSpread` a picture's packets leave evenly between two pictures.
  init(isSpread: Bool = false) throws {
    identity = try DTLSIdentity()
    let socket = load_socket(0, 32 << 20)
    guard socket >= 0 else { throw BenchmarkError.failed("no socket (errno \(-socket))") }
    port = load_port(socket)
    Thread.start {
      GeneratorLoop(self, socket: socket, isSpread: isSpread).run()
      close(socket)
      self.hasEnded.store(true, ordering: .releasing)
    }
  }

  /// Tells the thread something.
  func tell(_ command: Command) {
    commands.withLock { $0.append(command) }
    hasCommands.store(true, ordering: .releasing)
  }

  /// Ends the thread and waits for it.
  func stop() {
    tell(.stop)
    while !hasEnded.load(ordering: .acquiring) { usleep(500) }
  }

  /// Measures while `body` runs; the delays of legs below `limit` only.
  func measure(below limit: Int = .max, _ body: () throws -> Void) rethrows -> Measurement {
    tell(.begin(below: limit))
    defer { _ = result.withLock { $0.take() } }
    try body()
    tell(.end)
    while true {
      if let measured = result.withLock({ $0.take() }) { return measured }
      usleep(500)
    }
  }

  /// How long each client waited for its first media since the last call, in seconds, by its number.
  func takeJoinTimes() -> [(index: Int, seconds: Double)] {
    joinTimes.withLock { times in
      defer { times.removeAll() }
      return times
    }
  }

  // MARK: For its thread

  /// What it was told since.
  func takeCommands() -> [Command] {
    guard hasCommands.exchange(false, ordering: .acquiring) else { return [] }
    return commands.withLock { commands in
      defer { commands.removeAll() }
      return commands
    }
  }

  func finish(_ measurement: Measurement) { result.withLock { $0 = measurement } }

  func noteHeard(_ index: Int, after seconds: Double) {
    joinTimes.withLock { $0.append((index, seconds)) }
    heard.add(1, ordering: .relaxed)
  }
}

/// A thread of ours.
enum Thread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs `body` on a thread of its own, before others where the system allows.
  static func start(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Body(body))
    pthread_create(
      &thread, nil,
      { argument in
        load_hurry(-15)
        Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    pthread_detach(thread)
  }
}

/// Why the benchmark could not go on.
enum BenchmarkError: Error {
  case failed(String)
}
