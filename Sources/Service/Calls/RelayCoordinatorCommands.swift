import CallQuality
import Logging
import Relay
import Store
import Visits

// What people ask over HTTP.
extension RelayCoordinator {
  /// Applies a person's command to a visit.
  func perform(
    _ command: VisitCommand, on id: VisitID, by caller: Caller
  ) async throws -> VisitDetails {
    if isDraining, command == .ring { throw Problem.unavailable(.draining, retryAfter: 5) }
    return try await exclusively(id) {
      if command == .ring { ringsBeingWritten.insert(id) }
      defer { ringsBeingWritten.remove(id) }
      let now = clock.now()
      let change: CommittedVisit
      do throws(StoreError) {
        change = try await store.apply(
          command, to: id, tenant: caller.tenant, by: caller.initiator, at: now,
          events: VisitEvents.drafts)
      } catch {
        guard error.isTemporary, case .hangUp = command,
          let ended = await hangUpUnwritten(command, id, caller)
        else { throw error }
        return ended
      }
      await follow(change, at: now)
      answerInvitation(command, of: change.details, by: caller, at: now)
      return change.details
    }
  }

  /// Somebody who was invited to the visit takes the call, or does not: their other devices hear of
  /// it. The visit itself is none the different, and who said no may come all the same.
  private func answerInvitation(
    _ command: VisitCommand, of details: VisitDetails, by caller: Caller, at now: UTCMilliseconds
  ) {
    guard rooms[details.visit.id]?.call.invited.contains(caller.id) == true else { return }
    let end: RingStoppedEvent.Reason
    switch command {
    case .answer: end = .answered
    case .decline: end = .declined
    default: return
    }
    update(details) { $0.stopInviting(caller.id, because: end, device: caller.device) }
    audit("visit.\(command.name)", details.visit.id, caller, at: now)
  }

  /// Ends the session of somebody who may not look on any longer (D10), and shows who is left.
  func dismiss(_ person: PersonID, from details: VisitDetails) async {
    let id = details.visit.id
    guard let room = rooms[id] else { return }
    rooms[id]?.details = details
    guard let session = room.call.participants[person]?.session else { return }
    do {
      try await relay.leave(session: session)
    } catch {
      // They cannot come back, and are shown for as long as they are there.
      logger.error(
        "A guest could not be shown out", metadata: ["visit": "\(id)", "error": "\(error)"])
    }
  }

  /// Lets a person into a visit's room.
  func join(
    _ id: VisitID, by caller: Caller, offer: String, attempt: Int
  ) async throws -> JoinAnswer {
    try await exclusively(id) {
      if isDraining, rooms[id]?.call.isBusy != true {
        throw Problem.unavailable(.draining, retryAfter: 5)
      }
      let details = try await store.checkJoin(id, tenant: caller.tenant, by: caller.initiator)
      let request = JoinRequest(
        room: id.rawValue, participant: caller.id.rawValue, capacity: details.visit.capacity,
        offer: offer)
      let answer = try await relay.join(request)
      let now = clock.now()
      update(details) { call in
        call.follow(details.visit, at: now)
        return call.joined(
          caller.id, answer: answer, device: caller.device, attempt: attempt, at: now)
      }
      audit("media.join", id, caller, at: now)
      return answer
    }
  }

  /// Restarts ICE on the caller's session.
  func restart(
    _ session: String, in id: VisitID, by caller: Caller, offer: String
  ) async throws -> JoinAnswer {
    try requireOwn(session, in: id, by: caller)
    return try await relay.restart(session: session, offer: offer)
  }

  /// Takes a client's word on how much picture it sends.
  func takePicture(_ change: PictureChange, in details: VisitDetails, by caller: Caller) {
    let now = clock.now()
    update(details) { $0.ownPicture(of: caller.id, change, at: now) }
  }

  /// Ends the caller's session.
  func leave(_ session: String, in id: VisitID, by caller: Caller) async throws {
    try requireOwn(session, in: id, by: caller)
    try await relay.leave(session: session)
    audit("media.leave", id, caller, at: clock.now())
  }

