import Logging
import Relay
import Store
import Visits

// What the relays report.
extension RelayCoordinator {
  /// Takes in one report. Called by one task, so that reports keep their order.
  func handle(_ event: RelayEvent) async {
    switch event {
    case .connected(let reference, let profile, let time):
      await change(reference) { $0.connected(reference, profile: profile, at: .init(time)) }
    case .firstMedia(let reference, let kind, let time):
      await change(reference) { $0.firstMedia(reference, kind: kind, at: .init(time)) }
    case .interrupted(let reference, let cause, let time):
      await change(reference) { $0.interrupted(reference, cause: cause, at: .init(time)) }
    case .resumed(let reference, let cause, let time):
      await change(reference) { $0.resumed(reference, cause: cause, at: .init(time)) }
    case .closed(let reference, let cause, let time):
      await change(reference) { $0.closed(reference, cause: cause, at: .init(time)) }
    case .slots(let reference, let slots):
      let now = clock.now()
      await change(reference) { $0.slotsChanged(reference, slots: slots, at: now) }
    case .picture(let reference, _, let level, let cause, let time):
      let step = PictureChange(
        to: level, .receiving, isRecovery: cause == PictureChange.Cause.recovered.rawValue)
      await change(reference) { $0.picture(reference, step, at: .init(time)) }
    case .sample(let reference, let sample):
      await store(sample, of: reference)
    case .speaking(let name, let people):
      await speaking(people, in: name)
    case .workerLost(let worker, let sessions, let time):
      logger.error(
        "A relay worker was lost",
        metadata: ["worker": "\(worker)", "sessions": "\(sessions.count)"])
      for reference in sessions {
        await change(reference) { $0.lost(reference, at: .init(time)) }
      }
    case .moving(let sessions, let time):
      for reference in sessions {
        await change(reference) { $0.moving(reference, at: .init(time)) }
      }
    case .workersKnown(let sessions, let time):
      workersAreKnown(sessions, at: .init(time))
    }
  }

  /// Finds the calls whose worker died while this service was not there to see it.
  private func workersAreKnown(_ sessions: [SessionReference], at time: UTCMilliseconds) {
    let known = Set(sessions.map(\.session))
    for id in rooms.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      guard let room = rooms[id] else { continue }
      let inside = sessions.filter { $0.room == id.rawValue }.map(\.participant)
      rooms[id]?.presumed.formIntersection(inside.map(PersonID.init(rawValue:)))
      update(room.details) { $0.missing(from: known, at: time) }
    }
  }

  private func change(
    _ reference: SessionReference, _ body: (inout LiveCall) -> [LiveCall.Action]
  ) async {
    guard let details = await room(named: reference.room) else { return }
    update(details, body)
  }

  private func store(_ sample: TransportSample, of reference: SessionReference) async {
    guard let details = await room(named: reference.room) else { return }
    let now = clock.now()
    let visit = details.visit
    guard let one = rooms[visit.id]?.call.addSample(reference, sample, at: now) else { return }
    let quality = one.totals.sample(
      of: reference.participant, sample, profile: one.profile, attempt: one.attempt)
    facts.put(
      Fact(tenant: visit.tenant, visit: visit.id, at: now, content: .samples([quality])))
  }

  private func speaking(_ people: [String], in name: String) async {
    guard let details = await room(named: name), let room = rooms[details.visit.id] else { return }
    if !details.visit.isTwoParty {
      // Somebody else may have changed the room while it was looked up.
      rooms[details.visit.id]?.floor.speaking(
        people.map(PersonID.init(rawValue:)), at: clock.now())
    }
    let payload = SpeakingEvent(visit: name, participants: people)
    for person in room.call.present {
      send("speaking", payload, to: person, tenant: details.visit.tenant)
    }
  }
}

extension RelayCoordinator.Room {
  /// Whom to tell again to come back: they were told while they may not have been listening.
  func rejoin(for person: PersonID) -> RejoinEvent? {
    guard let one = call.participants[person],
      let (session, cause) = one.rejoinDue, one.session == nil || one.session == session
    else { return nil }
    return RejoinEvent(
      visit: details.visit.id.rawValue, session: session, cause: cause.rawValue)
  }

  /// What each person with a live session must know about the room.
  func events() -> [(person: PersonID, payload: RoomEvent)] {
    let present = call.present
    let names = (details.people + details.observers).filter { present.contains($0.id) }
      .map { PersonName($0) }
    return present.compactMap { person in
      guard let one = call.participants[person], let session = one.session else { return nil }
      let payload = RoomEvent(
        visit: details.visit.id.rawValue, session: session, slots: one.slots,
        participants: names)
      return (person, payload)
    }
  }
}

extension UTCMilliseconds {
  /// A relay's time: UTC milliseconds since 1970.
  init(_ milliseconds: Int64) { self.init(rawValue: milliseconds) }
}
