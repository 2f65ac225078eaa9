import Wire

/// One end's way through a visit: ring or answer, connect, hold, end. A pure value: told what
/// happened and when, it says what to do.
///
/// The event stream tells most of it. Since a stream can break at the wrong moment, the visit itself
/// is also read now and then: whatever was missed shows in its state.
struct VisitFlow: Sendable, Equatable {
  enum Input: Sendable, Equatable {
    case start
    case stream(isOnline: Bool)
    case event(VisitEvent)
    case streamRefused(ProblemDocument)
    case rang(failure: ServiceError?)
    case answered(failure: ServiceError?)
    case visitRead(VisitState)
    case call(CallProgress)
    case userHungUp
    case time
  }

  enum Action: Sendable, Equatable {
    case ring
    case answer
    case readVisit
    case connect
    case rejoin(session: String?)
    /// Join again beside the session, which goes on until then.
    case move(session: String)
    case noteRoom(session: String)
    /// End the visit for everyone, after handing in the last measurements.
    case hangUp
    /// Leave the room; the visit is over already.
    case disconnect
    case report(VisitProgress)
    case finish(VisitOutcome)
  }

  /// How long to wait for the event stream before ringing without it.
  static let streamPatience = TimeSpan.seconds(2)
  /// Between two looks at the visit while waiting for an answer, and in the call.
  static let ringingLook = TimeSpan.seconds(3)
  static let callLook = TimeSpan.seconds(20)
  /// The service stops a ring after 45 s; if that never reaches us, we stop waiting here.
  static let ringPatience = TimeSpan.seconds(60)

  private enum State: Sendable, Equatable {
    case idle
    /// Waiting for the event stream, so that no answer is missed.
    case opening(deadline: MonotonicTime)
    case ringing(deadline: MonotonicTime)
    case answering
    case inCall
    case over
  }

  let part: VisitPart
  let visit: Visit
  /// Whom the visit is with.
  let other: PersonReference
  /// Hang up by itself after this much connected time.
  let limit: TimeSpan?
  private var state = State.idle
  private var isStreamOnline = false
  private var nextLook: MonotonicTime?
  private var hangUpAt: MonotonicTime?
  private var wasConnected = false
  private var refusal: ServiceError?
  /// Whether the other party is to be rung back where they are not in the room.
  private var ringsBack = false
  /// Whether the other party is being rung back now.
  private var isRingingBack = false

  init(part: VisitPart, visit: Visit, me: String, limit: TimeSpan?) {
    self.part = part
    self.visit = visit
    self.other = visit.counterpart(of: me)
    self.limit = limit
  }

  var isOver: Bool { state == .over }

  var nextWake: MonotonicTime? {
    var wakes = [nextLook, hangUpAt].compactMap { $0 }
    switch state {
    case .opening(let deadline), .ringing(let deadline): wakes.append(deadline)
    case .idle, .answering, .inCall: break
    case .over: return nil
    }
    return wakes.min()
  }

  mutating func handle(_ input: Input, at now: MonotonicTime) -> [Action] {
    if state == .over { return [] }
    switch input {
    case .start: return start(at: now)
    case .stream(let isOnline): return stream(isOnline, at: now)
    case .streamRefused(let problem): return fail(.refused(problem))
    case .event(let event): return event.visitID == visit.id ? take(event, at: now) : []
    case .rang(let failure): return rang(failure, at: now)
    case .answered(let failure): return answered(failure, at: now)
    case .visitRead(let state): return read(state, at: now)
    case .call(let progress): return take(progress, at: now)
    case .userHungUp:
      return [.hangUp, finish(wasConnected ? .held(endedByOther: false) : .calledOff)]
    case .time: return advance(to: now)
    }
  }

  private mutating func advance(to now: MonotonicTime) -> [Action] {
    switch state {
    case .opening(let deadline) where now >= deadline: return ring(at: now)
    case .ringing(let deadline) where now >= deadline: return [.hangUp, finish(.missed)]
    case .over: return []
    default: break
    }
    if let hangUpAt, now >= hangUpAt { return [.hangUp, finish(.held(endedByOther: false))] }
    if let look = nextLook, now >= look {
      nextLook = now + (state == .inCall ? Self.callLook : Self.ringingLook)
      return [.readVisit]
    }
    return []
  }

  private mutating func start(at now: MonotonicTime) -> [Action] {
    guard state == .idle else { return [] }
    if visit.state == .active {
      // Our own program was restarted during the call: go straight back in. If the other party has
      // dropped out meanwhile, the room will say so.
      ringsBack = part == .caller
      state = .inCall
      nextLook = now + Self.callLook
      return [.connect]
    }
    switch part {
    case .caller:
      if isStreamOnline { return ring(at: now) }
      state = .opening(deadline: now + Self.streamPatience)
      return []
    case .answerer:
      state = .answering
      return [.answer]
    }
  }

  private mutating func stream(_ isOnline: Bool, at now: MonotonicTime) -> [Action] {
    isStreamOnline = isOnline
    let news: [Action] = state == .inCall ? [.report(.service(isOnline: isOnline))] : []
    guard isOnline else { return news }
    if case .opening = state { return ring(at: now) }
    // Whatever was said while the stream was down shows in the visit itself.
    if state == .inCall { return news + [.readVisit] }
    if case .ringing = state { return [.readVisit] }
    return news
  }

