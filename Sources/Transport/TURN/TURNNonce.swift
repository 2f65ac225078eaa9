import Wire

/// The nonce of one connection, new every so often (RFC 8489 §9.2): whoever overheard a request cannot
/// use it again on another connection, nor for long.
struct TURNNonce: Sendable {
  private let code: HMACSHA1
  private let seed: UInt64
  private let lifetime: TimeSpan
  private var issued: MonotonicTime
  private var count: UInt64 = 0
  /// The nonce that is good now.
  private(set) var text: String

  /// A connection's first nonce.
  init(secret: [UInt8], seed: UInt64, lifetime: TimeSpan, now: MonotonicTime) {
    code = HMACSHA1(key: secret.span.bytes)
    self.seed = seed
    self.lifetime = lifetime
    issued = now
    text = Self.make(code, seed, 0)
  }

  /// Makes a new one where the present one is too old.
  mutating func advance(to now: MonotonicTime) {
    guard now - issued >= lifetime else { return }
    issued = now
    count &+= 1
    text = Self.make(code, seed, count)
  }

  /// Twenty hexadecimal digits of a code over what is never the same twice.
  private static func make(_ code: HMACSHA1, _ seed: UInt64, _ count: UInt64) -> String {
    var bytes = [UInt8](repeating: 0, count: 24)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    // Unlike any user name, so that a nonce is never a password.
    raw.storeText("nonce\n  ", at: 0)
    raw.storeUInt64(seed, at: 8)
    raw.storeUInt64(count, at: 16)
    let result = code.code(of: bytes.span.bytes)
    let digits = Array("0123456789abcdef".utf8)
    let text = (0..<10).flatMap { index in
      [digits[Int(result[index] >> 4)], digits[Int(result[index] & 15)]]
    }
    return String(decoding: text, as: UTF8.self)
  }
}
