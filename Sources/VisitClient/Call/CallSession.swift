import Foundation
import MediaEngine
import Synchronization
import Transport
public import Wire

/// One participant's sound and picture in one visit: joins, holds, and joins again by itself.
///
/// `ResumePolicy` decides, this carries out: HTTP requests in tasks, packets and codecs on a
/// `MediaThread`. Everything that happens comes together in one queue.
public final class CallSession: CallConnection {
  private enum Input: Sendable {
    case policy(ResumePolicy.Input)
    case thread(MediaThread.Report)
    case joined(attempt: Int, MediaJoin, MediaBoard.Plan)
    case joinFailed(attempt: Int, JoinFailure)
    case restarted(MediaBoard.Restart)
    case wake
    case sampleDue
  }

  /// What one run of a call knows.
  private struct Run {
    var policy: ResumePolicy
    var diary: CallDiary
    let identity: DTLSIdentity
    let onProgress: @Sendable (CallProgress) -> Void
    /// The join in force.
    var join: MediaJoin?
    /// Offers made, joins and restarts: the version of the last one.
    var offers: UInt64 = 0
  }

  private struct Shared {
    var status = CallStatus()
    var connectedAt: MonotonicTime?
    var thread: MediaThread?
    var profile: String?
    var attempt = 1
    var meter = QualityMeter()
  }

  private let api: BesoegAPI
  private let visit: Visit
  private let participant: String
  private let setup: CallSetup
  private let reporter: SampleReporter
  private let pictures: PictureReporter
  private let joiner: Joiner
  private let inputs: AsyncStream<Input>
  private let feed: AsyncStream<Input>.Continuation
  private let shared = Mutex(Shared())

  /// Between two samples.
  private static let sampleInterval = TimeSpan.seconds(5)

  /// A call of `participant` in `visit`.
  public init(api: BesoegAPI, visit: Visit, participant: String, setup: CallSetup) {
    self.api = api
    self.visit = visit
    self.participant = participant
    self.setup = setup
    reporter = SampleReporter(api: api, visit: visit.id)
    pictures = PictureReporter(api: api, visit: visit.id)
    joiner = Joiner(
      api: api, visit: visit.id, slots: max((visit.capacity ?? 2) - 1, 1), media: setup.media)
    (inputs, feed) = AsyncStream.makeStream()
  }

  /// Where the call stands now.
  public var status: CallStatus {
    shared.withLock { shared in
      var status = shared.status
      if let measured = shared.thread?.board.measured {
        status.statistics = measured.statistics
        status.path = measured.path
      }
      status.seconds = shared.connectedAt.map { Int((SystemClock.now - $0).seconds) }
      return status
    }
  }

  /// The service says that the relay's end of a session is gone.
  public func rejoin(session: String?) { feed.yield(.policy(.rejoinAsked(session: session))) }

  /// The service says that a session goes on only until there is another.
  public func move(session: String) { feed.yield(.policy(.moveAsked(session: session))) }

  /// The service says which session in the room is the participant's.
  public func noteRoom(session: String) { feed.yield(.policy(.roomSeen(session: session))) }

  /// Ends the call; `run` returns soon after.
  public func end() { feed.yield(.policy(.over)) }