  /// What a stream that has just opened must know: who is in the caller's rooms and, for a stream
  /// that resumes nothing, what rings.
  ///
  /// Called after the id was read from which the stream goes on. A ring that the store had by then, and
  /// that is not in `rooms` yet, would be told neither here nor there: it is waited for.
  func opening(for caller: Caller, isResuming: Bool) async -> [ServerSentEvent] {
    if !isResuming {
      for visit in ringsBeingWritten { await exclusively(visit) {} }
    }
    var events: [ServerSentEvent] = []
    let own = rooms.values.filter { $0.details.visit.tenant == caller.tenant }
    for room in own.sorted(by: { $0.details.visit.start < $1.details.visit.start }) {
      if !isResuming, room.details.visit.citizenID == caller.id, room.call.ringExpiresAt != nil,
        let ring = RingEvent(room.details), let data = try? ServiceJSON.string(ring)
      {
        events.append(ServerSentEvent(id: nil, name: "ring", data: data))
      }
      if !isResuming, room.call.invited.contains(caller.id), let end = room.call.invitationEndsAt,
        let data = try? ServiceJSON.string(RingEvent(inviting: room.details, until: end))
      {
        events.append(ServerSentEvent(id: nil, name: "ring", data: data))
      }
      if let rejoin = room.rejoin(for: caller.id), let data = try? ServiceJSON.string(rejoin) {
        events.append(ServerSentEvent(id: nil, name: "rejoin", data: data))
      }
      for event in room.events() where event.person == caller.id {
        guard let data = try? ServiceJSON.string(event.payload) else { continue }
        events.append(ServerSentEvent(id: nil, name: "room", data: data))
      }
      if let floor = room.openFloor(for: caller), let data = try? ServiceJSON.string(floor) {
        events.append(ServerSentEvent(id: nil, name: "floor", data: data))
      }
    }
    return events
  }

  /// Applies a command that no person gave.
  func bySystem(_ command: VisitCommand, on id: VisitID, tenant: TenantID) async {
    await exclusively(id) {
      let now = clock.now()
      let change: CommittedVisit
      do throws(StoreError) {
        change = try await store.apply(
          command, to: id, tenant: tenant, by: .system, at: now, events: VisitEvents.drafts)
      } catch {
        logger.error(
          "The store could not take it; it waits",
          metadata: ["visit": "\(id)", "command": "\(command.name)", "error": "\(error)"])
        guard error.isTemporary else { return }
        facts.put(
          Fact(tenant: tenant, visit: id, at: now, content: .command(command, by: .system)))
        return
      }
      await follow(change, at: now)
    }
  }

  /// Takes a written change over into the live call.
  private func follow(_ change: CommittedVisit, at now: UTCMilliseconds) async {
    let visit = change.details.visit
    update(change.details) { call in
      call.follow(visit, at: now)
      return []
    }
    // What somebody practises says nothing about how visits go.
    for entry in change.entries where !visit.tenant.isPractice {
      switch entry.kind {
      case .answered, .declined, .missed, .cancelled: metrics.ringEnded(entry.kind.rawValue)
      case .ended: await countVerdict(of: visit)
      default: break
      }
    }
    if visit.state.isFinal, !change.entries.isEmpty {
      try? await relay.close(room: visit.id.rawValue)
    }
  }

  private func countVerdict(of visit: Visit) async {
    guard let verdict = try? await store.verdict(of: visit.id, tenant: visit.tenant) else { return }
    let firstTry = verdict.firstTry.map { $0 ? "yes" : "no" } ?? "none"
    metrics.visitEnded(firstTry: firstTry, cause: verdict.causes.first?.code ?? "none")
  }

  /// Somebody hangs up while the store cannot be written. The call ends at once all the same; that
  /// it did is written when it can be.
  private func hangUpUnwritten(
    _ command: VisitCommand, _ id: VisitID, _ caller: Caller
  ) async -> VisitDetails? {
    guard var details = rooms[id]?.details, details.visit.participants.contains(caller.id),
      details.visit.state == .active, details.visit.isTwoParty
    else { return nil }
    let now = clock.now()
    let content = Fact.Content.command(command, by: caller.initiator)
    facts.put(Fact(tenant: caller.tenant, visit: id, at: now, content: content))
    details.visit.state = .ended
    details.visit.ringExpiresAt = nil
    update(details) { call in
      call.follow(details.visit, at: now)
      return []
    }
    try? await relay.close(room: id.rawValue)
    return details
  }

  private func requireOwn(_ session: String, in id: VisitID, by caller: Caller) throws {
    guard let room = rooms[id], room.details.visit.tenant == caller.tenant,
      room.call.participants[caller.id]?.session == session
    else { throw Problem(.noSuchSession) }
  }

  private func audit(_ action: String, _ id: VisitID, _ caller: Caller, at now: UTCMilliseconds) {
    let draft = AuditDraft(action: action, visit: id)
    facts.put(
      Fact(
        tenant: caller.tenant, visit: id, at: now, content: .audit(draft, by: caller.initiator)))
  }
}