  private mutating func ring(at now: MonotonicTime) -> [Action] {
    state = .ringing(deadline: now + Self.ringPatience)
    return [.ring]
  }

  private mutating func rang(_ failure: ServiceError?, at now: MonotonicTime) -> [Action] {
    if state == .inCall {
      isRingingBack = failure == nil
      return isRingingBack ? [.report(.ringing(other))] : []
    }
    guard case .ringing = state else { return [] }
    nextLook = now + Self.ringingLook
    guard let failure else { return [.report(.ringing(other))] }
    // A visit that rings already, from a program that was closed, is waited for all the same.
    if visit.state == .ringing, case .refused(let problem) = failure, problem.status == 409 {
      return [.report(.ringing(other))]
    }
    return fail(failure)
  }

  private mutating func answered(_ failure: ServiceError?, at now: MonotonicTime) -> [Action] {
    guard state == .answering else { return [] }
    guard let failure else { return connect(at: now) }
    guard case .refused(let problem) = failure, problem.status == 409 else { return fail(failure) }
    return [finish(problem.slug == "answered-elsewhere" ? .answeredElsewhere : .calledOff)]
  }

  private mutating func connect(at now: MonotonicTime) -> [Action] {
    state = .inCall
    nextLook = now + Self.callLook
    return (part == .caller ? [.report(.answered(other))] : []) + [.connect]
  }

  private mutating func take(_ event: VisitEvent, at now: MonotonicTime) -> [Action] {
    switch event {
    case .answered:
      if case .ringing = state { return connect(at: now) }
      guard isRingingBack else { return [] }
      isRingingBack = false
      return [.report(.answered(other))]
    case .ringStopped(let stopped):
      return ringStopped(stopped.reason, at: now)
    case .room(let room):
      guard state == .inCall else { return [] }
      let note = room.session.map { [Action.noteRoom(session: $0)] } ?? []
      guard let participants = room.participants else { return note }
      let isAlone = ringsBack && !participants.contains { $0.id == other.id }
      ringsBack = false
      return note + [.report(.room(participants))] + (isAlone ? [.ring] : [])
    case .rejoin(let rejoin):
      guard state == .inCall else { return [] }
      if rejoin.isMove, let session = rejoin.session { return [.move(session: session)] }
      return [.rejoin(session: rejoin.session)]
    case .ended:
      return ended()
    case .visit(let visit):
      return read(visit.state, at: now)
    case .picture(let picture):
      return state == .inCall ? [.report(.picture(picture))] : []
    case .softTimer(let timer):
      return state == .inCall ? [.report(.softTimer(timer))] : []
    case .floor(let floor):
      return state == .inCall ? [.report(.floor(floor))] : []
    case .ring, .speaking, .ledger, .delay, .missedYou, .callback, .disclosure:
      return []
    }
  }

  private mutating func ringStopped(_ reason: String, at now: MonotonicTime) -> [Action] {
    switch state {
    case .ringing:
      switch reason {
      case "answered": return connect(at: now)
      case "declined": return [finish(.declined)]
      case "missed": return [finish(.missed)]
      default: return [finish(.calledOff)]
      }
    default:
      return []
    }
  }

  private mutating func read(_ visitState: VisitState, at now: MonotonicTime) -> [Action] {
    switch (state, visitState) {
    case (.ringing, .active): return connect(at: now)
    case (.ringing, .missed): return [finish(.missed)]
    case (.ringing, .ended), (.ringing, .cancelled): return [finish(.calledOff)]
    case (.inCall, .ended), (.inCall, .cancelled): return ended()
    default: return []
    }
  }

  private mutating func ended() -> [Action] {
    switch state {
    case .inCall:
      return [.disconnect, finish(wasConnected ? .held(endedByOther: true) : .calledOff)]
    case .ringing, .answering:
      return [finish(.calledOff)]
    case .idle, .opening, .over:
      return []
    }
  }

  private mutating func take(_ progress: CallProgress, at now: MonotonicTime) -> [Action] {
    guard state == .inCall else { return [] }
    let news = Action.report(.call(progress))
    switch progress {
    case .connected:
      wasConnected = true
      // Counted from the first connection; a rejoin does not make the visit longer.
      if let limit, hangUpAt == nil { hangUpAt = now + limit }
      return [news]
    case .refused(let error):
      refusal = error
      return [news]
    case .stopped(.refused):
      // A visit that ended while the connection was down refuses the next join.
      if wasConnected { return [news, .disconnect, finish(.held(endedByOther: true))] }
      return [news, .disconnect] + [finish(refusal.map { .refused($0) } ?? .noConnection)]
    case .stopped(.takenElsewhere):
      return [news, .disconnect, finish(.answeredElsewhere)]
    case .stopped(.gaveUp):
      return [news, .hangUp, finish(.noConnection)]
    default:
      return [news]
    }
  }

  private mutating func fail(_ error: ServiceError) -> [Action] {
    // The event stream is not the call: what flows goes on until the service ends it.
    if state == .inCall { return [] }
    return [finish(.refused(error))]
  }

  private mutating func finish(_ outcome: VisitOutcome) -> Action {
    state = .over
    return .finish(outcome)
  }
}
