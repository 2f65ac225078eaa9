import JWTKit
public import Visits

/// Mints and checks device tokens.
public struct TokenService: Sendable {
  /// How long a new device's token is good for: a little over a year, so that a yearly visit to
  /// the device is enough. Losing a device is what revoking is for.
  public static let lifetimeMilliseconds: Int64 = 400 * 86_400_000
  /// The longest token worth looking at, in bytes; ours are some 300.
  static let longestToken = 2048

  private let keys: JWTKeyCollection
  private let clock: any ServiceClock

  /// A service that signs with `key`.
  public init(key: SigningKey, clock: any ServiceClock) async {
    keys = JWTKeyCollection()
    await keys.add(hmac: HMACKey(from: key.bytes), digestAlgorithm: .sha256)
    self.clock = clock
  }

  /// A token for a person's device, and when it expires.
  public func mint(
    for person: Person, device: DeviceID
  ) async throws -> (token: String, expiresAt: UTCMilliseconds) {
    let now = clock.now()
    let expiresAt = now.adding(milliseconds: Self.lifetimeMilliseconds)
    let claims = TokenClaims(
      sub: person.id.rawValue, ten: person.tenant.rawValue, rol: person.role.rawValue,
      dev: device.rawValue, iat: now.rawValue / 1000, exp: expiresAt.rawValue / 1000)
    return (try await keys.sign(claims), expiresAt)
  }

  /// What a token says, where we signed it and it has not expired. Everything else wrong with it is
  /// one and the same refusal: whoever made the token up learns nothing.
  func claims(of token: String) async throws -> TokenClaims {
    guard token.utf8.count <= Self.longestToken,
      let claims = try? await keys.verify(token, as: TokenClaims.self)
    else { throw Problem.unauthorized(.tokenInvalid) }
    guard clock.now().rawValue < claims.exp * 1000 else {
      throw Problem.unauthorized(.tokenExpired)
    }
    return claims
  }
}
