public import FoundationEssentials
import NIOHTTP1

extension BesoegAPI {
  /// A worker's week; `week` as ISO 8601 writes it (`2026-48`), the present one where nil.
  public func week(of worker: String, week: String?) async throws(ServiceError) -> WorkerWeek {
    let query = week.map { "?week=\(segment($0))" } ?? ""
    return try await value(
      ServiceRequest(.GET, "/api/v1/workers/\(segment(worker))/week\(query)"),
      retry: .briefRepeatable)
  }

  /// The teams with their people.
  public func teams() async throws(ServiceError) -> [TeamRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/teams"))
  }

  /// Times at which a visit could be booked.
  public func slots(
    citizen: String, from: Date, to: Date, minutes: Int, form: String, worker: String?
  ) async throws(ServiceError) -> [SlotRecord] {
    var path =
      "/api/v1/slots?citizen=\(segment(citizen))&from=\(ServiceJSON.text(from))"
      + "&to=\(ServiceJSON.text(to))&minutes=\(minutes)&form=\(segment(form))&limit=200"
    if let worker { path += "&worker=\(segment(worker))" }
    return try await list(ServiceRequest(.GET, path))
  }

  /// Begins a series.
  public func begin(_ series: NewSeries) async throws(ServiceError) -> SeriesRecord {
    try await value(posting("/series", series), retry: .brief)
  }

  /// A citizen's grants, newest first.
  public func grants(of citizen: String) async throws(ServiceError) -> [GrantRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/people/\(segment(citizen))/grants"))
  }

  /// A grant with what it asks for.
  public func grant(_ id: String) async throws(ServiceError) -> GrantRecord {
    try await value(
      ServiceRequest(.GET, "/api/v1/grants/\(segment(id))"), retry: .briefRepeatable)
  }

  /// Minutes granted, booked and delivered, a line a week.
  public func minutes(of grant: String) async throws(ServiceError) -> [MinutesRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/grants/\(segment(grant))/minutes"))
  }

  /// Records a grant.
  public func addGrant(
    to citizen: String, _ body: some Encodable & Sendable
  ) async throws(ServiceError) -> GrantRecord {
    try await value(posting("/people/\(segment(citizen))/grants", body), retry: .brief)
  }

  /// Takes up the course that ended last, as it was.
  public func reopenGrant(
    of citizen: String, _ body: some Encodable & Sendable
  ) async throws(ServiceError) -> GrantRecord {
    try await value(posting("/people/\(segment(citizen))/reentry", body), retry: .brief)
  }

  /// Does something to a grant: `extend`, `propose`, `decide`, `close`.
  public func change(
    grant: String, _ verb: String, _ body: some Encodable & Sendable
  ) async throws(ServiceError) -> GrantRecord {
    try await value(
      posting("/grants/\(segment(grant))/\(segment(verb))", body), retry: .brief)
  }

  /// Enters an absence.
  public func declareAbsence(
    worker: String?, kind: String, from: Date, to: Date
  ) async throws(ServiceError) -> WorkerWeek.Span {
    struct Body: Encodable {
      var workerId: String?
      var kind: String
      var from: Date
      var to: Date
    }
    return try await value(
      posting("/absences", Body(workerId: worker, kind: kind, from: from, to: to)),
      retry: .brief)
  }

  /// Who of the team is away.
  public func absences() async throws(ServiceError) -> [WorkerWeek.Span] {
    try await list(ServiceRequest(.GET, "/api/v1/absences"))
  }

  /// Takes an absence back.
  public func withdrawAbsence(_ id: String) async throws(ServiceError) {
    var request = ServiceRequest(.GET, "/api/v1/absences/\(segment(id))")
    request.method = .DELETE
    _ = try await reply(to: request, retry: .brief)
  }

  /// What somebody has to see to.
  public func todos() async throws(ServiceError) -> TodoList {
    try await value(ServiceRequest(.GET, "/api/v1/todos"), retry: .briefRepeatable)
  }

  /// Records what was agreed with the citizen about a visit.
  public func settle(
    _ todo: TodoRecord, _ remedy: RemedyRecord, agreed: String
  ) async throws(ServiceError) {
    struct Body: Encodable {
      var remedy: RemedyRecord
      var agreed: String
    }
    let path = "/absences/\(segment(todo.absence))/visits/\(segment(todo.visit.id))/settle"
    _ = try await reply(
      to: posting(path, Body(remedy: remedy, agreed: agreed)), retry: .briefRepeatable)
  }

  /// Records what was agreed about a visit whose citizen has said no to pictures.
  public func settleScreen(
    _ visit: Visit, _ remedy: RemedyRecord, agreed: String
  ) async throws(ServiceError) {
    struct Body: Encodable {
      var remedy: RemedyRecord
      var agreed: String
    }
    let path =
      "/citizens/\(segment(visit.citizen.id))/start/visits/\(segment(visit.id))/settle"
    _ = try await reply(
      to: posting(path, Body(remedy: remedy, agreed: agreed)), retry: .briefRepeatable)
  }

  /// Takes a to-do upon oneself.
  public func take(_ todo: TodoRecord) async throws(ServiceError) {
    struct Body: Encodable {}
    let path = "/absences/\(segment(todo.absence))/visits/\(segment(todo.visit.id))/take"
    _ = try await reply(to: posting(path, Body()), retry: .briefRepeatable)
  }

  /// Holds a visit another way at the same time: `video`, `audio` or `phone`.
  public func convert(_ id: String, to target: String) async throws(ServiceError) -> Visit {
    struct Body: Encodable { var to: String }
    return try await value(
      posting("/visits/\(segment(id))/convert", Body(to: target)), retry: .briefRepeatable)
  }

  /// Tells a visit's citizens that it begins later; how each of them hears of it.
  public func delay(_ id: String, minutes: Int) async throws(ServiceError) -> DelayRecord {
    struct Body: Encodable { var minutes: Int }
    return try await value(
      posting("/visits/\(segment(id))/delay", Body(minutes: minutes)), retry: .briefRepeatable)
  }

  /// Books a visit in a form of its own.
  public func book(
    _ visit: NewVisit, form: String?, room: String?
  ) async throws(ServiceError) -> Visit {
    struct Body: Encodable {
      var citizenId: String
      var workerId: String?
      var start: Date
      var durationMinutes: Int
      var form: String?
      var room: String?
    }
    return try await value(
      posting(
        "/visits",
        Body(
          citizenId: visit.citizenId, workerId: visit.workerId, start: visit.start,
          durationMinutes: visit.durationMinutes, form: form, room: room)), retry: .brief)
  }
}
