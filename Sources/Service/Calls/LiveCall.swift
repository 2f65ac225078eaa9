import Relay
import Visits

/// What is going on in one visit's room, as a value: told what the relays and the people did and
/// what time it is, it says what to write down, whom to tell, and when it next wants to be woken.
///
/// Nothing here is stored; `LiveCall(restoring:…)` makes it anew from the visit and its ledger.
struct LiveCall: Sendable {
  /// What the coordinator must do, in order.
  enum Action: Sendable, Equatable {
    /// Append a relay's fact to the visit's ledger. The key tells repeats of one report.
    case report(MediaReport, key: String, at: UTCMilliseconds)
    /// Tell everyone in the room who is in it.
    case showRoom
    /// Tell a participant to join again now.
    case rejoin(PersonID, session: String, cause: LedgerCause)
    /// The ring's time is up.
    case expireRing
    /// The visit is over.
    case end(LedgerCause)
    /// Sound of this participant arrived, so long after the answer.
    case firstSound(PersonID, milliseconds: Int64)
    /// Somebody who was invited is rung no longer, on none of their devices.
    case stopInviting(PersonID, because: RingStoppedEvent.Reason, device: DeviceID?)
  }

  /// How long a room may be empty during a visit before the visit ends, in milliseconds: long
  /// enough for two devices to start again, short enough that nobody finds the next visit blocked.
  static let emptyLimit: Int64 = 60_000

  /// Causes in the ledger that this module gives; relays' own codes pass through unchanged.
  enum Cause {
    /// A new session took over from one that was lost.
    static let rejoined = LedgerCause(rawValue: "rejoined")
    /// The participant joined again while the old session still worked.
    static let joinedAgain = LedgerCause(rawValue: "joined-again")
    /// The relay worker is to be emptied. Only devices are told so: in the ledger nothing happens.
    static let moved = LedgerCause(rawValue: "relay-moved")
  }

  /// When the present ring's time is up; nil while nothing rings.
  var ringExpiresAt: UTCMilliseconds?
  /// When the visit was answered; nil until then.
  var answeredAt: UTCMilliseconds?
  /// Whether the visit has ended.
  var hasEnded = false
  /// Whose devices ring since the visit began because they were invited to it (H7).
  var invited: Set<PersonID> = []
  /// When that ends by itself.
  var invitationEndsAt: UTCMilliseconds?
  /// Everyone who has been in the room.
  var participants: [PersonID: LiveParticipant] = [:]
  /// Since when nobody has been in the room of an answered visit.
  var emptySince: UTCMilliseconds?

  /// When `advance(to:)` wants to be called.
  var nextWake: UTCMilliseconds? {
    guard !hasEnded else { return nil }
    let emptyEnd = emptySince.map { $0.adding(milliseconds: Self.emptyLimit) }
    return [ringExpiresAt, emptyEnd, invitationEndsAt].compactMap(\.self).min()
  }

  /// People with a live session, in a stable order.
  var present: [PersonID] {
    participants.filter { $0.value.session != nil }.keys.sorted { $0.rawValue < $1.rawValue }
  }

  /// Whether a shutdown should wait: it rings, or people talk.
  var isBusy: Bool { !hasEnded && (ringExpiresAt != nil || answeredAt != nil) }

  /// Whether there is nothing here that the stored visit does not say.
  var isIdle: Bool { hasEnded || (!isBusy && present.isEmpty) }

  // MARK: What people do

  /// The visit is, after a command, as stored now.
  mutating func follow(_ visit: Visit, at now: UTCMilliseconds) {
    ringExpiresAt = visit.ringExpiresAt
    switch visit.state {
    case .active:
      if answeredAt == nil {
        answeredAt = now
        invite(visit, since: now)
      }
    case .ended, .cancelled:
      hasEnded = true
      participants = [:]
      (invited, invitationEndsAt) = ([], nil)
    case .booked, .ringing, .missed: answeredAt = nil
    }
    noteEmptiness(at: now)
  }

