/// HMAC-SHA1 (RFC 2104) with the key already absorbed: keep one per ICE password.
public struct HMACSHA1: Sendable, BitwiseCopyable {
  /// Bytes of a code.
  public static let length = 20

  private var inner = SHA1()
  private var outer = SHA1()

  /// A key of any length.
  public init(key: RawSpan) {
    var padded = InlineArray<64, UInt8>(repeating: 0)
    if key.byteCount <= SHA1.blockLength {
      for index in 0..<key.byteCount { padded[index] = key.loadUInt8(at: index) }
    } else {
      var hash = SHA1()
      hash.update(key, 0..<key.byteCount)
      let digest = hash.finish()
      for index in 0..<SHA1.digestLength { padded[index] = digest[index] }
    }
    for index in 0..<SHA1.blockLength {
      inner.update(padded[index] ^ 0x36)
      outer.update(padded[index] ^ 0x5C)
    }
  }

  /// A key given as text: an ICE password (RFC 8445 §7.2.2; ICE characters need no SASLprep).
  public init(password: String) {
    let utf8 = [UInt8](password.utf8)
    unsafe self.init(key: utf8.span.bytes)
  }

  /// The code of `bytes`.
  public func code(of bytes: RawSpan) -> InlineArray<20, UInt8> {
    var hash = inner
    hash.update(bytes, 0..<bytes.byteCount)
    return finish(hash)
  }

  /// The code of a STUN message from `start` up to `end`, with its length field taken to be `length`
  /// (RFC 8489 §14.5).
  func code(
    ofMessageIn bytes: RawSpan, from start: Int, to end: Int, length: Int
  ) -> InlineArray<20, UInt8> {
    var hash = inner
    hash.update(bytes, start..<(start &+ 2))
    hash.update(UInt8(truncatingIfNeeded: length >> 8))
    hash.update(UInt8(truncatingIfNeeded: length))
    hash.update(bytes, (start &+ 4)..<end)
    return finish(hash)
  }

  private func finish(_ hash: SHA1) -> InlineArray<20, UInt8> {
    let digest = hash.finish()
    var outer = outer
    for index in 0..<SHA1.digestLength { outer.update(digest[index]) }
    return outer.finish()
  }
}
