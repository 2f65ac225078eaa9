import Hummingbird
import Logging
import Store
import Visits

extension BesoegStore {
  /// Why somebody of another team sees a meeting that every member has let them look on at.
  private static var observerReason: String { "Gæst i gruppens møde med alles samtykke" }
  /// Why somebody of another team sees a visit that they were asked to, such as a status meeting.
  private static var invitedReason: String { "Inviteret til at være med i besøget" }

  /// The visit in the path, where the caller may know of it, with a line in the log of looks. To a
  /// stranger who receives support it does not exist; staff outside the team are asked for a
  /// reason.
  func visible(
    _ context: ServiceContext, _ part: RecordPart = .visits
  ) async throws -> VisitDetails {
    let caller = try context.requireCaller()
    let id = VisitID(rawValue: try context.parameter("visit"))
    let details = try await visit(id, tenant: caller.tenant)
    let isOwn = details.isFor(caller.id)
    guard isOwn || caller.role.isStaff else { throw Problem(.notFound) }
    do throws(StoreError) {
      // A group's meeting is each member's own.
      let subject = isOwn && caller.role == .citizen ? caller.id : details.citizen.id
      var reason = caller.reason
      if details.observers.contains(where: { $0.id == caller.id }) {
        reason = reason ?? Self.observerReason
      } else if details.visit.form != .group, details.visit.others.contains(caller.id) {
        reason = reason ?? Self.invitedReason
      }
      let request = AccessRequest(subject, part, reason: reason)
      try await access(
        request, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    } catch {
      // One's own visit is seen even while the log cannot be written: nobody loses a visit for a
      // full disk, and what is done with it is in the ledger as soon as it can be.
      guard isOwn, error.isTemporary else { throw error }
      context.logger.warning("A look was not logged", metadata: ["visit": "\(id)"])
    }
    return details
  }

  /// The visit in the path for who wants to do something with it: its people without a look being
  /// logged, since what they do is; others as with `visible`.
  func concerned(_ context: ServiceContext) async throws -> VisitDetails {
    let caller = try context.requireCaller()
    let id = VisitID(rawValue: try context.parameter("visit"))
    let details = try await visit(id, tenant: caller.tenant)
    if details.isFor(caller.id) { return details }
    return try await visible(context)
  }

  /// Refuses unless the caller may; logs that they did.
  @discardableResult
  func access(
    _ part: RecordPart, _ action: AccessAction = .read, of citizen: PersonID, by caller: Caller
  ) async throws -> AccessBasis {
    let request = AccessRequest(citizen, part, action, reason: caller.reason)
    return try await access(
      request, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
  }

  /// The citizen in the path, whose record the caller may see or change that part of.
  func citizen(
    _ context: ServiceContext, _ part: RecordPart, _ action: AccessAction = .read
  ) async throws -> PersonID {
    let caller = try context.requireCaller()
    let id = PersonID(rawValue: try context.parameter("citizen"))
    try await access(part, action, of: id, by: caller)
    return id
  }

  /// A visit that the citizen takes part in, nil where none is named; to name somebody else's is no
  /// way to learn about it.
  func visit(
    _ id: String?, of citizen: PersonID, tenant: TenantID
  ) async throws -> VisitID? {
    guard let id else { return nil }
    let visit = try await self.visit(VisitID(rawValue: id), tenant: tenant).visit
    guard visit.participants.contains(citizen) else { throw Problem(.notFound) }
    return visit.id
  }

  /// Logs that somebody asked for the list of what is theirs. It is shown even while the log cannot
  /// be written.
  func logOwnList(_ criterion: String, _ part: RecordPart, by caller: Caller) async throws {
    do throws(StoreError) {
      try await logList(
        criterion, part: part, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    } catch {
      guard error.isTemporary else { throw error }
    }
  }
}