  /// A participant got a session; an older one of theirs is over.
  mutating func joined(
    _ person: PersonID, answer: JoinAnswer, device: DeviceID, attempt: Int,
    at now: UTCMilliseconds
  ) -> [Action] {
    guard !hasEnded else { return [] }
    var one = participants[person] ?? LiveParticipant()
    var actions: [Action] = []
    if one.session != answer.session {
      if one.wasConnected, !one.isInterrupted, !one.isMoving,
        let old = one.session ?? one.lastSession
      {
        // A page loaded again, or a device that thinks its call is dead: for the other party the
        // sound stops here.
        one.isInterrupted = true
        one.lastReport = now
        actions.append(
          one.report(.interrupted, person, Cause.joinedAgain, session: old, at: now))
      }
      one.begin(session: answer.session, isMove: one.isMoving)
    }
    one.device = device
    one.attempt = attempt
    one.slots =
      one.earlySlots.flatMap { $0.session == answer.session ? $0.slots : nil }
      ?? answer.slots
    one.earlySlots = nil
    participants[person] = one
    noteEmptiness(at: now)
    return actions + [.showRoom] + stopInviting(person, because: .answered, device: device)
  }

  // MARK: What relays report

  /// ICE and DTLS are up.
  mutating func connected(
    _ reference: SessionReference, profile: String, at time: UTCMilliseconds
  ) -> [Action] {
    guard let person = current(reference, at: time) else { return [] }
    participants[person]?.profile = profile
    return mediaIsThrough(person, at: time)
  }

  /// The first packet of a kind arrived.
  mutating func firstMedia(
    _ reference: SessionReference, kind: MediaKind, at time: UTCMilliseconds
  ) -> [Action] {
    guard let person = current(reference, at: time) else { return [] }
    participants[person]?.arrived.insert(kind)
    return mediaIsThrough(person, at: time)
  }

  /// Nothing has been heard from the participant for a while.
  mutating func interrupted(
    _ reference: SessionReference, cause: String, at time: UTCMilliseconds
  ) -> [Action] {
    guard let person = current(reference, at: time) else { return [] }
    return interrupt(person, cause: LedgerCause(rawValue: cause), at: time)
  }

  /// The participant is heard from again.
  mutating func resumed(
    _ reference: SessionReference, cause: String, at time: UTCMilliseconds
  ) -> [Action] {
    guard let person = current(reference, at: time) else { return [] }
    return resume(person, cause: LedgerCause(rawValue: cause), at: time)
  }

  /// A session's slots changed.
  mutating func slotsChanged(
    _ reference: SessionReference, slots: [SlotState], at now: UTCMilliseconds
  ) -> [Action] {
    guard let person = current(reference, at: now) else {
      // The relay may speak of a session before the answer that made it has reached us.
      let person = PersonID(rawValue: reference.participant)
      participants[person]?.earlySlots = (reference.session, slots)
      return []
    }
    participants[person]?.slots = slots
    return [.showRoom]
  }

  /// A session ended.
  mutating func closed(
    _ reference: SessionReference, cause: String, at time: UTCMilliseconds
  ) -> [Action] {
    guard cause != "replaced", let person = current(reference, at: time) else { return [] }
    if cause == LedgerCause.workerLost.rawValue { return lost(reference, at: time) }
    var actions: [Action] = []
    let cause = LedgerCause(rawValue: cause)
    if var one = participants[person] {
      if one.wasConnected, one.isNew(time) {
        one.isInterrupted = true
        one.lastReport = time
        actions.append(one.report(.left, person, cause, session: reference.session, at: time))
      }
      one.endSession()
      participants[person] = one
    }
    // Those who left on purpose are not called back; the others' devices may not know yet.
    if ["consent-expired", "dtls-failed", "setup-timeout"].contains(cause.rawValue) {
      actions.append(.rejoin(person, session: reference.session, cause: cause))
    }
    noteEmptiness(at: time)
    return actions + [.showRoom]
  }

  /// A session went down with its worker.
  mutating func lost(_ reference: SessionReference, at time: UTCMilliseconds) -> [Action] {
    guard let person = current(reference, at: time) else { return [] }
    // Telling the device comes first: every millisecond of it is silence.
    var actions = [Action.rejoin(person, session: reference.session, cause: .workerLost)]
    actions += interrupt(person, cause: .workerLost, at: time)
    participants[person]?.endSession()
    participants[person]?.rejoinDue = (reference.session, .workerLost)
    noteEmptiness(at: time)
    return actions + [.showRoom]
  }

  /// A session's worker is to be emptied: the participant joins again beside it, and nothing stops.
  mutating func moving(_ reference: SessionReference, at time: UTCMilliseconds) -> [Action] {
    guard let person = current(reference, at: time) else { return [] }
    participants[person]?.rejoinDue = (reference.session, Cause.moved)
    return [.rejoin(person, session: reference.session, cause: Cause.moved)]
  }

