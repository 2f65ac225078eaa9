import FoundationEssentials
import HTTPTypes
import Hummingbird
import Store
import Visits

/// How long data is kept, and taking everything about a citizen out.
struct RetentionRoutes: Sendable {
  let store: any BesoegStore

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("retention", use: read)
    group.put("retention", use: write)
    group.get("citizens/{citizen}/export", use: export)
  }

  private struct Period: Codable {
    var kind: String
    var days: Int
    var from: String
  }

  private struct Periods: Codable {
    var periods: [Period]
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.administrator, .operations)
    return try response(try await store.retention(tenant: caller.tenant))
  }

  @Sendable private func write(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.administrator)
    let body = try await request.json(Periods.self, context: context)
    let periods = try body.periods.map { period in
      RetentionPeriod(
        try RequestText.choice(period.kind, field: "periods.kind"), days: period.days,
        from: try RequestText.choice(period.from, field: "periods.from"))
    }
    let policy: RetentionPolicy
    do throws(Refusal) {
      policy = try RetentionPolicy(replacing: periods)
    } catch {
      throw Problem(refusal: error)
    }
    try await store.setRetention(
      policy, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    return try response(policy)
  }

  private func response(_ policy: RetentionPolicy) throws -> Response {
    let periods = policy.periods.map {
      Period(kind: $0.kind.rawValue, days: $0.days, from: $0.from.rawValue)
    }
    return try ServiceJSON.response(
      Periods(periods: periods.sorted { $0.kind < $1.kind }))
  }

  @Sendable private func export(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .notes, .export)
    let everything = try await store.export(
      citizen: citizen, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(
      ExportDocument(everything),
      headers: [
        .contentDisposition: "attachment; filename=\"besoeg-\(citizen.rawValue.prefix(8)).json\""
      ])
  }
}

/// Everything about one citizen as one JSON document.
struct ExportDocument: Encodable, Sendable {
  var citizen: PersonDocument
  var createdAt: APITime
  var at: APITime
  var tables: [String: [[String: JSONValue]]]

  init(_ export: CitizenExport) {
    citizen = PersonDocument(export.citizen)
    createdAt = APITime(export.citizen.createdAt)
    at = APITime(export.at)
    tables = export.tables.mapValues { rows in rows.map { $0.mapValues(Self.value) } }
  }

  private static func value(_ value: ExportValue) -> JSONValue {
    switch value {
    case .null: .null
    case .integer(let number): .number(Double(number))
    case .real(let number): .number(number)
    case .text(let text): .string(text)
    case .json(let text):
      // Written by us; shown as text should it not read.
      (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) ?? .string(text)
    }
  }
}
