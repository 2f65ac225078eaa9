import FoundationEssentials
public import Logging
public import Store
public import Visits

/// One data directory: database, signing key, and the first tokens.
///
///     besoeg.sqlite      the store
///     signing.key        what device tokens are signed with
///     operations.token   the way in after the first start
///     administrator.token   the same for who sets the system up
///     run/               the relay workers' control sockets
public struct Installation: Sendable {
  /// The data directory.
  public let directory: String
  /// The store.
  public let store: SQLiteStore

  /// Mints and checks device tokens.
  public let tokens: TokenService
  private let clock: any ServiceClock

  /// Opens `directory`, and makes what is missing.
  public init(directory: String, clock: any ServiceClock) async throws {
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    self.directory = directory
    self.clock = clock
    store = try SQLiteStore(StoreConfiguration(path: "\(directory)/besoeg.sqlite"))
    tokens = await TokenService(key: try SigningKey(directory: directory), clock: clock)
  }

  /// Closes the store after the work under way.
  public func close() throws { try store.close() }

  /// Where operations' first token lies.
  public var operationsTokenPath: String { "\(directory)/operations.token" }

  /// Where the administrator's first token lies.
  public var administratorTokenPath: String { "\(directory)/administrator.token" }

  /// Makes the municipality and the first tokens of operations and of the administrator where there
  /// are none.
  ///
  /// May be interrupted anywhere: the device is registered last, so the next start does over what
  /// was left undone.
  public func prepare(municipality: String, logger: Logger) async throws {
    let tenant: TenantID
    if let first = try await store.tenants().first {
      tenant = first.id
    } else {
      tenant = .random()
      try await store.addTenant(Tenant(id: tenant, name: municipality, createdAt: clock.now()))
    }
    try await prepare(.operations, named: Self.operationsName, in: tenant, logger: logger)
    try await prepare(.administrator, named: Self.administratorName, in: tenant, logger: logger)
  }

  /// Makes the first person of a role and their token where there is none.
  private func prepare(
    _ role: Role, named name: String, in tenant: TenantID, logger: Logger
  ) async throws {
    let person: Person
    if let first = try await store.people(tenant: tenant, role: role).first {
      person = first
    } else {
      person = Person(
        id: .random(), tenant: tenant, role: role, displayName: name, createdAt: clock.now())
      try await store.addPerson(person, by: .system)
    }
    guard try await store.devices(of: person.id, tenant: tenant).isEmpty else { return }
    let path = role == .operations ? operationsTokenPath : administratorTokenPath
    let device = Device(
      id: .random(), tenant: tenant, person: person.id,
      label: path.split(separator: "/").last.map(String.init) ?? path, createdAt: clock.now())
    let (token, _) = try await tokens.mint(for: person, device: device.id)
    try PrivateFile.write(token + "\n", to: path)
    try await store.addDevice(device, by: .system)
    logger.notice(
      "A first token is in a file", metadata: ["role": "\(role.rawValue)", "path": "\(path)"])
  }

  /// A token for a new device of a person who exists: the way in for who has lost every other.
  /// Nil where there is no such person.
  public func mintToken(for id: PersonID, label: String) async throws -> String? {
    for tenant in try await store.tenants() {
      let person: Person
      do {
        person = try await store.person(id, tenant: tenant.id)
      } catch StoreError.notFound {
        continue
      }
      let device = Device(
        id: .random(), tenant: tenant.id, person: id, label: label, createdAt: clock.now())
      try await store.addDevice(device, by: .system)
      return try await tokens.mint(for: person, device: device.id).token
    }
    return nil
  }

  /// The names the first people start with; data, not texts of the program.
  private static let operationsName = "Drift"
  private static let administratorName = "Administrator"
}
