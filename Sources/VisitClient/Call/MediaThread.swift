import CLinux
import Foundation
import Glibc
import MediaEngine
import Synchronization
import Transport
import Wire

/// The thread in which a call's datagrams, keys and codecs live. Nothing else touches them.
///
/// It outlives single connections: `connect` replaces the transport while the media session, with
/// its encoders, counters and proof, goes on. Until then the old transport keeps what it has, so
/// that a path that heals while a new one is negotiated still carries the conversation.
final class MediaThread: Sendable {
  /// One connection to make.
  struct Plan: Sendable {
    var attempt: Int
    var transport: TransportConfiguration
    var candidates: [RemoteCandidate]
    var media: NegotiatedMedia
  }

  /// What the thread reports, from itself.
  enum Report: Sendable, Equatable {
    case secured(attempt: Int, profile: String)
    case silent(attempt: Int)
    case heard(attempt: Int)
    case failed(attempt: Int, reason: String)
    case closed(attempt: Int)
    case firstSound(milliseconds: Int64)
    case firstPicture(milliseconds: Int64)
  }

  /// Everything the thread measured.
  struct Measured: Sendable {
    var statistics = MediaStatistics()
    var proofs: [ReceiverProof] = []
  }

  private struct Shared {
    var plan: Plan?
    var isStopped = false
    var hasStarted = false
    var isDone = false
    var measured = Measured()
    var lastHeard: MonotonicTime?
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let configuration: MediaConfiguration
  private let identity: DTLSIdentity
  private let startedAt: MonotonicTime
  private let saveAudio: String?
  private let report: @Sendable (Report) -> Void
  private let shared = Mutex(Shared())
  /// An eventfd; the thread sleeps on it and on its socket.
  private let wake: Int32

  /// Room for one datagram and what SRTP adds to it.
  private static let bufferSize = 2048
  /// Figures are refreshed this often.
  private static let publishInterval = TimeSpan.milliseconds(100)
  /// Datagrams taken in between two looks at the clock.
  private static let batch = 32

  init(
    setup: CallSetup, identity: DTLSIdentity, startedAt: MonotonicTime,
    report: @escaping @Sendable (Report) -> Void
  ) {
    configuration = setup.media
    saveAudio = setup.saveAudio
    self.identity = identity
    self.startedAt = startedAt
    self.report = report
    wake = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
  }

  deinit { close(wake) }

  /// Makes a connection in place of the one there is, if any.
  func connect(_ plan: Plan) {
    let isFirst = shared.withLock { shared in
      shared.plan = plan
      defer { shared.hasStarted = true }
      return !shared.hasStarted && !shared.isStopped
    }
    guard isFirst else { return nudge() }
    let thread = Thread { [self] in run() }
    thread.name = "besoeg-media"
    // Codecs work on large frames of the stack.
    thread.stackSize = 2 << 20
    thread.start()
  }

  /// Ends the thread and waits until it has said goodbye.
  func stop() async -> Measured {
    await withCheckedContinuation { continuation in
      let isOver = shared.withLock { shared in
        shared.isStopped = true
        if !shared.hasStarted { shared.isDone = true }
        if !shared.isDone { shared.waiters.append(continuation) }
        return shared.isDone
      }
      if isOver { continuation.resume() } else { nudge() }
    }
    return shared.withLock { $0.measured }
  }

  /// When the relay was last heard; nil before the first time.
  var lastHeard: MonotonicTime? { shared.withLock { $0.lastHeard } }

  /// What was measured until a moment ago.
  var measured: Measured { shared.withLock { $0.measured } }

  private func nudge() {
    var one: UInt64 = 1
    _ = write(wake, &one, 8)
  }

  // MARK: On the thread

