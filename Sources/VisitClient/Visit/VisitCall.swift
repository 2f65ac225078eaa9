import Synchronization
import Wire

/// What carries a call's sound and picture; tests put a script in its place.
protocol CallConnection: Sendable {
  /// Joins and keeps the call up until `end` or until it stops by itself.
  func run(
    startedAt start: MonotonicTime, _ onProgress: @escaping @Sendable (CallProgress) -> Void
  ) async -> CallReport
  /// The service says that the relay's end of a session is gone.
  func rejoin(session: String?)
  /// The service says that a session goes on only until there is another.
  func move(session: String)
  /// The service says which session in the room is the participant's.
  func noteRoom(session: String)
  /// Hands in the last measurements.
  func handIn() async
  /// Ends the call; `run` returns.
  func end()
  /// Where the call stands.
  var status: CallStatus { get }
}

/// One end of one visit, from the ring to the end, with everything that can go wrong in between.
public final class VisitCall: Sendable {
  /// The visit.
  public let visit: Visit
  /// Whom it is with.
  public let other: PersonReference
  private let api: BesoegAPI
  private let part: VisitPart
  private let me: String
  private let signals: AsyncStream<StreamSignal>
  private let connection: any CallConnection
  private let inputs: AsyncStream<VisitFlow.Input>
  private let feed: AsyncStream<VisitFlow.Input>.Continuation

  /// The caller's or answerer's end of `visit`. `signals` are the event stream's, from now on.
  public convenience init(
    api: BesoegAPI, visit: Visit, me: String, part: VisitPart, setup: CallSetup,
    signals: AsyncStream<StreamSignal>
  ) {
    self.init(
      api: api, visit: visit, me: me, part: part, signals: signals,
      connection: CallSession(api: api, visit: visit, participant: me, setup: setup))
  }

  init(
    api: BesoegAPI, visit: Visit, me: String, part: VisitPart,
    signals: AsyncStream<StreamSignal>, connection: any CallConnection
  ) {
    self.api = api
    self.visit = visit
    self.other = visit.counterpart(of: me)
    self.part = part
    self.me = me
    self.signals = signals
    self.connection = connection
    (inputs, feed) = AsyncStream.makeStream()
  }

  /// Where the call stands now.
  public var status: CallStatus { connection.status }

  /// The user hangs up; `run` returns soon after.
  public func hangUp() { feed.yield(.userHungUp) }

  /// Holds the visit to its end. `limit`: hang up after this much connected time.
  public func run(
    limit: Duration? = nil, onProgress: @escaping @Sendable (VisitProgress) -> Void
  ) async -> VisitResult {
    var flow = VisitFlow(
      part: part, visit: visit, me: me, limit: limit.map { .milliseconds($0.milliseconds) })
    let listener = Task { [signals, feed] in
      for await signal in signals {
        switch signal {
        case .online: feed.yield(.stream(isOnline: true))
        case .offline: feed.yield(.stream(isOnline: false))
        case .event(let event): feed.yield(.event(event))
        case .refused(let problem): feed.yield(.streamRefused(problem))
        }
      }
    }
    let running = RunningCall()
    var outcome = VisitOutcome.calledOff
    let wakes = WakeTimer { [feed] in feed.yield(.time) }
    feed.yield(.start)
    for await input in inputs {
      for action in flow.handle(input, at: SystemClock.now) {
        if case .finish(let final) = action { outcome = final }
        await perform(action, running, onProgress)
      }
      if flow.isOver { break }
      wakes.set(flow.nextWake.map { $0 - SystemClock.now })
    }
    wakes.set(nil)
    listener.cancel()
    connection.end()
    return VisitResult(outcome: outcome, report: await running.report())
  }

  private func perform(
    _ action: VisitFlow.Action, _ running: RunningCall,
    _ onProgress: @escaping @Sendable (VisitProgress) -> Void
  ) async {
    switch action {
    case .ring:
      Task { [api, visit, feed] in
        let failure = await failure { () async throws(ServiceError) in
          try await api.ring(visit.id)
        }
        feed.yield(.rang(failure: failure))
      }
    case .answer:
      running.answer(at: SystemClock.now)
      Task { [api, visit, feed] in
        let failure = await failure { () async throws(ServiceError) in
          try await api.answer(visit.id)
        }
        feed.yield(.answered(failure: failure))
      }
    case .readVisit:
      Task { [api, visit, feed] in
        if let now = try? await api.visit(visit.id) { feed.yield(.visitRead(now.state)) }
      }
    case .connect:
      // The caller's time runs from the other's answer, the answerer's from their own.
      let start = running.answeredAt ?? SystemClock.now
      running.start { [connection, feed] in
        await connection.run(startedAt: start) { feed.yield(.call($0)) }
      }
    case .rejoin(let session):
      connection.rejoin(session: session)
    case .move(let session):
      connection.move(session: session)
    case .noteRoom(let session):
      connection.noteRoom(session: session)
    case .hangUp:
      await endVisit()
    case .disconnect:
      await connection.handIn()
    case .report(let progress):
      onProgress(progress)
    case .finish:
      break
    }
  }
}

extension VisitCall {
  /// How long a hang-up may take to reach the service before this end falls silent all the same.
  private static let hangUpPatience = Duration.seconds(2)

  /// Hands in the last measurements and ends the visit for everyone. Whoever hangs up is not heard
  /// any longer because the service is away.
  private func endVisit() async {
    let silence = Task { [connection] in
      try? await Task.sleep(for: Self.hangUpPatience)
      if !Task.isCancelled { connection.end() }
    }
    await connection.handIn()
    let reason = part == .caller ? "worker-hung-up" : "citizen-hung-up"
    try? await api.hangUp(visit.id, reason: reason)
    silence.cancel()
  }
}

extension Duration {
  /// The span in whole milliseconds.
  fileprivate var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}

/// What a request failed with, if it did.
private func failure(
  of request: () async throws(ServiceError) -> Void
) async -> ServiceError? {
  do {
    try await request()
    return nil
  } catch {
    return error
  }
}

/// The task in which a call runs, once it does.
private final class RunningCall: Sendable {
  private let task = Mutex<Task<CallReport, Never>?>(nil)
  private let answered = Mutex<MonotonicTime?>(nil)

  /// When this end answered, where it did.
  var answeredAt: MonotonicTime? { answered.withLock { $0 } }

  func answer(at now: MonotonicTime) { answered.withLock { $0 = now } }

  func start(_ run: @escaping @Sendable () async -> CallReport) {
    task.withLock { task in
      if task == nil { task = Task { await run() } }
    }
  }

  func report() async -> CallReport? {
    await task.withLock { $0 }?.value
  }
}
