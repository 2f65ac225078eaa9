import Relay
import Store
import Visits

/// Which events a change of a visit makes, for whom.
enum VisitEvents {
  /// Made inside the change's transaction, so that no change is without its events.
  @Sendable
  static func drafts(for change: CommittedVisit) -> [EventDraft] {
    guard !change.entries.isEmpty else { return [] }
    let visit = change.details.visit
    let people = Set(visit.participants + change.details.observers.map(\.id))
    let both = Audience(people: people)
    let concerned = Audience(people: people, roles: [.operations])
    var drafts: [EventDraft] = []
    for entry in change.entries {
      drafts += calls(for: entry, in: change, both: both, concerned: concerned)
    }
    // Operations follow what happens without names and without what people wrote.
    let operations = Audience(roles: [.operations])
    if change.previous != visit {
      drafts.append(draft("visit", VisitDocument(change.details), both))
      drafts.append(draft("visit", VisitDocument(change.details, for: .operations), operations))
    }
    for entry in change.entries {
      let payload = LedgerEvent(visit: visit.id.rawValue, entry: LedgerDocument(entry))
      drafts.append(draft("ledger", payload, entry.note == nil ? concerned : both))
      guard entry.note != nil else { continue }
      let bare = LedgerEvent(
        visit: visit.id.rawValue, entry: LedgerDocument(entry, for: .operations))
      drafts.append(draft("ledger", bare, operations))
    }
    if let callback = change.callback { drafts += CallbackEvents.drafts(for: callback) }
    if let queue = change.queue { drafts += QueueEvents.drafts(for: queue) }
    return drafts + FollowUpEvents.drafts(for: change)
  }

  private static func calls(
    for entry: LedgerEntry, in change: CommittedVisit, both: Audience, concerned: Audience
  ) -> [EventDraft] {
    let visit = change.details.visit
    let wasRung = change.previous?.isBeingRung ?? false
    switch entry.kind {
    case .rung:
      guard let ring = RingEvent(change.details, autoAnswers: change.autoAnswers) else {
        return []
      }
      return [draft("ring", ring, Audience(people: [visit.citizenID]))]
    case .answered:
      let by = entry.participant?.rawValue ?? visit.citizenID.rawValue
      return [
        stopped(visit, .answered, device: entry.device, both),
        draft("answered", AnsweredEvent(visit: visit.id.rawValue, by: by), concerned),
      ] + invitations(to: entry, in: change)
    case .declined: return [stopped(visit, .declined, device: entry.device, both)]
    case .missed:
      let reason: RingStoppedEvent.Reason = entry.cause == .timeout ? .missed : .cancelled
      return [stopped(visit, reason, device: nil, both)]
    case .cancelled:
      return wasRung ? [stopped(visit, .cancelled, device: nil, both)] : []
    // No call ended: whoever shows the visit sees its new state, and nobody is to hang up.
    case .ended where entry.cause == .reported: return []
    case .ended:
      // Who was invited may still be rung.
      let isRung = wasRung || !visit.isTwoParty && visit.form != .group
      let ring = isRung ? [stopped(visit, .cancelled, device: nil, both)] : []
      let ended = EndedEvent(visit: visit.id.rawValue, cause: entry.cause.rawValue)
      return ring + [draft("ended", ended, concerned)]
    case .picture:
      guard let picture = PictureEvent(entry, of: visit) else { return [] }
      return [draft("picture", picture, both)]
    case .booked, .moved, .mediaConnected, .interrupted, .resumed, .left: return []
    }
  }

  /// Rings every device of those who were invited to the visit, now that it has begun (H7).
  private static func invitations(
    to entry: LedgerEntry, in change: CommittedVisit
  ) -> [EventDraft] {
    let visit = change.details.visit
    // One who dropped out and was rung back does not begin it anew.
    guard visit.form != .group, !visit.others.isEmpty, change.previous?.state != .active else {
      return []
    }
    let end = entry.at.adding(milliseconds: VisitRules.ringMilliseconds)
    return [
      draft(
        "ring", RingEvent(inviting: change.details, until: end),
        Audience(people: Set(visit.others)))
    ]
  }

