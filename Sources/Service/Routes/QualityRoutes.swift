import CallQuality
import HTTPTypes
import Hummingbird
import Store
import Visits

/// What was measured, what happened, and what that means.
struct QualityRoutes: Sendable {
  /// Samples in one request: eight minutes of them, for a client that was cut off meanwhile.
  private static let mostSamples = 100
  /// Ledger entries in one answer.
  private static let mostEntries = 500

  let store: any BesoegStore
  let facts: FactQueue
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.post("visits/{visit}/samples", use: takeSamples)
    group.get("visits/{visit}/ledger", use: readLedger)
    group.get("visits/{visit}/verdict", use: readVerdict)
  }

  private struct Samples: Decodable {
    var samples: [SampleBody]
  }

  private struct Ledger: Encodable {
    var entries: [LedgerDocument]
  }

  @Sendable private func takeSamples(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let details = try await store.concerned(context)
    let visit = details.visit
    guard details.isFor(caller.id) else { throw Problem(.notAllowed) }
    var samples = try await request.json(Samples.self, context: context).samples.map(\.sample)
    guard samples.count <= Self.mostSamples else {
      throw Problem(
        .outOfRange, ["field": "samples", "least": "0", "most": String(Self.mostSamples)])
    }
    for index in samples.indices {
      guard samples[index].source.isClient else {
        throw Problem(
          .unknownChoice, ["field": "samples[\(index)].source", "choices": "native, browser"])
      }
      // Everyone speaks for themselves only.
      samples[index].participant = caller.id.rawValue
    }
    facts.put(
      Fact(
        tenant: visit.tenant, visit: visit.id, at: clock.now(), content: .samples(samples)))
    return Response(status: .accepted)
  }

  @Sendable private func readLedger(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let visit = try await store.visible(context, .callQuality).visit
    let entries = try await store.ledger(
      of: visit.id, tenant: visit.tenant, after: try request.after(), limit: Self.mostEntries)
    let role = try context.requireCaller().role
    return try ServiceJSON.response(Ledger(entries: entries.map { LedgerDocument($0, for: role) }))
  }

  @Sendable private func readVerdict(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let visit = try await store.visible(context, .callQuality).visit
    let verdict = try await store.verdict(of: visit.id, tenant: visit.tenant)
    return try ServiceJSON.response(VerdictDocument(verdict))
  }
}
