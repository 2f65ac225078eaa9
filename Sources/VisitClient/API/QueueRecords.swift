public import FoundationEssentials
import NIOHTTP1

/// An opening window with a queue.
public struct DropInSession: Codable, Sendable, Hashable {
  /// The session's id.
  public var id: String
  /// From when.
  public var start: Date
  /// Until when.
  public var end: Date
  /// Whether it is open now.
  public var isOpen: Bool
  /// What a talk is meant to take, in minutes.
  public var softMinutes: Int
}

/// A citizen's place in a queue.
public struct QueueTicket: Codable, Sendable, Hashable {
  /// The ticket's id.
  public var id: String
  /// The place in the order of arrival.
  public var number: Int
  /// `waiting`, `claimed`, `talking`, `done`, `left` or `handed-on`.
  public var state: String
  /// The place in line; nil where the citizen does not wait.
  public var position: Int?
  /// How long it will be, in minutes.
  public var expectedMinutes: Int?
  /// When the citizen joined.
  public var joinedAt: Date
  /// Who waits.
  public var citizen: PersonReference?
  /// Who has taken them.
  public var worker: PersonReference?
  /// What it is about.
  public var topic: String?
  /// A number to ring instead of the citizen's devices.
  public var phone: String?
  /// How long they have talked, in minutes.
  public var talkedMinutes: Int?
  /// `within`, `nearing` or `over`.
  public var phase: String?
}

/// A session with its queue: who talks, then who waits, in order.
public struct DropInQueue: Codable, Sendable, Hashable {
  /// The session.
  public var session: DropInSession
  /// The places.
  public var tickets: [QueueTicket]
}

/// What the queues were like.
public struct QueueStatistics: Codable, Sendable, Hashable {
  /// How many sessions.
  public var sessions: Int
  /// How many joined.
  public var joined: Int
  /// How many talked with somebody.
  public var talked: Int
  /// How many left before.
  public var left: Int
  /// How many were handed on to a call-back.
  public var handedOn: Int
  /// What a talk was meant to take.
  public var plannedMinutes: Int
  /// What it took on average.
  public var meanMinutes: Double?
  /// Talks that took longer than meant.
  public var overLimit: Int
  /// What half of those who talked waited at most.
  public var medianWaitMinutes: Double?
  /// What nine in ten waited at most.
  public var ninetiethWaitMinutes: Double?
}

/// Sessions to open, at the same time on the clock each week.
public struct NewDropIn: Codable, Sendable {
  /// From when.
  public var start: Date
  /// Until when.
  public var end: Date
  /// How many weeks.
  public var weeks: Int
  /// Whose citizens they are for; nil for everybody's.
  public var team: String?
  /// Who hosts them; nil means the caller.
  public var hostId: String?
  /// Who stands in for the host.
  public var backupId: String?
  /// What a talk is meant to take, in minutes.
  public var softMinutes: Int?
  /// For whom support is meant: `psychiatry`, `disability`; nil for all.
  public var targetGroups: [String]?
  /// The areas they cover, as teams; nil for all.
  public var areas: [String]?
  /// Whether they are held on screen.
  public var isVirtual: Bool?

  /// Sessions.
  public init(start: Date, end: Date, weeks: Int = 1) {
    self.start = start
    self.end = end
    self.weeks = weeks
  }
}

extension BesoegAPI {
  /// Sessions that are open now or in the next fortnight, by start.
  public func dropInSessions() async throws(ServiceError) -> [DropInSession] {
    try await list(ServiceRequest(.GET, "/api/v1/drop-in/sessions"))
  }

  /// Opens sessions, one a week.
  public func openDropIn(_ sessions: NewDropIn) async throws(ServiceError) -> [DropInSession] {
    let made: Wrapped<DropInSession> = try await value(
      posting("/drop-in/sessions", sessions), retry: .brief)
    return made.elements
  }

  /// A session with its queue.
  public func queue(_ session: String) async throws(ServiceError) -> DropInQueue {
    try await value(
      ServiceRequest(.GET, "/api/v1/drop-in/sessions/\(segment(session))"),
      retry: .briefRepeatable)
  }

  /// Puts a citizen in line.
  public func joinQueue(
    _ session: String, citizen: String, topic: String?, appointment: Date? = nil
  ) async throws(ServiceError) -> QueueTicket {
    struct Body: Encodable {
      var citizenId: String
      var topic: String?
      var appointment: Date?
    }
    return try await value(
      posting(
        "/drop-in/sessions/\(segment(session))/tickets",
        Body(citizenId: citizen, topic: topic, appointment: appointment)),
      retry: .briefRepeatable)
  }

  /// Takes the next in line and rings them; nil where nobody is to be rung now.
  public func claimNext(_ session: String) async throws(ServiceError) -> Visit? {
    struct Body: Encodable {}
    let reply = try await reply(
      to: posting("/drop-in/sessions/\(segment(session))/claim", Body()), retry: .briefRepeatable)
    if reply.status == 204 { return nil }
    guard let visit = try? ServiceJSON.decode(Visit.self, from: reply.body) else {
      throw .malformedReply
    }
    return visit
  }

  /// What the queues of the last three months were like.
  public func queueStatistics() async throws(ServiceError) -> QueueStatistics {
    try await value(
      ServiceRequest(.GET, "/api/v1/drop-in/statistics"), retry: .briefRepeatable)
  }
}
