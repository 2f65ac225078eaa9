import CLinux
import Foundation
import MediaEngine
import Synchronization
import Transport
import Wire

/// The thread in which a call's packets, keys and codecs live. Nothing else touches them.
///
/// It outlives single connections: a new plan replaces the connection while the media session, with
/// its encoders, counters and proof, goes on. Until then the old connection keeps what it has, so
/// that a path that heals while a new one is negotiated still carries the conversation. One that is
/// moved works on until the new one carries sound (`MediaMove`).
final class MediaThread: Sendable {
  /// What the thread reports, from itself.
  enum Report: Sendable, Equatable {
    case secured(attempt: Int, profile: String)
    case silent(attempt: Int)
    case heard(attempt: Int)
    case failed(attempt: Int, reason: String)
    case closed(attempt: Int)
    case firstSound(milliseconds: Int64)
    case firstPicture(milliseconds: Int64)
    case picture(PictureStep)
  }

  private struct Life {
    var hasStarted = false
    var isDone = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  /// Orders and figures.
  let board = MediaBoard()
  private let configuration: MediaConfiguration
  private let identity: DTLSIdentity
  private let startedAt: MonotonicTime
  private let saveAudio: String?
  private let report: @Sendable (Report) -> Void
  private let life = Mutex(Life())

  /// Figures are refreshed this often.
  private static let publishInterval = TimeSpan.milliseconds(100)

  init(
    setup: CallSetup, identity: DTLSIdentity, startedAt: MonotonicTime,
    report: @escaping @Sendable (Report) -> Void
  ) {
    configuration = setup.media
    saveAudio = setup.saveAudio
    self.identity = identity
    self.startedAt = startedAt
    self.report = report
  }

  /// Makes a connection in place of the one there is, if any.
  func connect(_ plan: MediaBoard.Plan) {
    board.order { $0.plan = plan }
    let isFirst = life.withLock { life in
      defer { life.hasStarted = true }
      return !life.hasStarted && !life.isDone
    }
    guard isFirst else { return }
    let thread = Thread { [self] in run() }
    thread.name = "besoeg-media"
    // Codecs work on large frames of the stack.
    thread.stackSize = 2 << 20
    thread.start()
  }

  /// Gives the connection of a join new secrets.
  func restart(_ restart: MediaBoard.Restart) { board.order { $0.restart = restart } }

  /// Ends the thread and waits until it has said goodbye.
  func stop() async -> MediaBoard.Measured {
    await withCheckedContinuation { continuation in
      let isOver = life.withLock { life in
        if !life.hasStarted { life.isDone = true }
        if !life.isDone { life.waiters.append(continuation) }
        return life.isDone
      }
      if isOver { continuation.resume() } else { board.order { $0.isStopped = true } }
    }
    return board.measured
  }

  // MARK: On the thread

