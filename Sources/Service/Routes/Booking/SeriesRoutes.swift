import HTTPTypes
import Hummingbird
import Store
import Visits

/// Series of visits: begun, split, ended, and single occurrences of them changed.
struct SeriesRoutes: Sendable {
  let store: any BesoegStore
  let access: TeamAccess
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("series", use: list)
    group.post("series", use: begin)
    group.get("series/{series}", use: read)
    group.post("series/{series}/split", use: split)
    group.post("series/{series}/end", use: end)
    group.post("series/{series}/occurrences/{original}/move", use: move)
    group.post("series/{series}/occurrences/{original}/cancel", use: cancel)
    group.post("series/{series}/occurrences/{original}/restore", use: restore)
  }

  private struct NewSeries: Decodable {
    var id: String?
    var citizenId: String
    var workerId: String?
    var room: String?
    var form: VisitForm?
    var mediaMode: MediaMode?
    var start: LocalDateTime
    var rule: String?
    var extra: [LocalDateTime]?
    var except: [LocalDateTime]?
    var durationMinutes: Int
    var lengths: [DayLength]?
    var skipRefused: Bool?
  }

  private struct Split: Decodable {
    var at: LocalDateTime
    var time: LocalTime?
    var rule: String?
    var durationMinutes: Int?
    var workerId: String?
    var form: VisitForm?
    var mediaMode: MediaMode?
  }

  private struct End: Decodable {
    var from: LocalDate
  }

  private struct Move: Decodable {
    var start: APITime?
    var durationMinutes: Int?
    var workerId: String?
    var form: VisitForm?
    var mediaMode: MediaMode?
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let person = request.uri.queryParameters.get("person").map(PersonID.init(rawValue:))
    if let person, person != caller.id {
      guard caller.role.isStaff else { throw Problem(.notAllowed) }
      if try await store.person(person, tenant: caller.tenant).role == .citizen {
        try await access.requireAround(person, caller)
      } else {
        try await access.requirePlanning(caller, for: person)
      }
    }
    let series = try await store.series(of: person ?? caller.id, tenant: caller.tenant)
    return try ServiceJSON.response(["series": series.map { SeriesDocument($0) }])
  }

  @Sendable private func begin(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let body = try await request.json(NewSeries.self, context: context)
    let worker = PersonID(rawValue: body.workerId ?? caller.id.rawValue)
    try await access.requirePlanning(caller, for: worker)
    try await store.requireWriting(about: PersonID(rawValue: body.citizenId), by: caller)
    let now = clock.now()
    let series = Series(
      id: body.id.map(SeriesID.init(rawValue:)) ?? .random(), tenant: caller.tenant,
      citizenID: PersonID(rawValue: body.citizenId), workerID: worker,
      roomID: body.room.map(RoomID.init(rawValue:)), form: body.form ?? .screen,
      mediaMode: body.mediaMode ?? .video,
      recurrence: Recurrence(
        start: body.start, rule: try RequestRule.rule(body.rule), extra: body.extra ?? [],
        except: body.except ?? []),
      durationMinutes: body.durationMinutes, lengths: body.lengths ?? [])
    let committed = try await store.begin(
      SeriesRequest(series: series, skipsRefused: body.skipRefused ?? false),
      by: caller.initiator, at: now, events: BookingEvents.series(at: now))
    guard let details = committed.series else { throw Problem(.internalError) }
    return try ServiceJSON.response(
      SeriesDocument(details, for: caller.role), status: .created,
      headers: [.location: "/api/v1/series/\(series.id)"])
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let id = SeriesID(rawValue: try context.parameter("series"))
    let details = try await store.seriesDetails(id, tenant: caller.tenant)
    try await access.requireAround(details.citizen.id, caller)
    return try ServiceJSON.response(SeriesDocument(details, for: caller.role))
  }

  @Sendable private func split(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Split.self, context: context)
    let edit = SeriesEdit(
      time: body.time, rule: try RequestRule.rule(body.rule),
      durationMinutes: body.durationMinutes,
      workerID: body.workerId.map(PersonID.init(rawValue:)), form: body.form,
      mediaMode: body.mediaMode)
    if let worker = edit.workerID {
      try await access.requirePlanning(context.requireCaller(), for: worker)
    }
    return try await apply(.split(at: body.at, into: .random(), edit), context)
  }

  @Sendable private func end(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(End.self, context: context)
    return try await apply(.end(from: body.from), context)
  }

  @Sendable private func move(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Move.self, context: context)
    let change = OccurrenceChange(
      original: try original(context), kind: .moved, start: body.start?.value,
      durationMinutes: body.durationMinutes,
      workerID: body.workerId.map(PersonID.init(rawValue:)), form: body.form,
      mediaMode: body.mediaMode)
    if let worker = change.workerID {
      try await access.requirePlanning(context.requireCaller(), for: worker)
    }
    return try await apply(.move(change), context)
  }

  @Sendable private func cancel(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await apply(.cancel(try original(context)), context)
  }

  @Sendable private func restore(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await apply(.restore(try original(context)), context)
  }

  private func apply(
    _ command: SeriesCommand, _ context: ServiceContext
  ) async throws -> Response {
    let caller = try context.requireCaller()
    let id = SeriesID(rawValue: try context.parameter("series"))
    let details = try await store.seriesDetails(id, tenant: caller.tenant)
    try await access.requirePlanning(caller, for: details.series.workerID)
    try await store.requireWriting(about: details.citizen.id, by: caller)
    let now = clock.now()
    let committed = try await store.apply(
      command, to: id, tenant: caller.tenant, by: caller.initiator, at: now,
      events: BookingEvents.series(at: now))
    return try ServiceJSON.response(SeriesChangeDocument(committed, for: caller.role))
  }

  private func original(_ context: ServiceContext) throws -> LocalDateTime {
    guard let time = LocalDateTime(try context.parameter("original")) else {
      throw Problem(.notFound)
    }
    return time
  }
}

/// A rule of repetition in a request.
enum RequestRule {
  /// The rule that an RFC 5545 text says; nil where there is none.
  static func rule(_ text: String?) throws -> RecurrenceRule? {
    guard let text else { return nil }
    do throws(Refusal) {
      return try RecurrenceRule(text: text)
    } catch {
      throw Problem(refusal: error)
    }
  }
}