  private func run() {
    clinux_name_thread("besoeg-media")
    let recorder = saveAudio.flatMap { SoundRecorder(path: $0) }
    if let plan = takePlan() { hold(plan, recorder) }
    recorder?.finish()
    let waiters = shared.withLock { shared in
      shared.isDone = true
      defer { shared.waiters = [] }
      return shared.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private func hold(_ first: Plan, _ recorder: SoundRecorder?) {
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
    var next: Plan? = first
    while let plan = next {
      next = connection(plan, media)
      if let next {
        do {
          try media.resume(media: next.media)
        } catch {
          report(.failed(attempt: next.attempt, reason: "media: \(error)"))
        }
      }
    }
    publish(media, at: SystemClock.now, withProofs: true)
  }

  /// Holds one connection until it is replaced, and returns by what, or nil at the end.
  private func connection(_ plan: Plan, _ media: MediaSession) -> Plan? {
    guard let socket = DatagramSocket(wake: wake) else {
      report(.failed(attempt: plan.attempt, reason: "no socket"))
      return waitForPlan()
    }
    var now = SystemClock.now
    var transport = SecureTransport(
      configuration: plan.transport, identity: identity,
      seed: UInt64.random(in: .min ... .max), now: now)
    for candidate in plan.candidates {
      transport.addRemoteCandidate(candidate.address, now: now)
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.bufferSize, alignment: 16)
    defer { buffer.deallocate() }
    var nextPublish = now
    var isOver = false
    var milestones = Milestones(after: measured.statistics)
    while true {
      transport.advance(to: now)
      media.poll(at: now) { kind, packet, length in
        Self.send(kind, packet, length, &transport, socket)
      }
      drain(&transport, socket, buffer)
      while let event = transport.nextEvent() {
        if handle(event, plan.attempt, media) { isOver = true }
      }
      if now >= nextPublish {
        nextPublish = now + Self.publishInterval
        publish(media, at: now, roundTrip: transport.roundTrip)
        if transport.isSecured {
          let heard = transport.lastHeard
          shared.withLock { $0.lastHeard = heard }
        }
        for milestone in milestones.passed(in: measured.statistics) { report(milestone) }
      }
      let (isStopped, replacement) = takeCommand()
      if isStopped {
        media.finish { kind, packet, length in
          Self.send(kind, packet, length, &transport, socket)
        }
        transport.close()
        drain(&transport, socket, buffer)
        return nil
      }
      if let replacement {
        transport.close()
        drain(&transport, socket, buffer)
        return replacement
      }
      // A path that is over has nothing more to wake for; playout still has.
      var until = min(media.nextWake, nextPublish)
      if !isOver, let wish = transport.nextWake { until = min(until, wish) }
      socket.wait(until - now)
      now = SystemClock.now
      for _ in 0..<Self.batch {
        guard let (length, source) = socket.receive(into: buffer) else { break }
        let datagram = UnsafeMutableRawBufferPointer(rebasing: buffer[0..<length])
        switch transport.receive(datagram, from: source, at: now) {
        case .rtp(let length):
          media.receiveRTP(UnsafeRawBufferPointer(rebasing: datagram[0..<length]), at: now)
        case .rtcp(let length):
          media.receiveRTCP(UnsafeRawBufferPointer(rebasing: datagram[0..<length]), at: now)
        case .none:
          break
        }
      }
    }
  }

  /// Returns whether the path is over.
  private func handle(_ event: TransportEvent, _ attempt: Int, _ media: MediaSession) -> Bool {
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
      return true
    case .closed:
      media.isConnected = false
      report(.closed(attempt: attempt))
      return true
    case .addressAdded, .addressRemoved, .iceConnected, .pathChanged:
      break
    }
    return false
  }

  private static func send(
    _ kind: MediaPacketKind, _ packet: UnsafeMutableRawBufferPointer, _ length: Int,
    _ transport: inout SecureTransport, _ socket: borrowing DatagramSocket
  ) {
    guard let bytes = packet.baseAddress, let destination = transport.remoteAddress else { return }
    let protected =
      switch kind {
      case .rtp: transport.protectRTP(bytes, length: length)
      case .rtcp: transport.protectRTCP(bytes, length: length)
      }
    guard let protected else { return }
    socket.send(UnsafeMutableRawBufferPointer(start: bytes, count: protected), to: destination)
  }

  private func drain(
    _ transport: inout SecureTransport, _ socket: borrowing DatagramSocket,
    _ buffer: UnsafeMutableRawBufferPointer
  ) {
    while let transmit = transport.nextTransmit(into: buffer) {
      socket.send(
        UnsafeMutableRawBufferPointer(rebasing: buffer[0..<transmit.length]),
        to: transmit.destination)
    }
  }

  private func publish(
    _ media: MediaSession, at now: MonotonicTime, withProofs: Bool = false,
    roundTrip: TimeSpan? = nil
  ) {
    var statistics = media.statistics(at: now)
    // Checks measure the path's round trip within a second; reports take longer.
    statistics.roundTripMs = roundTrip?.milliseconds ?? statistics.roundTripMs
    let proofs = withProofs ? media.proofs() : []
    shared.withLock { shared in
      let lastRoundTrip = shared.measured.statistics.roundTripMs
      shared.measured.statistics = statistics
      if statistics.roundTripMs == nil {
        shared.measured.statistics.roundTripMs = lastRoundTrip
      }
      if withProofs { shared.measured.proofs = proofs }
    }
  }

  private func takePlan() -> Plan? {
    shared.withLock { shared in
      defer { shared.plan = nil }
      return shared.isStopped ? nil : shared.plan
    }
  }

  private func takeCommand() -> (isStopped: Bool, Plan?) {
    var count: UInt64 = 0
    _ = read(wake, &count, 8)
    return shared.withLock { shared in
      defer { shared.plan = nil }
      return (shared.isStopped, shared.plan)
    }
  }

  /// Without a socket there is nothing to do but wait for the next attempt.
  private func waitForPlan() -> Plan? {
    while true {
      let (isStopped, plan) = takeCommand()
      if isStopped { return nil }
      if let plan { return plan }
      var descriptor = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
      _ = poll(&descriptor, 1, 1000)
    }
  }
}