  /// The relays hold the `known` sessions and no others. Whoever the ledger last saw in the room, and
  /// of whom no relay has spoken since this service started, has lost the worker.
  mutating func missing(from known: Set<String>, at time: UTCMilliseconds) -> [Action] {
    guard !hasEnded else { return [] }
    var actions: [Action] = []
    for person in participants.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      guard let one = participants[person], one.session == nil, one.endedSession == nil,
        let session = one.lastSession, !known.contains(session)
      else { continue }
      actions += lost(
        SessionReference(session: session, room: "", participant: person.rawValue), at: time)
    }
    return actions
  }

  /// Adds an interval's figures to the session's totals; nil where the session is not live.
  mutating func addSample(
    _ reference: SessionReference, _ sample: TransportSample, at now: UTCMilliseconds
  ) -> LiveParticipant? {
    guard let person = current(reference, at: now) else { return nil }
    participants[person]?.totals.add(sample)
    return participants[person]
  }

  // MARK: Time

  /// Time passed.
  mutating func advance(to now: UTCMilliseconds) -> [Action] {
    guard let nextWake, nextWake <= now else { return [] }
    if let expiry = ringExpiresAt, expiry <= now {
      ringExpiresAt = nil
      return [.expireRing] + advance(to: now)
    }
    if let end = invitationEndsAt, end <= now { return endInvitations() + advance(to: now) }
    // Noted anew if the store cannot end the visit now.
    emptySince = now
    return [.end(.abandoned)]
  }

  // MARK: Inside

  /// The person whose live session `reference` is; nil where it is another's or an old one. A
  /// session that a relay kept alive through a restart of this service is taken over here.
  mutating func current(
    _ reference: SessionReference, at now: UTCMilliseconds
  ) -> PersonID? {
    guard !hasEnded else { return nil }
    let person = PersonID(rawValue: reference.participant)
    let one = participants[person] ?? LiveParticipant()
    if let session = one.session { return session == reference.session ? person : nil }
    guard reference.session != one.endedSession else { return nil }
    participants[person] = one
    participants[person]?.session = reference.session
    noteEmptiness(at: now)
    return person
  }

  private mutating func mediaIsThrough(_ person: PersonID, at time: UTCMilliseconds) -> [Action] {
    guard var one = participants[person], let session = one.session, one.profile != nil else {
      return []
    }
    var actions: [Action] = []
    for kind in MediaKind.allCases where one.arrived.contains(kind) {
      guard one.reported.insert(kind).inserted else { continue }
      let cause: LedgerCause = kind == .audio ? .audio : .video
      let key = "\(session)/\(kind.rawValue)"
      let report = one.mediaReport(.mediaConnected, person, cause, session: session)
      actions.append(.report(report, key: key, at: time))
      guard kind == .audio, !one.wasConnected else { continue }
      one.wasConnected = true
      one.lastReport = max(one.lastReport, time)
      if let answeredAt {
        let wait = max(0, time.milliseconds(since: answeredAt))
        actions.append(.firstSound(person, milliseconds: wait))
      }
    }
    participants[person] = one
    if one.arrived.contains(.audio), one.isInterrupted {
      actions += resume(person, cause: Cause.rejoined, at: time)
    }
    return actions
  }

  private mutating func interrupt(
    _ person: PersonID, cause: LedgerCause, at time: UTCMilliseconds
  ) -> [Action] {
    guard var one = participants[person], let session = one.session, one.wasConnected,
      !one.isInterrupted, one.isNew(time)
    else { return [] }
    one.isInterrupted = true
    one.lastReport = time
    participants[person] = one
    return [one.report(.interrupted, person, cause, session: session, at: time)]
  }

  private mutating func resume(
    _ person: PersonID, cause: LedgerCause, at time: UTCMilliseconds
  ) -> [Action] {
    guard var one = participants[person], let session = one.session, one.wasConnected,
      one.isInterrupted, one.isNew(time)
    else { return [] }
    one.isInterrupted = false
    one.lastReport = time
    participants[person] = one
    return [one.report(.resumed, person, cause, session: session, at: time)]
  }

  mutating func noteEmptiness(at now: UTCMilliseconds) {
    emptySince = answeredAt != nil && !hasEnded && present.isEmpty ? emptySince ?? now : nil
  }
}
