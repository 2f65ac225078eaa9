public import FoundationEssentials
import NIOHTTP1

// What comes after a visit, as one person's device asks for it.
extension BesoegAPI {
  /// A citizen's goals.
  public func goals(of citizen: String) async throws(ServiceError) -> [GoalRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/citizens/\(segment(citizen))/goals"))
  }

  /// Adds a goal.
  public func addGoal(_ wording: String, of citizen: String) async throws(ServiceError)
    -> GoalRecord
  {
    struct Body: Encodable { var wording: String }
    return try await value(
      posting("/citizens/\(segment(citizen))/goals", Body(wording: wording)), retry: .brief)
  }

  /// Closes a goal as `met` or `stopped`.
  public func closeGoal(
    _ goal: String, of citizen: String, as state: String
  ) async throws(ServiceError) -> GoalRecord {
    struct Body: Encodable { var state: String }
    let path = "/citizens/\(segment(citizen))/goals/\(segment(goal))/close"
    return try await value(posting(path, Body(state: state)), retry: .brief)
  }

  /// Writes a visit's note.
  public func writeNote(
    of visit: String, progress: [NoteRecord.Progress], nextStep: String?, text: String?
  ) async throws(ServiceError) -> NoteRecord {
    struct Body: Encodable {
      var progress: [NoteRecord.Progress]
      var nextStep: String?
      var text: String?
    }
    var request = posting(
      "/visits/\(segment(visit))/note",
      Body(progress: progress, nextStep: nextStep, text: text))
    request.method = .PUT
    return try await value(request, retry: .briefRepeatable)
  }

  /// Says what became of a visit; by whom and why where it was called off.
  public func writeOutcome(
    of visit: String, kind: String, minutes: Int?, note: String?, by canceller: String? = nil,
    because: String? = nil
  ) async throws(ServiceError) -> VisitOutcomeRecord {
    struct Body: Encodable {
      var kind: String
      var cancelledBy: String?
      var reason: String?
      var deliveredMinutes: Int?
      var note: String?
    }
    let body = Body(
      kind: kind, cancelledBy: canceller, reason: because, deliveredMinutes: minutes, note: note)
    var request = posting("/visits/\(segment(visit))/outcome", body)
    request.method = .PUT
    return try await value(request, retry: .brief)
  }

  /// The caller's visits that nobody knows the outcome of.
  public func visitsWithoutOutcome() async throws(ServiceError) -> [Visit] {
    try await list(ServiceRequest(.GET, "/api/v1/outcomes/missing"))
  }

  /// Who is to be followed up.
  public func followUps() async throws(ServiceError) -> [FollowUpRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/follow-ups"))
  }

  /// Says that somebody was tried, and whether they were reached.
  public func tried(
    _ way: String, reached: Bool, followUpOf visit: String
  ) async throws(ServiceError) -> FollowUpRecord {
    struct Body: Encodable {
      var way: String
      var reached: Bool
    }
    return try await value(
      posting("/visits/\(segment(visit))/follow-up/tries", Body(way: way, reached: reached)),
      retry: .brief)
  }

  /// Writes what a citizen is ready for at present.
  public func writeReadiness(
    _ level: String, text: String, followUpOf visit: String
  ) async throws(ServiceError) -> FollowUpRecord {
    struct Body: Encodable {
      var level: String
      var text: String
    }
    return try await value(
      posting(
        "/visits/\(segment(visit))/follow-up/readiness", Body(level: level, text: text)),
      retry: .brief)
  }

  /// Lets a colleague follow up.
  public func handOver(
    to worker: String, followUpOf visit: String
  ) async throws(ServiceError) -> FollowUpRecord {
    struct Body: Encodable { var worker: String }
    return try await value(
      posting("/visits/\(segment(visit))/follow-up/hand-over", Body(worker: worker)),
      retry: .brief)
  }

  /// Ends a follow-up: `reached`, `agreed` or `citizensWish`.
  public func close(
    _ ending: String, followUpOf visit: String
  ) async throws(ServiceError) -> FollowUpRecord {
    struct Body: Encodable { var ending: String }
    return try await value(
      posting("/visits/\(segment(visit))/follow-up/close", Body(ending: ending)), retry: .brief)
  }

  /// What a person wants to be reminded of.
  public func reminders(of person: String) async throws(ServiceError) -> ReminderPlanRecord {
    try await value(
      ServiceRequest(.GET, "/api/v1/people/\(segment(person))/reminders"),
      retry: .briefRepeatable)
  }

  /// Sets it.
  public func setReminders(
    _ plan: ReminderPlanRecord, of person: String
  ) async throws(ServiceError) -> ReminderPlanRecord {
    var request = posting("/people/\(segment(person))/reminders", plan)
    request.method = .PUT
    return try await value(request, retry: .briefRepeatable)
  }

  /// Messages about coming visits that somebody should ring about instead.
  public func troubledMessages() async throws(ServiceError) -> [TroubledMessageRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/reminders/troubled"))
  }

  /// A new private address for a person's calendar.
  public func openCalendar(of person: String) async throws(ServiceError) -> String {
    struct Body: Encodable {}
    struct Opened: Decodable { var url: String }
    let opened: Opened = try await value(
      posting("/people/\(segment(person))/calendar", Body()), retry: .brief)
    return opened.url
  }

  /// Takes it back.
  public func closeCalendar(of person: String) async throws(ServiceError) {
    let path = "/api/v1/people/\(segment(person))/calendar"
    _ = try await reply(to: ServiceRequest(.DELETE, path), retry: .briefRepeatable)
  }

  /// Who looked at a citizen's record.
  public func accessLog(of citizen: String) async throws(ServiceError) -> [AccessLineRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/citizens/\(segment(citizen))/access-log"))
  }

  /// Everything about a citizen, as the service writes it.
  public func export(of citizen: String, reason: String?) async throws(ServiceError) -> Data {
    var request = ServiceRequest(.GET, "/api/v1/citizens/\(segment(citizen))/export")
    if let reason { request.headers.append((name: "besoeg-reason", value: segment(reason))) }
    return try await reply(to: request, retry: .brief).body
  }
}
