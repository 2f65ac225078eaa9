import Foundation
import MediaEngine
import Synchronization
import Transport
public import Wire

/// One participant's sound and picture in one visit: joins, holds, and joins again by itself.
///
/// `ResumePolicy` decides, this carries out: HTTP requests in tasks, datagrams and codecs on a
/// `MediaThread`. Everything that happens comes together in one queue.
public final class CallSession: CallConnection {
  private enum Input: Sendable {
    case policy(ResumePolicy.Input)
    case thread(MediaThread.Report)
    case joined(attempt: Int, MediaJoin, MediaThread.Plan)
    case joinFailed(attempt: Int, JoinFailure)
    case wake
    case sampleDue
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
    joiner = Joiner(
      api: api, visit: visit.id, slots: max((visit.capacity ?? 2) - 1, 1), media: setup.media)
    (inputs, feed) = AsyncStream.makeStream()
  }

  /// Where the call stands now.
  public var status: CallStatus {
    shared.withLock { shared in
      var status = shared.status
      if let thread = shared.thread { status.statistics = thread.measured.statistics }
      status.seconds = shared.connectedAt.map { Int((SystemClock.now - $0).seconds) }
      return status
    }
  }

  /// The service says that the relay's end of a session is gone.
  public func rejoin(session: String?) { feed.yield(.policy(.rejoinAsked(session: session))) }

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
    var policy = ResumePolicy()
    var diary = CallDiary(report: report, start: start)
    let wakes = WakeTimer { [feed] in feed.yield(.wake) }
    let samples = Task { [feed] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .nanoseconds(Self.sampleInterval.nanoseconds))
        feed.yield(.sampleDue)
      }
    }
    var lastJoin: MediaJoin?
    feed.yield(.policy(.start))
    for await input in inputs {
      let now = SystemClock.now
      var actions: [ResumePolicy.Action] = []
      policy.lastHeard = thread.lastHeard
      switch input {
      case .policy(let input):
        actions = policy.handle(input, at: now)
      case .joined(let attempt, let join, let plan):
        lastJoin = join
        diary.joined(attempt, session: join.session)
        thread.connect(plan)
        actions = policy.handle(.joined(attempt: attempt, session: join.session), at: now)
      case .joinFailed(let attempt, let failure):
        diary.failed(attempt, failure.text)
        if let error = failure.final { onProgress(.refused(error)) }
        actions = policy.handle(
          .joinFailed(attempt: attempt, isFinal: failure.final != nil), at: now)
      case .thread(let threadReport):
        actions = take(threadReport, &policy, &diary, at: now, onProgress)
      case .wake:
        actions = policy.advance(to: now)
      case .sampleDue:
        Task { await handIn() }
      }
      for action in actions { perform(action, &diary, identity, at: now, onProgress) }
      let isConnected = policy.isConnected
      shared.withLock { $0.status.isConnected = isConnected }
      if policy.isOver { break }
      wakes.set(policy.nextWake.map { $0 - SystemClock.now })
    }
    wakes.set(nil)
    samples.cancel()
    let measured = await thread.stop()
    if let lastJoin { try? await api.leave(lastJoin) }
    return diary.finish(measured, at: SystemClock.now)
  }

  /// Hands in a sample of now.
  public func handIn() async {
    let sample = shared.withLock { shared -> QualitySample? in
      guard let thread = shared.thread, shared.connectedAt != nil else { return nil }
      let statistics = thread.measured.statistics
      shared.meter.update(statistics)
      shared.status.quality = shared.meter.quality
      return QualitySample(
        participant: participant, at: Date(), statistics: statistics,
        intervalMs: Int(Self.sampleInterval.milliseconds), profile: shared.profile,
        attempt: shared.attempt)
    }
    if let sample { await reporter.report(sample) }
  }

  private func take(
    _ report: MediaThread.Report, _ policy: inout ResumePolicy, _ diary: inout CallDiary,
    at now: MonotonicTime, _ onProgress: @Sendable (CallProgress) -> Void
  ) -> [ResumePolicy.Action] {
    switch report {
    case .secured(let attempt, let profile):
      diary.connected(attempt, profile: profile, at: now)
      shared.withLock { shared in
        shared.profile = profile
        shared.attempt = diary.joins
        if shared.connectedAt == nil {
          shared.connectedAt = now
          // The first interval is counted from nothing.
          shared.meter.update(MediaStatistics())
        }
      }
      onProgress(.connected(profile: profile))
      return policy.handle(.secured(attempt: attempt), at: now)
    case .silent(let attempt): return policy.handle(.silent(attempt: attempt), at: now)
    case .heard(let attempt): return policy.handle(.heard(attempt: attempt), at: now)
    case .closed(let attempt):
      return policy.handle(.pathClosed(attempt: attempt), at: now)
    case .failed(let attempt, let reason):
      diary.failed(attempt, reason)
      return policy.handle(.pathFailed(attempt: attempt), at: now)
    case .firstSound(let milliseconds):
      onProgress(.firstSound(milliseconds: milliseconds))
      return []
    case .firstPicture(let milliseconds):
      onProgress(.firstPicture(milliseconds: milliseconds))
      return []
    }
  }

  private func perform(
    _ action: ResumePolicy.Action, _ diary: inout CallDiary, _ identity: DTLSIdentity,
    at now: MonotonicTime, _ onProgress: @Sendable (CallProgress) -> Void
  ) {
    switch action {
    case .join(let attempt, let cause):
      diary.joining(attempt, cause, at: now)
      onProgress(.joining(attempt: attempt, cause: cause))
      // Only joins that reached the service count there: a retry of a request is no re-join.
      let number = diary.joins + 1
      Task { [joiner, feed] in
        do throws(JoinFailure) {
          let (join, plan) = try await joiner.join(
            attempt: attempt, number: number, fingerprint: identity.fingerprint)
          feed.yield(.joined(attempt: attempt, join, plan))
        } catch {
          feed.yield(.joinFailed(attempt: attempt, error))
        }
      }
    case .connected:
      break
    case .interrupted(let cause):
      diary.interrupted(cause, at: now)
      onProgress(.interrupted(cause))
    case .resumed(let after):
      diary.resumed(after: after)
      onProgress(.resumed(milliseconds: Int64(after.milliseconds)))
    case .stop(let cause):
      diary.report.stop = cause
      onProgress(.stopped(cause))
    }
  }
}