  private func run() {
    clinux_name_thread("besoeg-media")
    let recorder = saveAudio.flatMap { SoundRecorder(path: $0) }
    let orders = board.takeOrders()
    if let plan = orders.plan, !orders.isStopped { hold(plan, recorder) }
    recorder?.finish()
    let waiters = life.withLock { life in
      life.isDone = true
      defer { life.waiters = [] }
      return life.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private func hold(_ first: MediaBoard.Plan, _ recorder: SoundRecorder?) {
    let media: MediaSession
    do {
      media = try MediaSession(
        media: first.media, configuration: configuration, wallClock: SystemClock.wall,
        seed: UInt64.random(in: .min ... .max), startedAt: startedAt)
    } catch {
      return report(.failed(attempt: first.attempt, reason: "media: \(error)"))
    }
    if let recorder {
      // The first slot is the other party of a two-party visit.
      media.output.sound = { slot, samples, _ in if slot == 0 { recorder.append(samples) } }
    }
    media.output.pictureLevel = { [report] change in
      report(.picture(PictureStep(level: change.level.name, cause: change.cause.rawValue)))
    }
    let watch = RouteWatch()
    var next: MediaBoard.Plan? = first
    while let plan = next {
      let link = MediaLink(
        plan, identity: identity, board: board, watch: watch, at: SystemClock.now)
      next = drive(link, media, watch)
      if let next { resume(media, next) }
    }
    board.publish(media.statistics(at: SystemClock.now), proofs: media.proofs())
  }

  private func resume(_ media: MediaSession, _ plan: MediaBoard.Plan) {
    do {
      try media.resume(media: plan.media)
    } catch {
      report(.failed(attempt: plan.attempt, reason: "media: \(error)"))
    }
  }

  /// Holds one connection, and those it moves to, until it is replaced; returns by what, or nil at the
  /// end.
  private func drive(
    _ first: MediaLink, _ media: MediaSession, _ watch: RouteWatch?
  ) -> MediaBoard.Plan? {
    var link = first
    var move: MediaMove?
    var now = SystemClock.now
    var nextPublish = now
    var milestones = Milestones(after: board.measured.statistics)
    defer {
      move?.link.close()
      link.close()
    }
    while true {
      for event in link.advance(to: now) { take(event, link.attempt, media) }
      if let next = move, !advance(next, at: now) {
        next.link.close()
        move = nil
      }
      // What another way carries is not known yet, whatever the last one did.
      if link.takeMove() { media.pathChanged(at: now) }
      media.poll(at: now) {
        move?.send($0, $1, $2)
        link.send($0, $1, $2)
      }
      if now >= nextPublish {
        nextPublish = now + Self.publishInterval
        var statistics = media.statistics(at: now)
        // Checks measure the path's round trip within a second; reports take longer.
        if let roundTrip = link.roundTrip {
          media.note(roundTrip: roundTrip)
          statistics.roundTripMs = roundTrip.milliseconds
        }
        board.publish(statistics)
        for milestone in milestones.passed(in: statistics) { report(milestone) }
      }
      let orders = board.takeOrders()
      if orders.isStopped {
        media.finish { link.send($0, $1, $2) }
        return nil
      }
      if let plan = orders.plan {
        guard plan.isMove, !link.isOver else { return plan }
        move?.link.close()
        move = MediaMove(
          to: MediaLink(plan, identity: identity, board: board, watch: watch, at: now), plan: plan)
      }
      if let restart = orders.restart, restart.attempt == link.attempt {
        link.restart(restart, at: now)
      }
      var until = min(media.nextWake, nextPublish)
      if let wish = link.nextWake(after: now) { until = min(until, wish) }
      if move != nil { until = min(until, now + MediaMove.interval) }
      link.wait(until - now)
      now = SystemClock.now
      link.receive(into: media, at: now)
      guard let next = move else { continue }
      var hasArrived = next.isDue(at: now) || link.isOver
      if hasArrived { enter(next, media) }
      next.link.wait(.zero)
      next.link.receive(into: media, at: now) { source in
        guard next.isProved(by: source) else { return }
        enter(next, media)
        hasArrived = true
      }
      guard hasArrived else { continue }
      link.close()
      link = next.link
      move = nil
    }
  }

  /// The connection that was moved to is the one from now on.
  private func enter(_ move: MediaMove, _ media: MediaSession) {
    resume(media, move.plan)
    move.link.carries = true
    media.isConnected = move.link.isSecured
  }

  /// Goes on with a move; false where it has come to nothing.
  private func advance(_ move: MediaMove, at now: MonotonicTime) -> Bool {
    for event in move.link.advance(to: now) {
      switch event {
      case .secured(let profile):
        move.secured(at: now)
        report(.secured(attempt: move.plan.attempt, profile: profile.name))
      case .failed(let failure):
        report(.failed(attempt: move.plan.attempt, reason: "\(failure)"))
        return false
      case .closed:
        report(.closed(attempt: move.plan.attempt))
        return false
      case .consentLost, .consentRegained, .addressAdded, .addressRemoved, .iceConnected,
        .pathChanged:
        break
      }
    }
    return true
  }

  private func take(_ event: TransportEvent, _ attempt: Int, _ media: MediaSession) {
    switch event {
    case .secured(let profile):
      media.isConnected = true
      report(.secured(attempt: attempt, profile: profile.name))
    case .consentLost:
      report(.silent(attempt: attempt))
    case .consentRegained:
      report(.heard(attempt: attempt))
    case .failed(let failure):
      media.isConnected = false
      report(.failed(attempt: attempt, reason: "\(failure)"))
    case .closed:
      media.isConnected = false
      report(.closed(attempt: attempt))
    case .addressAdded, .addressRemoved, .iceConnected, .pathChanged:
      break
    }
  }
}
