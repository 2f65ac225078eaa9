import CallQuality
import Store
import Visits

/// A person's name as others in the same visit see it.
struct PersonName: Codable, Sendable, Equatable {
  var id: String
  var displayName: String

  init(_ person: Person) {
    id = person.id.rawValue
    displayName = person.displayName
  }

  /// The person by number only.
  init(withoutName person: Person) {
    id = person.id.rawValue
    displayName = "#\(person.id.rawValue.prefix(6))"
  }
}

/// A visit as the API shows it.
struct VisitDocument: Encodable, Sendable {
  var id: String
  var citizen: PersonName
  var worker: PersonName
  var start: APITime
  var durationMinutes: Int
  var form: VisitForm
  var mediaMode: MediaMode
  var state: VisitState
  var ringExpiresAt: APITime?
  var series: String?
  var room: String?
  var verdict: VerdictDocument?
  /// Everybody in a group, and how many its room holds; not there for a visit of two.
  var participants: [PersonName]?
  var capacity: Int?
  /// Those who look on at a group's meeting; not there where nobody does.
  var observers: [PersonName]?
  /// What whoever booked it should know; said when it is booked.
  var advice: [NoticeDocument]?

  init(
    _ visit: Visit, citizen: Person, worker: Person, others: [Person] = [],
    observers: [Person] = [], verdict: Verdict?
  ) {
    id = visit.id.rawValue
    self.citizen = PersonName(citizen)
    self.worker = PersonName(worker)
    start = APITime(visit.start)
    durationMinutes = visit.durationMinutes
    form = visit.form
    mediaMode = visit.mediaMode
    state = visit.state
    ringExpiresAt = visit.ringExpiresAt.map { APITime($0) }
    series = visit.seriesID?.rawValue
    room = visit.roomID?.rawValue
    self.verdict = verdict.map { VerdictDocument($0) }
    guard !visit.isTwoParty else { return }
    participants = ([worker, citizen] + others).map { PersonName($0) }
    capacity = visit.capacity
    self.observers = observers.isEmpty ? nil : observers.map { PersonName($0) }
  }

  /// A visit as a role sees it: whoever runs the system needs to know that a visit failed, not whose
  /// it was.
  init(_ details: VisitDetails, for role: Role) {
    self.init(details)
    guard role == .operations else { return }
    citizen = PersonName(withoutName: details.citizen)
    worker = PersonName(withoutName: details.worker)
    participants = participants.map { _ in
      ([details.worker, details.citizen] + details.others).map { PersonName(withoutName: $0) }
    }
    observers = observers.map { _ in details.observers.map { PersonName(withoutName: $0) } }
  }
}

/// A verdict as the API shows it: whole milliseconds, and figures rounded to what they are worth.
struct VerdictDocument: Encodable, Sendable {
  struct Cause: Encodable, Sendable {
    var code: String
    var da: String
    var en: String
    var participant: String?
  }

  struct Participant: Encodable, Sendable {
    var participant: String
    var role: String
    var mos: Double?
    var firstSoundMs: Int?
    var firstPictureMs: Int?
    var framesDecoded: Int?
    var lossPercent: Double?
    var freezeCount: Int?
    var longestFreezeMs: Int?
    var concealedPercent: Double?
    var srtpProfile: String?
    var interruptions: Int
    var longestInterruptionMs: Int64?
  }

  var firstTry: Bool?
  var outcome: CallQuality.VisitOutcome
  var causes: [Cause]
  var participants: [Participant]

  init(_ verdict: Verdict) {
    firstTry = verdict.firstTry
    outcome = verdict.outcome
    causes = verdict.causes.map {
      Cause(code: $0.code, da: $0.da, en: $0.en, participant: $0.participant)
    }
    participants = verdict.participants.map { one in
      Participant(
        participant: one.participant, role: one.role, mos: one.mos.map(Self.hundredths),
        firstSoundMs: one.firstSoundMs.flatMap(Self.whole),
        firstPictureMs: one.firstPictureMs.flatMap(Self.whole),
        framesDecoded: one.framesDecoded, lossPercent: one.lossPercent.map(Self.hundredths),
        freezeCount: one.freezeCount, longestFreezeMs: one.longestFreezeMs.flatMap(Self.whole),
        concealedPercent: one.concealedPercent.map(Self.hundredths),
        srtpProfile: one.srtpProfile, interruptions: one.interruptions,
        longestInterruptionMs: one.longestInterruptionMs)
    }
  }

  private static func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }
  private static func whole(_ value: Double) -> Int? { Int(exactly: value.rounded()) }
}

/// One line of the ledger as the API shows it.
struct LedgerDocument: Encodable, Sendable {
  var sequence: Int64
  var at: APITime
  var kind: LedgerKind
  var participant: String?
  var cause: String
  var note: String?
  var attempt: Int?

  init(_ entry: LedgerEntry) {
    sequence = entry.sequence
    at = APITime(entry.at)
    kind = entry.kind
    participant = entry.participant?.rawValue
    cause = entry.cause.rawValue
    note = entry.note
    attempt = entry.attempt
  }

  /// A line as a role sees it: what people wrote is not for who runs the system.
  init(_ entry: LedgerEntry, for role: Role) {
    self.init(entry)
    if role == .operations { note = nil }
  }
}

/// A time as an RFC 3339 string.
struct APITime: Codable, Sendable, Equatable {
  var value: UTCMilliseconds

  init(_ value: UTCMilliseconds) { self.value = value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let time = UTCMilliseconds(rfc3339: try container.decode(String.self)) else {
      let path = decoder.codingPath.map(\.stringValue).joined(separator: ".")
      throw Problem(.invalidTime, ["field": path])
    }
    value = time
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value.rfc3339)
  }
}
