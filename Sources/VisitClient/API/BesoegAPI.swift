public import FoundationEssentials
import NIOHTTP1

/// The service's API as one person's device sees it.
public struct BesoegAPI: Sendable {
  /// The server's address, as shown to people.
  public let server: String
  /// The id of the person whose token this is, read from the token itself; nil where it has none.
  public let personID: String?
  let exchange: any HTTPExchange
  let origin: ServiceOrigin
  let token: String
  let trust: ServiceTrust

  /// The API at `server` (`https://host[:port]`) for the bearer of `token`; `trust` says who may be
  /// that server.
  public init(
    server: String, token: String, trust: ServiceTrust = .systemRoots
  ) throws(ServiceError) {
    let origin = try ServiceOrigin(server)
    self.init(
      origin: origin, token: token, trust: trust,
      exchange: NetworkExchange(origin: origin, token: token, trust: trust))
  }

  init(
    origin: ServiceOrigin, token: String, trust: ServiceTrust = .systemRoots,
    exchange: any HTTPExchange
  ) {
    self.origin = origin
    self.trust = trust
    self.server = origin.text
    self.token = token
    self.exchange = exchange
    self.personID = TokenClaims(token: token)?.sub
  }

  /// The role in the token; nil where it has none. For choosing what to show, never for access.
  public var role: Role? { TokenClaims(token: token)?.rol.flatMap(Role.init(rawValue:)) }

  /// The device's id in the token; nil where it has none.
  public var deviceID: String? { TokenClaims(token: token)?.dev }

  // MARK: People

  /// Whose token this is, as the service knows them.
  public func me() async throws(ServiceError) -> Person {
    try await value(ServiceRequest(.GET, "/api/v1/me"), retry: .briefRepeatable)
  }

  /// Everyone whom the caller may see.
  public func people() async throws(ServiceError) -> [Person] {
    try await list(ServiceRequest(.GET, "/api/v1/people"))
  }

  /// Adds a person (operations).
  public func addPerson(role: Role, displayName: String) async throws(ServiceError) -> Person {
    struct Body: Encodable {
      var role: Role
      var displayName: String
    }
    return try await value(
      posting("/people", Body(role: role, displayName: displayName)), retry: .brief)
  }

  /// Gives a person a device.
  public func addDevice(
    person: String, label: String
  ) async throws(ServiceError) -> DeviceGrant {
    struct Body: Encodable { var label: String }
    return try await value(
      posting("/people/\(segment(person))/devices", Body(label: label)), retry: .brief)
  }

  // MARK: Visits

  /// The caller's visits that begin in a span of time.
  public func visits(from: Date, to: Date) async throws(ServiceError) -> [Visit] {
    let path = "/api/v1/visits?from=\(ServiceJSON.text(from))&to=\(ServiceJSON.text(to))"
    return try await list(ServiceRequest(.GET, path))
  }

  /// One visit.
  public func visit(_ id: String) async throws(ServiceError) -> Visit {
    try await value(ServiceRequest(.GET, "/api/v1/visits/\(segment(id))"), retry: .briefRepeatable)
  }

  /// Books a visit.
  public func book(_ visit: NewVisit) async throws(ServiceError) -> Visit {
    try await value(posting("/visits", visit), retry: .brief)
  }

  /// Moves a visit.
  public func move(
    _ id: String, start: Date?, durationMinutes: Int?
  ) async throws(ServiceError) -> Visit {
    struct Body: Encodable {
      var start: Date?
      var durationMinutes: Int?
    }
    var request = posting(
      "/visits/\(segment(id))", Body(start: start, durationMinutes: durationMinutes))
    request.method = .PATCH
    return try await value(request, retry: .briefRepeatable)
  }

  /// Calls a visit off: in a person's own words, and by whom and why as outcomes have it.
  public func cancel(
    _ id: String, reason: String?, by canceller: String? = nil, because: String? = nil
  ) async throws(ServiceError) {
    struct Body: Encodable {
      var reason: String?
      var cancelledBy: String?
      var because: String?
    }
    let body = Body(reason: reason, cancelledBy: canceller, because: because)
    _ = try await reply(
      to: posting("/visits/\(segment(id))/cancel", body), retry: .briefRepeatable)
  }

  // MARK: The call

