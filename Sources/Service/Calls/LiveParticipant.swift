import CallQuality
import Relay
import Visits

/// One participant's media in a live call.
struct LiveParticipant: Sendable {
  /// The live session's id.
  var session: String?
  /// The id of the last session that ended; late words of it count no more.
  var endedSession: String?
  /// The device that joined.
  var device: DeviceID?
  /// The client's attempt number at the last join.
  var attempt: Int?
  /// The live session's slots.
  var slots: [SlotState] = []
  /// Slots of a session whose answer has not reached us yet.
  var earlySlots: (session: String, slots: [SlotState])?
  /// The SRTP profile, once ICE and DTLS are up.
  var profile: String?
  /// What has arrived on the live session.
  var arrived: Set<MediaKind> = []
  /// What the ledger says has arrived on the live session.
  var reported: Set<MediaKind> = []
  /// The session that `reported` is about, where this was restored from the ledger.
  var lastReportedSession: String?
  /// Whether sound has ever arrived in this visit.
  var wasConnected = false
  /// Whether sound arrived and then stopped arriving.
  var isInterrupted = false
  /// The latest report that stands in the ledger; a relay may repeat itself after a restart.
  var lastReport = UTCMilliseconds(rawValue: 0)
  /// The session that the ledger last named and did not say was left, where this was restored from it.
  var lastSession: String?
  /// The session that the participant was told to replace, and why; nil once there is another.
  var rejoinDue: (session: String, cause: LedgerCause)?
  /// How much picture the participant's network has room for, by direction, and what it said of it.
  var picture = PictureReports()
  /// Totals of the live session's samples.
  var totals = SampleTotals()

  /// How far back a report can lie that a relay repeats, in milliseconds. What is older comes from a
  /// clock that was set back.
  private static let oldestRepeat: Int64 = 60_000

  /// Whether a report of `time` is no repeat of one that stands in the ledger.
  func isNew(_ time: UTCMilliseconds) -> Bool {
    time > lastReport || lastReport.milliseconds(since: time) > Self.oldestRepeat
  }

  /// Whether the session is to be replaced while it goes on.
  var isMoving: Bool { session != nil && rejoinDue?.session == session }

  /// Forgets the old session's state. In a move nothing stops and nothing begins: what the ledger says
  /// has arrived is not said again.
  mutating func begin(session: String, isMove: Bool) {
    self.session = session
    rejoinDue = nil
    slots = []
    profile = nil
    arrived = []
    if !isMove { reported = [] }
    picture = PictureReports()
    totals = SampleTotals()
  }

  /// The live session is over.
  mutating func endSession() {
    endedSession = session
    session = nil
    slots = []
  }

  /// A fact for the ledger.
  func mediaReport(
    _ kind: MediaReport.Kind, _ person: PersonID, _ cause: LedgerCause, session: String
  ) -> MediaReport {
    MediaReport(
      kind: kind, participant: person, cause: cause, session: session, device: device,
      attempt: attempt)
  }

  /// The action that appends a fact under a key of its own.
  func report(
    _ kind: MediaReport.Kind, _ person: PersonID, _ cause: LedgerCause, session: String,
    at time: UTCMilliseconds
  ) -> LiveCall.Action {
    .report(
      mediaReport(kind, person, cause, session: session),
      key: "\(session)/\(kind.rawValue)/\(time.rawValue)", at: time)
  }
}

extension LiveCall {
  /// The call as the visit and its ledger tell it, for a service that has just started. Sessions
  /// are adopted when the relays next speak of them.
  init(restoring visit: Visit, from entries: [LedgerEntry], at now: UTCMilliseconds) {
    self.init()
    var answered: UTCMilliseconds?
    for entry in entries {
      switch entry.kind {
      case .answered: answered = answered ?? entry.at
      case .mediaConnected, .interrupted, .resumed, .left:
        guard let person = entry.participant else { continue }
        participants[person, default: LiveParticipant()].restore(entry)
      case .booked, .moved, .rung, .declined, .missed, .picture, .ended, .cancelled: continue
      }
    }
    answeredAt = answered
    if let answered, answered.adding(milliseconds: VisitRules.ringMilliseconds) > now {
      invite(visit, since: answered)
    }
    follow(visit, at: now)
  }
}

extension LiveParticipant {
  fileprivate mutating func restore(_ entry: LedgerEntry) {
    lastReport = max(lastReport, entry.at)
    device = entry.device ?? device
    attempt = entry.attempt ?? attempt
    lastSession = entry.kind == .left ? nil : entry.session ?? lastSession
    switch entry.kind {
    case .mediaConnected:
      if entry.cause == .audio { wasConnected = true }
      if entry.session != lastReportedSession { reported = [] }
      lastReportedSession = entry.session
      if let kind = MediaKind(rawValue: entry.cause.rawValue) {
        reported.insert(kind)
      }
    case .interrupted, .left: isInterrupted = true
    case .resumed: isInterrupted = false
    default: break
    }
  }
}

/// A session's figures so far. Relays report per interval, samples are kept as running totals, as
/// in WebRTC's own statistics.
struct SampleTotals: Sendable, Equatable {
  private var packets = 0
  private var lost = 0
  private var bytes = 0

  /// Adds what was sent to the participant in one interval; that is what they received.
  mutating func add(_ sample: TransportSample) {
    for stream in sample.outbound.values {
      // Relays are ours, but a total must not trap on whatever a process sends.
      packets &+= stream.packets
      lost &+= stream.lost
      bytes &+= stream.bytes
    }
  }

  /// The totals as the participant's sample.
  func sample(
    of participant: String, _ transport: TransportSample, profile: String?, attempt: Int?
  ) -> QualitySample {
    var sample = QualitySample(
      participant: participant, source: .relay,
      at: transport.milliseconds, attempt: attempt)
    sample.intervalMs = transport.intervalMilliseconds
    sample.packetsReceived = packets &- lost
    sample.packetsLost = lost
    sample.jitterMs = transport.outbound[.audio]?.jitterMilliseconds
    sample.roundTripMs = transport.roundTripMilliseconds
    sample.bytesReceived = bytes
    sample.srtpProfile = profile
    return sample
  }
}
