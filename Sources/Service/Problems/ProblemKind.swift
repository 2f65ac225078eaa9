import HTTPTypes

/// Every way the service refuses, by the last path component of its RFC 9457 `type`.
///
/// The texts stand in `Pages/texts/problems.json`, under the same names.
enum ProblemKind: String, CaseIterable, Sendable {
  case malformedJSON = "malformed-json"
  case missingField = "missing-field"
  case wrongFieldType = "wrong-field-type"
  case unknownChoice = "unknown-choice"
  case outOfRange = "out-of-range"
  case invalidTime = "invalid-time"
  case invalidText = "invalid-text"
  case refusedInvalid = "not-possible"
  case malformedSDP = "malformed-sdp"
  case tokenMissing = "token-missing"
  case tokenInvalid = "token-invalid"
  case tokenExpired = "token-expired"
  case tokenRevoked = "token-revoked"
  case signatureInvalid = "signature-invalid"
  case notAllowed = "not-allowed"
  case notFound = "not-found"
  case noSuchSession = "no-such-session"
  case methodNotAllowed = "method-not-allowed"
  case conflict = "conflict"
  case wrongState = "wrong-state"
  case roomFull = "room-full"
  case tooLarge = "too-large"
  case unsupportedMediaType = "unsupported-media-type"
  case relayUnavailable = "relay-unavailable"
  case draining = "draining"
  case storeBusy = "store-busy"
  case storeFull = "store-full"
  case notReady = "not-ready"
  case away = "away"
  case internalError = "internal-error"

  /// The HTTP status it is answered with.
  var status: HTTPResponse.Status {
    switch self {
    case .malformedJSON, .missingField, .wrongFieldType, .unknownChoice, .outOfRange,
      .invalidTime, .invalidText, .malformedSDP:
      .badRequest
    case .refusedInvalid: .unprocessableContent
    case .tokenMissing, .tokenInvalid, .tokenExpired, .tokenRevoked, .signatureInvalid:
      .unauthorized
    case .notAllowed: .forbidden
    case .notFound, .noSuchSession: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .conflict, .wrongState, .roomFull: .conflict
    case .tooLarge: .contentTooLarge
    case .unsupportedMediaType: .unsupportedMediaType
    case .relayUnavailable, .draining, .storeBusy, .storeFull, .notReady, .away:
      .serviceUnavailable
    case .internalError: .internalServerError
    }
  }
}
