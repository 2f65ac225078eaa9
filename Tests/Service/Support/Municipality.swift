import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Relay
import Store
import Testing
import Visits

@testable import Service

/// A small municipality with its service, on a database of its own.
final class Municipality: Sendable {
  let directory: String
  let clock: TestClock
  let relay: FakeRelay
  let store: SQLiteStore
  let key: SigningKey
  let tokens: TokenService
  let service: BesoegService
  let tenant = TenantID(rawValue: "kommune")
  let citizen: Person
  let worker: Person
  let operations: Person
  /// Whose directory this is, where it took another's over.
  private let predecessor: Municipality?

  /// A new municipality, or another's after its service has been started again.
  init(after predecessor: Municipality? = nil) async throws {
    let path = predecessor?.directory ?? Self.newDirectory()
    directory = path
    clock = predecessor?.clock ?? TestClock()
    relay = FakeRelay()
    key = predecessor?.key ?? SigningKey()
    self.predecessor = predecessor
    try predecessor?.store.close()
    if predecessor == nil {
      try Self.emptyDatabase.get().write(to: URL(filePath: "\(path)/besoeg.sqlite"))
    }
    var configuration = StoreConfiguration(path: "\(path)/besoeg.sqlite")
    configuration.busyMilliseconds = 20
    store = try SQLiteStore(configuration)
    tokens = await TokenService(key: key, clock: clock)
    let (tenant, clock) = (tenant, clock)
    func person(_ id: String, _ role: Role, _ name: String) -> Person {
      Person(
        id: PersonID(rawValue: id), tenant: tenant, role: role, displayName: name,
        createdAt: clock.now())
    }
    citizen = person("karen", .citizen, "Karen")
    worker = person("mette", .supportWorker, "Mette")
    operations = person("drift", .operations, "Drift")
    service = try BesoegService(
      store: store, relay: relay, tokens: tokens, clock: clock, options: .init(),
      logger: Self.logger)
    guard predecessor == nil else { return }
    try await store.addTenant(Tenant(id: tenant, name: "Kommunen", createdAt: clock.now()))
    for one in [citizen, worker, operations] {
      try await store.addPerson(one, by: .system)
      try await addDevice("\(one.id)-device", of: one)
    }
  }

  deinit {
    guard predecessor == nil else { return }
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// A logger that says nothing.
  static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// A database with every table and nothing in them, made once: making the tables takes longer than
  /// most tests.
  private static let emptyDatabase = Result {
    let directory = newDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try SQLiteStore(StoreConfiguration(path: "\(directory)/besoeg.sqlite")).close()
    return try Data(contentsOf: URL(filePath: "\(directory)/besoeg.sqlite"))
  }

  private static func newDirectory() -> String {
    let path = FileManager.default.temporaryDirectory.path + "/besoeg-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Registers a device of a person's.
  @discardableResult
  func addDevice(_ id: String, of person: Person) async throws -> Device {
    let device = Device(
      id: DeviceID(rawValue: id), tenant: person.tenant, person: person.id, label: id,
      createdAt: clock.now())
    try await store.addDevice(device, by: .system)
    return device
  }

  /// The token of a person's first device, or of another.
  func token(_ person: Person, device: String? = nil) async throws -> String {
    let id = DeviceID(rawValue: device ?? "\(person.id)-device")
    return try await tokens.mint(for: person, device: id).token
  }

  /// Books a visit past the API, as somebody else at work would.
  func book() async throws -> VisitID {
    let request = BookingRequest(
      citizenID: citizen.id, workerID: worker.id, start: clock.now().adding(minutes: 60),
      durationMinutes: 30)
    return try await store.book(
      request, tenant: tenant, by: .system, at: clock.now(), events: VisitEvents.drafts
    ).details.visit.id
  }

  /// Returns when nothing waits for the store any more.
  func factsAreWritten() async {
    while service.facts.count > 0 { await Task.yield() }
  }

  /// Runs the service while `body` uses it.
  func serve(_ body: @Sendable (TestBrowser) async throws -> Void) async throws {
    try await service.restore()
    let app = service.application(address: .hostname("127.0.0.1", port: 0), logger: Self.logger)
    try await withThrowingTaskGroup { group in
      group.addTask { await self.service.run() }
      do {
        try await app.test(.router) { client in
          try await body(TestBrowser(municipality: self, client: client))
        }
      } catch {
        self.relay.finish()
        throw error
      }
      self.relay.finish()
      self.service.hub.closeAll()
      try await group.waitForAll()
    }
  }
}