  /// Rings the citizen.
  public func ring(_ id: String) async throws(ServiceError) {
    // The service lets a ring that is under way be.
    try await act(id, "ring", reason: nil, retry: .briefRepeatable)
  }

  /// Answers a ring.
  public func answer(_ id: String) async throws(ServiceError) {
    try await act(id, "answer", reason: nil, retry: .briefRepeatable)
  }

  /// Says no to a ring.
  public func decline(_ id: String, reason: String?) async throws(ServiceError) {
    try await act(id, "decline", reason: reason, retry: .briefRepeatable)
  }

  /// Ends the visit. Kept up for half a minute: a call that was hung up must end for both.
  public func hangUp(_ id: String, reason: String?) async throws(ServiceError) {
    try await act(id, "hangup", reason: reason, retry: .patient)
  }

  /// A visit's ledger after a sequence number.
  public func ledger(_ id: String, after: Int = 0) async throws(ServiceError) -> [LedgerEntry] {
    try await list(ServiceRequest(.GET, "/api/v1/visits/\(segment(id))/ledger?after=\(after)"))
  }

  /// A visit's verdict.
  public func verdict(_ id: String) async throws(ServiceError) -> Verdict {
    try await value(
      ServiceRequest(.GET, "/api/v1/visits/\(segment(id))/verdict"), retry: .briefRepeatable)
  }

  /// Whether the service says that it is ready.
  public func isReady() async -> Bool {
    let reply = try? await exchange.send(ServiceRequest(.GET, "/readyz"))
    return reply?.status == 200
  }
}

extension BesoegAPI {
  private func act(
    _ id: String, _ verb: String, reason: String?, retry: RetryPolicy
  ) async throws(ServiceError) {
    struct Body: Encodable { var reason: String? }
    let request = posting("/visits/\(segment(id))/\(verb)", Body(reason: reason))
    _ = try await reply(to: request, retry: retry)
  }

  func posting(_ path: String, _ body: some Encodable) -> ServiceRequest {
    var request = ServiceRequest(.POST, "/api/v1\(path)")
    request.contentType = "application/json"
    // Encoding these bodies cannot fail: strings, whole numbers and dates only.
    request.body = (try? ServiceJSON.encode(body)) ?? Data("{}".utf8)
    return request
  }

  func value<Value: Decodable>(
    _ request: ServiceRequest, retry: RetryPolicy
  ) async throws(ServiceError) -> Value {
    let reply = try await reply(to: request, retry: retry)
    guard let value = try? ServiceJSON.decode(Value.self, from: reply.body) else {
      throw .malformedReply
    }
    return value
  }

  func list<Element: Decodable & Sendable>(
    _ request: ServiceRequest
  ) async throws(ServiceError) -> [Element] {
    let wrapped: Wrapped<Element> = try await value(request, retry: .briefRepeatable)
    return wrapped.elements
  }

  /// Sends a request, again where `retry` allows, and turns a refusal into an error.
  func reply(
    to request: ServiceRequest, retry: RetryPolicy
  ) async throws(ServiceError) -> ServiceReply {
    var failures = 0
    while true {
      let failure: ServiceError
      do {
        let reply = try await exchange.send(request)
        if (200..<300).contains(reply.status) { return reply }
        failure = .refused(ProblemDocument(status: reply.status, body: reply.body))
      } catch {
        failure = error
      }
      failures += 1
      guard
        let pause = retry.pause(
          after: failures, error: failure, jitter: Double.random(in: 0...1))
      else { throw failure }
      do {
        try await Task.sleep(for: .milliseconds(pause))
      } catch {
        throw .cancelled
      }
    }
  }

  /// An id as one path segment; ids come from the service, but also from the command line.
  func segment(_ id: String) -> String {
    var text = ""
    for byte in id.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        text.append(Character(UnicodeScalar(byte)))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        text += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
      }
    }
    return text
  }
}

/// What a device's token says about its bearer. Not verified: the service does that.
struct TokenClaims: Decodable {
  var sub: String?
  var rol: String?
  var dev: String?

  init?(token: String) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    var text = parts[1].replacing("-", with: "+").replacing("_", with: "/")
    while text.count % 4 != 0 { text += "=" }
    guard let data = Data(base64Encoded: String(text)),
      let claims = try? JSONDecoder().decode(TokenClaims.self, from: data)
    else { return nil }
    self = claims
  }
}
