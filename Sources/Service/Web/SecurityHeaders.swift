import HTTPTypes
import Hummingbird

/// Headers that every response carries: what a page of ours may do, and nothing more.
struct SecurityHeaders: RouterMiddleware {
  typealias Context = ServiceContext

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    for (name, value) in Self.fields { response.headers[name] = value }
    return response
  }

  private static let fields: [(HTTPField.Name, String)] = [
    // `data:` is for the empty icon that keeps browsers from asking for /favicon.ico.
    (
      .contentSecurityPolicy,
      "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; object-src 'none'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    (.permissionsPolicy, "camera=(self), microphone=(self), geolocation=()"),
    (.referrerPolicy, "no-referrer"),
    (.xContentTypeOptions, "nosniff"),
    (.crossOriginOpenerPolicy, "same-origin"),
  ]
}

// Every name is a token of RFC 9110 §5.6.2, which is all that the initialiser asks for.
extension HTTPField.Name {
  /// Permissions Policy (W3C).
  static let permissionsPolicy = Self("Permissions-Policy")!
  /// Referrer Policy (W3C).
  static let referrerPolicy = Self("Referrer-Policy")!
  /// Cross-Origin-Opener-Policy (WHATWG HTML).
  static let crossOriginOpenerPolicy = Self("Cross-Origin-Opener-Policy")!
  /// nginx: whether it may collect a response into bigger pieces.
  static let accelBuffering = Self("X-Accel-Buffering")!
  /// Web linking (RFC 8288): the ICE servers of a join (RFC 9725 §4.6).
  static let link = Self("Link")!
  /// The joining session's slots, a JSON array.
  static let besoegSlots = Self("Besoeg-Slots")!
  /// Why somebody wants to see what is not their team's; percent-encoded UTF-8.
  static let besoegReason = Self("Besoeg-Reason")!
  /// A gateway's signature of what it posts.
  static let besoegSignature = Self("Besoeg-Signature")!
  /// The client's attempt number at this join, from 1; above 1 it is a re-join.
  static let besoegAttempt = Self("Besoeg-Attempt")!
  /// The last event's id that a resuming event stream has seen (WHATWG HTML §9.2).
  static let lastEventID = Self("Last-Event-ID")!
}
