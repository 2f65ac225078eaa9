import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Relay
import Store

/// Turns every refusal and fault into a problem document; nothing leaves the service otherwise.
struct ProblemMiddleware: RouterMiddleware {
  typealias Context = ServiceContext

  /// The registered routes, to tell a wrong path (404) from a wrong method (405).
  let routes: RouteIndex

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      let problem = problem(for: error, request: request, context: context)
      return problem.response(request: context.requestID)
    }
  }

  private func problem(
    for error: any Error, request: Request, context: Context
  ) -> Problem {
    switch error {
    case let problem as Problem:
      return problem
    case is NIOTooManyBytesError:
      return Problem(.tooLarge, ["limit": String(ServiceContext.bodyLimit)])
    case let error as HTTPError where error.status == .notFound:
      let methods = routes.methods(at: request.uri.path)
      guard !methods.isEmpty else { return Problem(.notFound) }
      let allowed = methods.map(\.rawValue).sorted().joined(separator: ", ")
      return Problem(.methodNotAllowed, ["allowed": allowed], headers: [.allow: allowed])
    case let error as StoreError:
      if error.isTemporary {
        context.logger.error("The store failed", metadata: ["error": "\(error)"])
      }
      return Problem(store: error)
    case let error as RelayControlError:
      return Problem(relay: error)
    default:
      // The caller gets no detail: a fault of ours may hold what others wrote.
      context.logger.error("A request failed", metadata: ["error": "\(error)"])
      return Problem(.internalError)
    }
  }
}