  private static func stopped(
    _ visit: Visit, _ reason: RingStoppedEvent.Reason, device: DeviceID?, _ audience: Audience
  ) -> EventDraft {
    let event = RingStoppedEvent(
      visit: visit.id.rawValue, reason: reason, device: device?.rawValue)
    return draft("ring-stopped", event, audience)
  }

  static func draft(
    _ name: String, _ payload: some Encodable, _ audience: Audience
  ) -> EventDraft {
    // Values of ours with finite numbers: their encoding cannot fail.
    EventDraft(
      name: name, payload: (try? ServiceJSON.string(payload)) ?? "{}", audience: audience)
  }
}

/// The devices of the citizen, or of somebody invited to the visit, are to ring.
struct RingEvent: Encodable, Sendable {
  var visit: String
  var from: PersonName
  var expiresAt: APITime
  /// The devices that answer by themselves unless somebody says no, and when; there only where the
  /// citizen has agreed to it. A device that comes online during the ring just rings.
  var autoAnswer: [AutoAnswer]?

  /// A device that answers by itself.
  struct AutoAnswer: Encodable, Sendable {
    var device: String
    var at: APITime
  }

  /// The present ring; nil where nothing rings.
  init?(_ details: VisitDetails, autoAnswers: [DeviceID: UTCMilliseconds] = [:]) {
    guard let expiry = details.visit.ringExpiresAt else { return nil }
    visit = details.visit.id.rawValue
    from = PersonName(details.worker)
    expiresAt = APITime(expiry)
    guard !autoAnswers.isEmpty else { return }
    autoAnswer = autoAnswers.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { AutoAnswer(device: $0.key.rawValue, at: APITime($0.value)) }
  }

  /// The ring of those invited to a visit that has begun.
  init(inviting details: VisitDetails, until end: UTCMilliseconds) {
    visit = details.visit.id.rawValue
    from = PersonName(details.worker)
    expiresAt = APITime(end)
  }
}

/// The devices are to stop ringing.
struct RingStoppedEvent: Encodable, Sendable {
  enum Reason: String, Encodable, Sendable {
    case answered, declined, missed, cancelled
  }

  var visit: String
  var reason: Reason
  /// The device that answered or declined.
  var device: String?
}

/// The citizen answered.
struct AnsweredEvent: Encodable, Sendable {
  var visit: String
  var by: String
}

/// The visit is over.
struct EndedEvent: Encodable, Sendable {
  var visit: String
  var cause: String
}

/// The picture was cut back, or came back, because of what a participant's network has room for.
struct PictureEvent: Encodable, Sendable {
  var visit: String
  /// Whose network it is.
  var participant: String
  /// `full`, `fewer-frames`, `smaller`, `held` or `sound-only`.
  var level: String
  /// `receiving` where it is what the participant sees, `sending` where it is what it sends.
  var direction: String
  /// `receiver-network`, `sender-network` or `recovered`.
  var cause: String

  /// What a ledger entry of kind `picture` says; nil where it is about nobody.
  init?(_ entry: LedgerEntry, of visit: Visit) {
    guard let participant = entry.participant, let change = PictureChange(entry.cause) else {
      return nil
    }
    self.visit = visit.id.rawValue
    self.participant = participant.rawValue
    level = change.level.rawValue
    direction = change.direction.rawValue
    cause = change.cause.rawValue
  }
}

/// A line was written in the ledger.
struct LedgerEvent: Encodable, Sendable {
  var visit: String
  var entry: LedgerDocument
}

/// Who is in the room, for one session in it.
struct RoomEvent: Encodable, Sendable {
  var visit: String
  var session: String
  var slots: [SlotState]
  var participants: [PersonName]
}

/// The session is gone; join again now with a new offer.
struct RejoinEvent: Encodable, Sendable {
  var visit: String
  var session: String
  var cause: String
}

/// Who is speaking, loudest first.
struct SpeakingEvent: Encodable, Sendable {
  var visit: String
  var participants: [String]
}

extension VisitDocument {
  init(_ details: VisitDetails) {
    self.init(
      details.visit, citizen: details.citizen, worker: details.worker, others: details.others,
      observers: details.observers, verdict: details.verdict)
  }
}
