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
    guard caller.role.isStaff else { throw Problem(.notAllowed) }
    var role: Role?
    if let text = request.uri.queryParameters.get("role") {
      role = try RequestText.choice(text, field: "role")
    }
    // Who supports needs citizens to book for, and the colleagues of her team where she asks.
    if caller.role.givesSupport || caller.role == .caseWorker {
      let seen = role ?? .citizen
      guard seen == .citizen || caller.role.givesSupport && seen.givesSupport else {
        throw Problem(.notAllowed)
      }
      role = seen
    }
    try await store.logOwnList("people", .contact, by: caller)
    let people = try await store.people(
      around: caller.initiator, tenant: caller.tenant, role: role, at: caller.askedAt)
    return try ServiceJSON.response([
      "people": people.map { PersonDocument($0, for: caller.role) }
    ])
  }

  @Sendable private func create(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    guard RoleRules().registersPeople(caller.role) else { throw Problem(.notAllowed) }
    let body = try await request.json(NewPerson.self, context: context)
    let role: Role = try RequestText.choice(body.role, field: "role")
    try caller.checkLetsIn(role)
    let person = Person(
      id: .random(), tenant: caller.tenant, role: role,
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
    let person = try await subject(of: context, .read)
    let devices = try await store.devices(of: person.id, tenant: person.tenant)
    return try ServiceJSON.response(["devices": devices.map { DeviceDocument($0) }])
  }

  @Sendable private func createDevice(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let person = try await subject(of: context, .write)
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
    let person = try await subject(of: context, .write)
    let id = DeviceID(rawValue: try context.parameter("device"))
    let device = try await store.device(id, tenant: person.tenant)
    guard device.person == person.id else { throw Problem(.notFound) }
    try await store.revokeDevice(
      id, tenant: person.tenant, by: caller.initiator, at: clock.now())
    hub.close(device: id, tenant: person.tenant)
    return Response(status: .noContent)
  }

  /// The person in the path, where the caller may pair devices for them: who lets people in for
  /// anybody, but for administrators only an administrator; who supports for citizens of hers.
  private func subject(of context: ServiceContext, _ action: AccessAction) async throws -> Person {
    let caller = try context.requireCaller()
    try caller.require(.operations, .administrator, .supportWorker, .teamLead)
    let id = PersonID(rawValue: try context.parameter("person"))
    let person = try await store.person(id, tenant: caller.tenant)
    if RoleRules().registersPeople(caller.role) {
      try caller.checkLetsIn(person.role)
    } else {
      guard person.role == .citizen else { throw Problem(.notAllowed) }
      try await store.access(.contact, action, of: person.id, by: caller)
    }
    return person
  }

  private func base(_ request: Request) -> String {
    publicURL ?? "http://\(request.head.authority ?? "localhost")"
  }
}
