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

  /// Opens a municipality; on the directory of another, takes its database over.
  init(
    directory: String? = nil, clock: TestClock = TestClock(), relay: FakeRelay = FakeRelay(),
    key: SigningKey = SigningKey()
  ) async throws {
    let isNew = directory == nil
    let path = directory ?? Self.newDirectory()
    self.directory = path
    self.clock = clock
    self.relay = relay
    self.key = key
    var configuration = StoreConfiguration(path: "\(path)/besoeg.sqlite")
    configuration.busyMilliseconds = 20
    store = try SQLiteStore(configuration)
    tokens = await TokenService(key: key, clock: clock)
    let tenant = tenant
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
    guard isNew else { return }
    try await store.addTenant(Tenant(id: tenant, name: "Kommunen", createdAt: clock.now()))
    for one in [citizen, worker, operations] {
      try await store.addPerson(one, by: .system)
      try await addDevice("\(one.id)-device", of: one)
    }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// A logger that says nothing.
  static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

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
