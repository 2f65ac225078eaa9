import HTTPTypes
import Hummingbird

/// Counts and times every request by its route's pattern.
struct RequestMetrics: RouterMiddleware {
  typealias Context = ServiceContext

  let metrics: ServiceMetrics

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    let response = try await next(request, context)
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    metrics.request(
      method: Self.known(request.method), route: context.endpointPath ?? "unknown",
      status: response.status.code,
      nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    return response
  }

  /// The method, with those that callers made up thrown together.
  private static func known(_ method: HTTPRequest.Method) -> String {
    [.get, .post, .patch, .delete, .head, .put, .options].contains(method)
      ? method.rawValue : "other"
  }
}
