import HTTPTypes
import Hummingbird
import Store
import Visits

/// People and the devices they have access on.
struct PeopleRoutes: Sendable {
  let store: any BesoegStore
  let tokens: TokenService
  let hub: EventHub
  let clock: any ServiceClock
  /// Where the pages are reached from outside; nil to go by what the caller typed.
  let publicURL: String?

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("me") { _, context in
      try ServiceJSON.response(PersonDocument(try context.requireCaller().person))
    }
    group.get("people", use: list)
    group.post("people", use: create)
    group.get("people/{person}/devices", use: listDevices)
    group.post("people/{person}/devices", use: createDevice)
    group.delete("people/{person}/devices/{device}", use: revokeDevice)
  }

  private struct NewPerson: Decodable {
    var role: String
    var displayName: String
  }

  private struct NewDevice: Decodable {
    var label: String
  }

  private struct DeviceToken: Encodable {
    var device: DeviceDocument
    var token: String
    var page: String
    var expiresAt: APITime
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.operations, .supportWorker)
    var role: Role?
    if let text = request.uri.queryParameters.get("role") {
      role = try RequestText.choice(text, field: "role")
    }
    // A support worker needs citizens to book for, and no list of colleagues.
    if caller.role == .supportWorker {
      guard role == nil || role == .citizen else { throw Problem(.notAllowed) }
      role = .citizen
    }
    let people = try await store.people(tenant: caller.tenant, role: role)
    return try ServiceJSON.response(["people": people.map { PersonDocument($0) }])
  }

  @Sendable private func create(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.operations)
    let body = try await request.json(NewPerson.self, context: context)
    let person = Person(
      id: .random(), tenant: caller.tenant,
      role: try RequestText.choice(body.role, field: "role"),
      displayName: try RequestText.checked(
        body.displayName, field: "displayName", most: Person.longestName),
      createdAt: clock.now())
    try await store.addPerson(person, by: caller.initiator)
    return try ServiceJSON.response(
      PersonDocument(person), status: .created,
      headers: [.location: "/api/v1/people/\(person.id)"])
  }

  @Sendable private func listDevices(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let person = try await subject(of: context)
    let devices = try await store.devices(of: person.id, tenant: person.tenant)
    return try ServiceJSON.response(["devices": devices.map { DeviceDocument($0) }])
  }

  @Sendable private func createDevice(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let person = try await subject(of: context)
    let body = try await request.json(NewDevice.self, context: context)
    let label = try RequestText.checked(
      body.label, field: "label", most: RequestText.longestLabel)
    let device = Device(
      id: .random(), tenant: person.tenant, person: person.id, label: label,
      createdAt: clock.now())
    try await store.addDevice(device, by: caller.initiator)
    let (token, expiresAt) = try await tokens.mint(for: person, device: device.id)
    let document = DeviceToken(
      device: DeviceDocument(device), token: token, page: "\(base(request))/borger#\(token)",
      expiresAt: APITime(expiresAt))
    return try ServiceJSON.response(document, status: .created)
  }

  @Sendable private func revokeDevice(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let person = try await subject(of: context)
    let id = DeviceID(rawValue: try context.parameter("device"))
    let device = try await store.device(id, tenant: person.tenant)
    guard device.person == person.id else { throw Problem(.notFound) }
    try await store.revokeDevice(
      id, tenant: person.tenant, by: caller.initiator, at: clock.now())
    hub.close(device: id, tenant: person.tenant)
    return Response(status: .noContent)
  }

  /// The person in the path, where the caller may pair devices for them: operations for anybody,
  /// a support worker for citizens. Which citizens are hers is a rule of booking that comes later.
  private func subject(of context: ServiceContext) async throws -> Person {
    let caller = try context.requireCaller()
    try caller.require(.operations, .supportWorker)
    let id = PersonID(rawValue: try context.parameter("person"))
    let person = try await store.person(id, tenant: caller.tenant)
    guard caller.role == .operations || person.role == .citizen else {
      throw Problem(.notAllowed)
    }
    return person
  }

  private func base(_ request: Request) -> String {
    publicURL ?? "http://\(request.head.authority ?? "localhost")"
  }
}
