import JWTKit
import Visits

/// The claims of a device's token (RFC 7519).
struct TokenClaims: JWTPayload {
  /// The person's id.
  var sub: String
  /// The tenant: the municipality.
  var ten: String
  /// The person's role.
  var rol: String
  /// The device's id, by which the token can be revoked.
  var dev: String
  /// When it was issued, seconds since 1970.
  var iat: Int64
  /// When it expires, seconds since 1970.
  var exp: Int64

  /// Nothing beyond the signature: expiry is checked against the service's own clock.
  func verify(using algorithm: some JWTAlgorithm) async throws {}
}
