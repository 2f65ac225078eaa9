import Foundation
import HTTPTypes
import Hummingbird
import Store
import Visits

/// Finds out who is asking. Every route behind it has a caller.
struct BearerAuth: RouterMiddleware {
  typealias Context = ServiceContext

  let tokens: TokenService
  let store: any BesoegStore
  let presence: PresenceBoard
  let clock: any ServiceClock

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var context = context
    let caller = try await caller(of: request)
    context.caller = caller
    presence.acted(caller, at: clock.now())
    return try await next(request, context)
  }

  private func caller(of request: Request) async throws -> Caller {
    guard let token = Self.bearer(request.headers[.authorization]) else {
      throw Problem.unauthorized(.tokenMissing)
    }
    let claims = try await tokens.claims(of: token)
    let tenant = TenantID(rawValue: claims.ten)
    do throws(StoreError) {
      let device = try await store.device(DeviceID(rawValue: claims.dev), tenant: tenant)
      let person = try await store.person(PersonID(rawValue: claims.sub), tenant: tenant)
      guard device.person == person.id, person.role.rawValue == claims.rol else {
        throw .notFound
      }
      guard device.revokedAt == nil else { throw .conflict }
      return Caller(
        person: person, device: device.id,
        expiresAt: UTCMilliseconds(rawValue: claims.exp * 1000), reason: request.reason,
        askedAt: clock.now())
    } catch {
      switch error {
      // Signed by us, but of a database that is not this one any more.
      case .notFound: throw Problem.unauthorized(.tokenInvalid)
      case .conflict: throw Problem.unauthorized(.tokenRevoked)
      default: throw error
      }
    }
  }

  /// The token of an `Authorization` header (RFC 6750 §2.1).
  static func bearer(_ header: String?) -> String? {
    let parts = (header ?? "").split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return parts[1].isEmpty ? nil : String(parts[1])
  }
}

extension Request {
  /// The reason given in the header or the query.
  fileprivate var reason: String? {
    if let header = headers[.besoegReason] { return header.removingPercentEncoding ?? header }
    return uri.queryParameters.get("reason")
  }
}
