import Foundation
import Store
import Testing
import Visits

/// A small municipality in a database of its own, in a directory that is removed with it.
final class Municipality: Sendable {
  static let tenant = TenantID(rawValue: "eksempel")
  static let neighbour = TenantID(rawValue: "nabo")
  static let now = UTCMilliseconds(rawValue: 1_795_251_600_000)

  static let karen = Initiator.person(
    PersonID(rawValue: "karen"), role: .citizen, device: DeviceID(rawValue: "screen"))
  static let anne = Initiator.person(
    PersonID(rawValue: "anne"), role: .supportWorker, device: nil)
  static let operations = Initiator.person(
    PersonID(rawValue: "drift"), role: .operations, device: nil)

  let directory: String
  let store: SQLiteStore

  var path: String { directory + "/besoeg.sqlite" }

  /// A new directory below the system's temporary one.
  static func temporaryDirectory() throws -> String {
    let directory = NSTemporaryDirectory() + "besoeg-store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    return directory
  }

  /// A municipality with Karen, Ole, Anne, Bo and operations, and a neighbour with nobody.
  init(_ configure: (inout StoreConfiguration) -> Void = { _ in }) async throws {
    directory = try Self.temporaryDirectory()
    var configuration = StoreConfiguration(path: directory + "/besoeg.sqlite")
    configure(&configuration)
    store = try SQLiteStore(configuration)
    try await Self.populate(store)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  static func populate(_ store: SQLiteStore) async throws {
    for (id, name) in [(tenant, "Eksempel"), (neighbour, "Nabo")] {
      try await store.addTenant(Tenant(id: id, name: name, createdAt: now))
    }
    for (id, role, name) in [
      ("karen", Role.citizen, "Karen"), ("ole", .citizen, "Ole"),
      ("anne", .supportWorker, "Anne"), ("bo", .supportWorker, "Bo"),
      ("drift", .operations, "Driften"),
    ] {
      try await store.addPerson(
        Person(
          id: PersonID(rawValue: id), tenant: tenant, role: role, displayName: name,
          createdAt: now), by: .system)
    }
  }

  /// Another connection to the same file, as another process would have it.
  func reopened(_ configure: (inout StoreConfiguration) -> Void = { _ in }) throws -> SQLiteStore {
    var configuration = StoreConfiguration(path: path)
    configure(&configuration)
    return try SQLiteStore(configuration)
  }

  static func request(
    _ id: String = "v1", citizen: String = "karen", worker: String = "anne", minute: Int = 60,
    minutes: Int = 30
  ) -> BookingRequest {
    BookingRequest(
      id: VisitID(rawValue: id), citizenID: PersonID(rawValue: citizen),
      workerID: PersonID(rawValue: worker), start: now.adding(minutes: minute),
      durationMinutes: minutes)
  }

  @discardableResult
  func book(_ request: BookingRequest = request()) async throws -> CommittedVisit {
    try await store.book(request, tenant: Self.tenant, by: Self.anne, at: Self.now)
  }

  @discardableResult
  func apply(
    _ command: VisitCommand, to id: String = "v1", by initiator: Initiator = anne,
    at now: UTCMilliseconds = now
  ) async throws -> CommittedVisit {
    try await store.apply(
      command, to: VisitID(rawValue: id), tenant: Self.tenant, by: initiator, at: now)
  }

  func ledger(_ id: String = "v1", after sequence: Int64 = 0) async throws -> [LedgerEntry] {
    try await store.ledger(
      of: VisitID(rawValue: id), tenant: Self.tenant, after: sequence, limit: .max)
  }

  /// A relay's report about Karen.
  static func report(_ kind: MediaReport.Kind, _ cause: LedgerCause = .audio) -> MediaReport {
    MediaReport(
      kind: kind, participant: PersonID(rawValue: "karen"), cause: cause, session: "k1",
      device: DeviceID(rawValue: "screen"), attempt: 1)
  }
}

/// The error that `body` throws; records an issue when it throws none.
func storeError(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> StoreError? {
  do {
    try await body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    return nil
  } catch let error as StoreError {
    return error
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
    return nil
  }
}
