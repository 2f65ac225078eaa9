import FoundationEssentials
import NIOHTTP1

// A participant's media session (WHIP, RFC 9725), and what is told about it.

extension BesoegAPI {
  /// Joins a visit's room with an SDP offer; `attempt` counts the joins of this call from 1.
  public func join(
    _ id: String, offer: String, attempt: Int
  ) async throws(ServiceError) -> MediaJoin {
    var request = describing(.POST, "/api/v1/visits/\(segment(id))/media", offer)
    request.headers.append(("besoeg-attempt", String(attempt)))
    // Tried once: whoever calls decides when to try again, with a new offer.
    let reply = try await reply(to: request, retry: .once)
    guard let location = reply.header("location"),
      let session = location.split(separator: "/").last.map(String.init),
      let path = location.firstRange(of: "/api/v1/").map({ String(location[$0.lowerBound...]) })
    else { throw .malformedReply }
    let slots = reply.header("besoeg-slots").flatMap {
      try? ServiceJSON.decode([SlotState].self, from: Data($0.utf8))
    }
    return MediaJoin(
      session: session, location: path, answer: String(decoding: reply.body, as: UTF8.self),
      slots: slots ?? [], servers: ICEServerLink.all(in: reply.headers(named: "link")))
  }

  /// Restarts ICE in a joined session with a later offer (RFC 9725 §4.3), and returns the answer.
  public func restart(_ join: MediaJoin, offer: String) async throws(ServiceError) -> String {
    let reply = try await reply(to: describing(.PATCH, join.location, offer), retry: .once)
    return String(decoding: reply.body, as: UTF8.self)
  }

  /// Leaves a room.
  public func leave(_ join: MediaJoin) async throws(ServiceError) {
    _ = try await reply(to: ServiceRequest(.DELETE, join.location), retry: .briefRepeatable)
  }

  /// Hands in what was measured.
  public func post(_ samples: [QualitySample], visit: String) async throws(ServiceError) {
    struct Body: Encodable { var samples: [QualitySample] }
    let request = posting("/visits/\(segment(visit))/samples", Body(samples: samples))
    _ = try await reply(to: request, retry: .once)
  }

  /// Tells how much picture this end sends.
  public func post(_ step: PictureStep, visit: String) async throws(ServiceError) {
    let request = posting("/visits/\(segment(visit))/picture", step)
    _ = try await reply(to: request, retry: .once)
  }

  /// Has later requests go over fresh connections: those from before a break in the network may be
  /// dead without showing it.
  func renewConnections() { exchange.renew() }

  private func describing(
    _ method: HTTPMethod, _ path: String, _ offer: String
  ) -> ServiceRequest {
    var request = ServiceRequest(method, path)
    request.contentType = "application/sdp"
    request.body = Data(offer.utf8)
    request.headers = [("accept", "application/sdp")]
    return request
  }
}
