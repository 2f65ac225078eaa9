/// How a visit is held.
public enum VisitForm: String, Codable, Sendable, Hashable, CaseIterable {
  /// One citizen and one support worker on screen (skærmbesøg).
  case screen
  /// Several citizens together.
  case group
  /// Taken from the queue of an opening window.
  case dropIn
  /// Face to face; only booked here.
  case physical
}

/// What a visit is carried by. Chosen by the citizen; audio and phone are no errors.
public enum MediaMode: String, Codable, Sendable, Hashable, CaseIterable {
  /// Sound and picture.
  case video
  /// Sound only, in the app.
  case audio
  /// The telephone network.
  case phone
}

/// Where a visit is in its life.
public enum VisitState: String, Codable, Sendable, Hashable, CaseIterable {
  /// Agreed, not yet begun.
  case booked
  /// The citizen's devices ring for the first answer.
  case ringing
  /// Answered and not yet ended.
  case active
  /// Held and over.
  case ended
  /// Called off before it began.
  case cancelled
  /// Rung and not taken: not answered, declined, or the caller gave up. May be rung again.
  case missed

  /// Whether the visit takes its participants' time, so that no other may be booked then.
  ///
  /// A missed visit gives the time free; ringing it again books nothing.
  public var occupiesTime: Bool {
    switch self {
    case .booked, .ringing, .active: true
    case .ended, .cancelled, .missed: false
    }
  }

  /// Whether nothing more can happen to the visit.
  public var isFinal: Bool { self == .ended || self == .cancelled }
}

/// One appointment between a citizen and a support worker.
public struct Visit: Hashable, Sendable, Codable {
  /// The visit's id; also its room's name on the relay.
  public var id: VisitID
  /// The municipality.
  public var tenant: TenantID
  /// Who is visited.
  public var citizenID: PersonID
  /// Who visits.
  public var workerID: PersonID
  /// When it begins.
  public var start: UTCMilliseconds
  /// How long it is planned to take, in minutes. Never a reason to hang up.
  public var durationMinutes: Int
  /// How it is held.
  public var form: VisitForm
  /// What carries it.
  public var mediaMode: MediaMode
  /// Where it is in its life.
  public var state: VisitState
  /// When the present ring ends by itself; nil while nothing rings. May be set in state `active`:
  /// then somebody who had dropped out is being rung back.
  public var ringExpiresAt: UTCMilliseconds?
  /// The device the last ring was answered on, where known.
  public var answeredDevice: DeviceID?
  /// The series it was laid by; nil where it was booked by itself.
  public var seriesID: SeriesID?
  /// The room it is held in; nil where none is needed (B21).
  public var roomID: RoomID?
  /// Those who take part besides the citizen and the worker: the other members of a group, or the
  /// case worker of a status meeting (H7).
  public var others: [PersonID]

  /// A visit, booked unless told otherwise.
  public init(
    id: VisitID, tenant: TenantID, citizenID: PersonID, workerID: PersonID,
    start: UTCMilliseconds, durationMinutes: Int, form: VisitForm = .screen,
    mediaMode: MediaMode = .video, state: VisitState = .booked,
    ringExpiresAt: UTCMilliseconds? = nil, answeredDevice: DeviceID? = nil,
    seriesID: SeriesID? = nil, roomID: RoomID? = nil, others: [PersonID] = []
  ) {
    self.id = id
    self.tenant = tenant
    self.citizenID = citizenID
    self.workerID = workerID
    self.start = start
    self.durationMinutes = durationMinutes
    self.form = form
    self.mediaMode = mediaMode
    self.state = state
    self.ringExpiresAt = ringExpiresAt
    self.answeredDevice = answeredDevice
    self.seriesID = seriesID
    self.roomID = roomID
    self.others = others
  }

  /// When it is planned to end.
  public var end: UTCMilliseconds { start.adding(minutes: durationMinutes) }

  /// Whether either party's hanging up ends it for both.
  public var isTwoParty: Bool { form != .group && others.isEmpty }

  /// Whether its sound goes through our relay.
  public var isRelayed: Bool { form != .physical && mediaMode != .phone }

  /// Whether a ring is going on.
  public var isBeingRung: Bool { ringExpiresAt != nil }

  /// The people whose time it takes.
  public var participants: [PersonID] { [citizenID, workerID] + others }

  /// How many its room holds; twenty is what a relay carries (D1).
  public var capacity: Int { isTwoParty ? 2 : 20 }
}
