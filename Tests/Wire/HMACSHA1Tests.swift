import Testing
import Wire

/// RFC 2202 §3.
@Suite("HMAC-SHA1")
struct HMACSHA1Tests {
  private func code(_ key: [UInt8], _ data: [UInt8]) -> [UInt8] {
    let code = HMACSHA1(key: key.span.bytes).code(of: data.span.bytes)
    return (0..<HMACSHA1.length).map { code[$0] }
  }

  @Test("the seven vectors of RFC 2202")
  func vectors() {
    let aa = { (count: Int) in [UInt8](repeating: 0xAA, count: count) }
    #expect(
      code([UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8))
        == hex("b617318655057264e28bc0b6fb378c8ef146be00"))
    #expect(
      code(Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        == hex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"))
    #expect(
      code(aa(20), [UInt8](repeating: 0xDD, count: 50))
        == hex("125d7342b9ac11cd91a39af48aa17b4f63f175d3"))
    #expect(
      code(Array(1...25), [UInt8](repeating: 0xCD, count: 50))
        == hex("4c9007f4026250c6bc8414f9bf50c86c2d7235da"))
    #expect(
      code([UInt8](repeating: 0x0C, count: 20), Array("Test With Truncation".utf8))
        == hex("4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"))
    #expect(
      code(aa(80), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        == hex("aa4ae5e15272d00e95705637ce8a3b55ed402112"))
    #expect(
      code(
        aa(80),
        Array("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data".utf8))
        == hex("e8e99d0f45237d786d6bbaa7965c7808bbff1a91"))
  }

  @Test("a key of exactly one block is used as it is")
  func blockLongKey() {
    #expect(
      code([UInt8](repeating: 0x61, count: 64), Array("data".utf8))
        == hex("80bd1fcd36fa226d01a0d6814401ffdcf67a2cef"))
  }

  @Test("every length of data around a block's")
  func lengths() {
    // The code of codes of 0 … 199 bytes, as computed by an independent implementation.
    var all: [UInt8] = []
    for length in 0..<200 {
      all += code(Array("key".utf8), (0..<length).map { UInt8($0) })
    }
    #expect(code([], all) == hex("c48fa4c7d8e0b83bbf6a4371119253b5d99ba75d"))
  }
}
