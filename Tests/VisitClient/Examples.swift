import Foundation
import Synchronization
import Testing

@testable import VisitClient

extension Visit {
  /// Anne's visit with Karen.
  static func example(
    id: String = "v1", state: VisitState = .booked, start: Date = Date(timeIntervalSince1970: 0),
    citizen: String = "Karen Friis"
  ) -> Visit {
    Visit(
      id: id,
      citizen: PersonReference(
        id: citizen.lowercased().split(separator: " ").first.map(String.init) ?? "",
        displayName: citizen),
      worker: PersonReference(id: "anne", displayName: "Anne Holm"), start: start,
      durationMinutes: 30, state: state)
  }
}

/// An exchange that answers from a script and remembers what it was asked.
final class ScriptedExchange: HTTPExchange {
  private struct State {
    var replies: [Result<ServiceReply, ServiceError>]
    var requests: [ServiceRequest] = []
  }

  private let state: Mutex<State>

  init(_ replies: [Result<ServiceReply, ServiceError>]) {
    state = Mutex(State(replies: replies))
  }

  func renew() {}

  var requests: [ServiceRequest] { state.withLock { $0.requests } }

  func send(_ request: ServiceRequest) async throws(ServiceError) -> ServiceReply {
    let reply = state.withLock { state in
      state.requests.append(request)
      return state.replies.isEmpty ? .failure(.unreachable) : state.replies.removeFirst()
    }
    return try reply.get()
  }
}

extension BesoegAPI {
  /// An API that talks to a script.
  static func scripted(_ exchange: ScriptedExchange, token: String = "t") throws -> BesoegAPI {
    BesoegAPI(
      origin: try ServiceOrigin("https://besoeg.example"), token: token, exchange: exchange)
  }
}

extension ServiceReply {
  static func json(_ status: Int, _ text: String) -> ServiceReply {
    ServiceReply(status: status, body: Data(text.utf8))
  }
}
