import COpenSSL
public import Wire

/// A name that lets its holder use the TURN server for one session until a certain second, with no
/// list of users kept anywhere: `<seconds since 1970>:<worker, two hexadecimal digits>:<session>`.
///
/// The password is a code over the name under a secret that the issuer and the TURN server share (the
/// draft "REST API for access to TURN services" made this way common).
public struct TURNUserName: Sendable, Hashable {
  /// When it stops being good, seconds since 1970.
  public var expires: Int64
  /// The worker that the session lives on; the only one its data can be sent to.
  public var worker: Int
  /// The session.
  public var session: String

  /// The most bytes in a session's name.
  private static let longestSession = 64

  /// The name of `session` on `worker`, good until `expires` (seconds since 1970).
  public init(expires: Int64, worker: Int, session: String) {
    self.expires = expires
    self.worker = worker & 0xFF
    self.session = session
  }

  /// Reads a name; nil where it is not exactly one that `text` gives.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let expires = Int64(parts[0]), let worker = Int(parts[1], radix: 16),
      (0...0xFF).contains(worker), (1...Self.longestSession).contains(parts[2].utf8.count)
    else { return nil }
    self.init(expires: expires, worker: worker, session: String(parts[2]))
    // Whatever else the readers of numbers take (signs, capitals, zeros) is another name.
    guard self.text == text else { return nil }
  }

  /// The name as it travels.
  public var text: String {
    let digits = String(worker, radix: 16)
    return "\(expires):\(worker < 16 ? "0" : "")\(digits):\(session)"
  }

  /// Its password under `secret`: base64 of a HMAC-SHA1.
  public func password(under secret: [UInt8]) -> String {
    let name = Array(text.utf8)
    let code = HMACSHA1(key: secret.span.bytes).code(of: name.span.bytes)
    let bytes = code.indices.map { code[$0] }
    // Four characters for every three bytes begun, and a NUL.
    var encoded = [UInt8](repeating: 0, count: 32)
    let count = EVP_EncodeBlock(&encoded, bytes, Int32(bytes.count))
    return String(decoding: encoded.prefix(Int(count)), as: UTF8.self)
  }
}

/// The key that a long-term credential signs messages with: the MD5 of
/// `user name ":" realm ":" password` (RFC 8489 §9.2.2); nil if OpenSSL refuses.
public func longTermKey(userName: String, realm: String, password: String) -> HMACSHA1? {
  let text = Array("\(userName):\(realm):\(password)".utf8)
  var digest = [UInt8](repeating: 0, count: 16)
  var length: UInt32 = 16
  guard EVP_Digest(text, text.count, &digest, &length, EVP_md5(), nil) == 1, length == 16 else {
    return nil
  }
  return HMACSHA1(key: digest.span.bytes)
}