  /// Joins and keeps the call up. `start` is the participant's own answer or join, from which the
  /// first sound and picture are timed.
  public func run(
    startedAt start: MonotonicTime, _ onProgress: @escaping @Sendable (CallProgress) -> Void
  ) async -> CallReport {
    var report = CallReport(visit: visit.id, participant: participant)
    let identity: DTLSIdentity
    do {
      identity = try DTLSIdentity()
    } catch {
      report.stop = .gaveUp
      onProgress(.stopped(.gaveUp))
      return report
    }
    let thread = MediaThread(setup: setup, identity: identity, startedAt: start) { [feed] in
      feed.yield(.thread($0))
    }
    shared.withLock { $0.thread = thread }
    var run = Run(
      policy: ResumePolicy(spread: .random(in: 0...1)),
      diary: CallDiary(report: report, start: start), identity: identity, onProgress: onProgress)
    let wakes = WakeTimer { [feed] in feed.yield(.wake) }
    let samples = Task { [feed] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .nanoseconds(Self.sampleInterval.nanoseconds))
        feed.yield(.sampleDue)
      }
    }
    feed.yield(.policy(.start))
    for await input in inputs {
      let now = SystemClock.now
      run.policy.lastHeard = thread.board.lastHeard
      for action in take(input, &run, thread, at: now) { perform(action, &run, at: now) }
      let isConnected = run.policy.isConnected
      shared.withLock { $0.status.isConnected = isConnected }
      if run.policy.isOver { break }
      wakes.set(run.policy.nextWake.map { $0 - SystemClock.now })
    }
    wakes.set(nil)
    samples.cancel()
    let measured = await thread.stop()
    if let join = run.join { try? await api.leave(join) }
    return run.diary.finish(measured, at: SystemClock.now)
  }

  /// Hands in a sample of now.
  public func handIn() async {
    let sample = shared.withLock { shared -> QualitySample? in
      guard let thread = shared.thread, shared.connectedAt != nil else { return nil }
      let measured = thread.board.measured
      shared.meter.update(measured.statistics)
      shared.status.quality = shared.meter.quality
      return QualitySample(
        participant: participant, at: Date(), statistics: measured.statistics,
        path: measured.path, intervalMs: Int(Self.sampleInterval.milliseconds),
        profile: shared.profile, attempt: shared.attempt)
    }
    if let sample { await reporter.report(sample) }
    await pictures.flush()
  }

  private func take(
    _ input: Input, _ run: inout Run, _ thread: MediaThread, at now: MonotonicTime
  ) -> [ResumePolicy.Action] {
    switch input {
    case .policy(let input):
      return run.policy.handle(input, at: now)
    case .joined(let attempt, let join, let plan):
      run.join = join
      run.diary.joined(attempt, session: join.session)
      // The old session ends with its room on the old worker.
      thread.connect(plan)
      return run.policy.handle(.joined(attempt: attempt, session: join.session), at: now)
    case .joinFailed(let attempt, let failure):
      run.diary.failed(attempt, failure.text)
      // A move that is refused leaves the call as it is.
      if let error = failure.final, attempt == run.policy.attempt {
        run.onProgress(.refused(error))
      }
      return run.policy.handle(
        .joinFailed(attempt: attempt, isFinal: failure.final != nil), at: now)
    case .restarted(let restart):
      // Taken up even where the old path has healed meanwhile: the relay goes by the new secrets.
      thread.restart(restart)
      return run.policy.handle(.restarted(attempt: restart.attempt), at: now)
    case .thread(let report):
      return take(report, &run, at: now)
    case .wake:
      return run.policy.advance(to: now)
    case .sampleDue:
      Task { await handIn() }
      return []
    }
  }

  private func take(
    _ report: MediaThread.Report, _ run: inout Run, at now: MonotonicTime
  ) -> [ResumePolicy.Action] {
    switch report {
    case .secured(let attempt, let profile):
      run.diary.connected(attempt, profile: profile, at: now)
      let joins = run.diary.joins
      shared.withLock { shared in
        shared.profile = profile
        shared.attempt = joins
        if shared.connectedAt == nil {
          shared.connectedAt = now
          // The first interval is counted from nothing.
          shared.meter.update(MediaStatistics())
        }
      }
      run.onProgress(.connected(profile: profile))
      return run.policy.handle(.secured(attempt: attempt), at: now)
    case .silent(let attempt): return run.policy.handle(.silent(attempt: attempt), at: now)
    case .heard(let attempt): return run.policy.handle(.heard(attempt: attempt), at: now)
    case .closed(let attempt): return run.policy.handle(.pathClosed(attempt: attempt), at: now)
    case .failed(let attempt, let reason):
      run.diary.failed(attempt, reason)
      return run.policy.handle(.pathFailed(attempt: attempt), at: now)
    case .firstSound(let milliseconds):
      run.onProgress(.firstSound(milliseconds: milliseconds))
    case .firstPicture(let milliseconds):
      run.onProgress(.firstPicture(milliseconds: milliseconds))
    case .picture(let step):
      run.onProgress(.ownPicture(step))
      // What the other end has room for, the relay has seen and said already.
      guard step.cause != PictureStep.receiverNetwork else { return [] }
      Task { [pictures] in await pictures.report(step) }
    }
    return []
  }

  private func perform(
    _ action: ResumePolicy.Action, _ run: inout Run, at now: MonotonicTime
  ) {
    switch action {
    case .join(let attempt, let cause):
      run.diary.joining(attempt, cause, at: now)
      // Nothing has stopped, so there is nothing to tell.
      if cause != .moved { run.onProgress(.joining(attempt: attempt, cause: cause)) }
      if cause != .first, cause != .moved { api.renewConnections() }
      join(attempt, cause, &run)
    case .restart(let attempt):
      run.diary.restarting()
      api.renewConnections()
      restart(attempt, &run)
    case .connected:
      break
    case .interrupted(let cause):
      run.diary.interrupted(cause, at: now)
      run.onProgress(.interrupted(cause))
    case .resumed(let after):
      run.diary.resumed(after: after)
      run.onProgress(.resumed(milliseconds: Int64(after.milliseconds)))
      // What broke the call has most likely broken the service's connections, too.
      NetworkChanges.shared.announce()
    case .stop(let cause):
      run.diary.report.stop = cause
      run.onProgress(.stopped(cause))
    }
  }

  private func join(_ attempt: Int, _ cause: ResumePolicy.JoinCause, _ run: inout Run) {
    run.offers += 1
    // Only joins that reached the service count there: a retry of a request is no re-join, and a
    // move is none of the participant's tries.
    let isMove = cause == .moved
    let (number, version) = (max(run.diary.joins + (isMove ? 0 : 1), 1), run.offers)
    Task { [joiner, feed, identity = run.identity] in
      do throws(JoinFailure) {
        let (join, plan) = try await joiner.join(
          attempt: attempt, number: number, version: version, fingerprint: identity.fingerprint)
        var next = plan
        next.isMove = isMove
        feed.yield(.joined(attempt: attempt, join, next))
      } catch {
        feed.yield(.joinFailed(attempt: attempt, error))
      }
    }
  }

  private func restart(_ attempt: Int, _ run: inout Run) {
    guard let join = run.join else { return }
    run.offers += 1
    Task { [joiner, feed, identity = run.identity, version = run.offers] in
      do throws(RestartError) {
        let restart = try await joiner.restart(
          join, attempt: attempt, version: version, fingerprint: identity.fingerprint)
        feed.yield(.restarted(restart))
      } catch {
        feed.yield(.policy(.restartFailed(attempt: attempt, error.failure)))
      }
    }
  }
}
