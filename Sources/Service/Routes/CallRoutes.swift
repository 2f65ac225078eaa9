import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Relay
import Store
import Visits

/// Ringing, answering, hanging up, and media (WHIP, RFC 9725).
struct CallRoutes: Sendable {
  /// A client that joins more often than this has given up counting.
  private static let mostAttempts = 1000

  let store: any BesoegStore
  let coordinator: RelayCoordinator

  func add(to group: RouterGroup<ServiceContext>) {
    group.post("visits/{visit}/ring", use: ring)
    group.post("visits/{visit}/answer", use: answer)
    group.post("visits/{visit}/decline", use: decline)
    group.post("visits/{visit}/hangup", use: hangUp)
    group.post("visits/{visit}/media", use: join)
    group.post("visits/{visit}/picture", use: takePicture)
    group.patch("visits/{visit}/media/{session}", use: restart)
    group.delete("visits/{visit}/media/{session}", use: leave)
  }

  @Sendable private func ring(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await perform(.ring, context, status: .accepted)
  }

  @Sendable private func answer(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await perform(.answer, context)
  }

  @Sendable private func decline(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(ReasonBody.self, context: context)
    return try await perform(.decline(reason: try body.checked()), context)
  }

  @Sendable private func hangUp(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(ReasonBody.self, context: context)
    return try await perform(.hangUp(reason: try body.checked()), context)
  }

  @Sendable private func join(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let visit = try await store.concerned(context).visit
    let attempt = try request.attempt(most: Self.mostAttempts)
    let offer = try await request.sessionDescription(context: context)
    let answer = try await coordinator.join(
      visit.id, by: context.requireCaller(), offer: offer, attempt: attempt)
    let location = "/api/v1/visits/\(visit.id)/media/\(answer.session)"
    return try response(answer, status: .created, headers: [.location: location])
  }

  @Sendable private func restart(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let visit = try await store.concerned(context).visit
    let offer = try await request.sessionDescription(context: context)
    let answer = try await coordinator.restart(
      try context.parameter("session"), in: visit.id, by: context.requireCaller(), offer: offer)
    return try response(answer, status: .ok, headers: [:])
  }

  @Sendable private func takePicture(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let details = try await store.concerned(context)
    guard details.isFor(caller.id) else { throw Problem(.notAllowed) }
    let body = try await request.json(PictureBody.self, context: context)
    await coordinator.takePicture(try body.change(), in: details, by: caller)
    return Response(status: .accepted)
  }

  @Sendable private func leave(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let visit = try await store.concerned(context).visit
    try await coordinator.leave(
      try context.parameter("session"), in: visit.id, by: context.requireCaller())
    return Response(status: .noContent)
  }

  private func perform(
    _ command: VisitCommand, _ context: ServiceContext, status: HTTPResponse.Status = .ok
  ) async throws -> Response {
    let visit = try await store.concerned(context).visit
    let details = try await coordinator.perform(
      command, on: visit.id, by: context.requireCaller())
    return try ServiceJSON.response(
      VisitDocument(details, for: context.requireCaller().role), status: status)
  }

  private func response(
    _ answer: JoinAnswer, status: HTTPResponse.Status, headers: HTTPFields
  ) throws -> Response {
    var headers = headers
    headers[.contentType] = "application/sdp"
    headers[.cacheControl] = "no-store"
    headers[.besoegSlots] = try ServiceJSON.string(answer.slots)
    for server in answer.iceServers {
      for link in server.links { headers.append(HTTPField(name: .link, value: link)) }
    }
    return Response(
      status: status, headers: headers,
      body: .init(byteBuffer: ByteBuffer(string: answer.answer)))
  }
}

extension Request {
  /// The client's attempt number at this join, 1 where it does not say.
  fileprivate func attempt(most: Int) throws -> Int {
    guard let text = headers[.besoegAttempt] else { return 1 }
    guard let attempt = Int(text), (1...most).contains(attempt) else {
      throw Problem(
        .outOfRange, ["field": "Besoeg-Attempt", "least": "1", "most": String(most)])
    }
    return attempt
  }
}

extension ICEServer {
  /// The server as values of the `Link` header (RFC 9725 §4.6).
  fileprivate var links: [String] {
    urls.map { url in
      "<\(url)>; rel=\"ice-server\"; username=\"\(username)\"; credential=\"\(credential)\"; "
        + "credential-type=\"password\""
    }
  }
}
