import Testing

@testable import Transport

/// The bytes of a string of hexadecimal digits and spaces.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map {
    UInt8(digits[$0] << 4 | digits[$0 + 1])
  }
}

@Suite struct SRTPVectorTests {
  /// RFC 3711 B.2. Label 0 leaves the salt as it is, so the derivation is AES-CM with B.2's IV.
  @Test func aesCounterModeKeyStream() {
    let master = SRTPMasterKey(
      key: hex("2B7E151628AED2A6ABF7158809CF4F3C"), salt: hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"))
    let stream = SRTPKeyDerivation.derive(master, .rtpEncryption, count: 0xFF02 * 16)
    #expect(
      stream.map { Array($0[0..<48]) }
        == hex(
          """
          E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB
          41E95B3BB0A2E8DD477901E4FCA894C0
          """))
    #expect(
      stream.map { Array($0[(0xFEFF * 16)...]) }
        == hex(
          """
          EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE
          6A2CC3787889374FBEB4C81B17BA6C44
          """))
  }

  /// RFC 3711 B.3.
  @Test func keyDerivation() {
    let master = SRTPMasterKey(
      key: hex("E1F97A0D3E018BE0D64FA32C06DE4139"), salt: hex("0EC675AD498AFEEBB6960B3AABE6"))
    #expect(
      SRTPKeyDerivation.derive(master, .rtpEncryption, count: 16)
        == hex("C61E7A93744F39EE10734AFE3FF7A087"))
    #expect(
      SRTPKeyDerivation.derive(master, .rtpSalt, count: 14)
        == hex("30CBBC08863D8C85D49DB34A9AE1"))
    #expect(
      SRTPKeyDerivation.derive(master, .rtpAuthentication, count: 94)
        == hex(
          """
          CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE
          E049646C43D9327AD175578EF7227098 6371C10C9A369AC2F94A8C5FBCDDDC25
          6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2
          """))
  }

  private static let rtp = hex(
    """
    8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070
    61727465 73207472 6573
    """)
  private static let rtcp = hex(
    """
    81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef
    deadbeef deadbeef deadbeef
    """)
  private static let salt = hex("517569642070726f2071756f")

  /// RFC 7714 §16.1.1 and §16.2.1.
  @Test(arguments: [
    (
      16,
      """
      8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a
      51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce
      """
    ),
    (
      32,
      """
      8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02
      76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13
      """
    ),
  ])
  func gcmSRTP(_ keyLength: Int, _ expected: String) throws {
    let sealed = try run(
      Self.rtp, header: 12, keyLength: keyLength, ssrc: 0x5501_a0b2, index: 0xF17B, word: nil)
    #expect(sealed == hex(expected))
  }

  /// RFC 7714 §17.1.1.
  @Test func gcmSRTCP() throws {
    let sealed = try run(
      Self.rtcp, header: 8, keyLength: 16, ssrc: 0x4d61_7273, index: 0x5d4, word: 0x8000_05d4)
    #expect(
      sealed + hex("800005d4")
        == hex(
          """
          81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1
          730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4
          """))
  }

  /// Seals under the session key 00 01 02 …, opens it again, and returns what was sealed.
  private func run(
    _ packet: [UInt8], header: Int, keyLength: Int, ssrc: UInt32, index: UInt64, word: UInt32?
  ) throws -> [UInt8] {
    let key = (0..<keyLength).map { UInt8($0) }
    guard let sealer = GCMKey(sessionKey: key, sessionSalt: Self.salt, direction: .seal),
      let opener = GCMKey(sessionKey: key, sessionSalt: Self.salt, direction: .open)
    else { throw SRTPPair.Unavailable() }
    var bytes = packet + [UInt8](repeating: 0, count: 16)
    let text = packet.count - header
    let isSealed = bytes.withUnsafeMutableBytes { buffer -> Bool in
      guard let base = buffer.baseAddress else { return false }
      let associated = GCMKey.Associated(header: base, headerLength: header, trailer: word)
      return sealer.seal(
        base + header, length: text, associated: associated, ssrc: ssrc, index: index)
    }
    #expect(isSealed)
    let sealed = bytes
    let isOpened = bytes.withUnsafeMutableBytes { buffer -> Bool in
      guard let base = buffer.baseAddress else { return false }
      let associated = GCMKey.Associated(header: base, headerLength: header, trailer: word)
      return opener.open(
        base + header, length: text, tag: base + packet.count, associated: associated, ssrc: ssrc,
        index: index)
    }
    #expect(isOpened)
    #expect(Array(bytes[0..<packet.count]) == packet)
    return sealed
  }

  /// libsrtp's own reference packet: AES-CM with an 80-bit HMAC-SHA1 tag (its `srtp_validate`).
  @Test func counterModeReferencePacket() throws {
    let master = SRTPMasterKey(
      key: hex("e1f97a0d3e018be0d64fa32c06de4139"), salt: hex("0ec675ad498afeebb6960b3aabe6"))
    guard
      var library = LibrarySRTP(
        profile: .aes128CMSHA1_80, sending: master, receiving: master)
    else { throw SRTPPair.Unavailable() }
    let packet = hex("800f1234 decafbad cafebabe abababab abababab abababab abababab")
    let sealed = protect(packet) { bytes, length in
      if case .done(let length) = library.sealRTP(bytes, length: length) { length } else { nil }
    }
    #expect(
      sealed
        == hex(
          """
          800f1234 decafbad cafebabe 4e55dc4c e79978d8 8ca4d215 949d2402
          b78d6acc 99ea179b 8dbb
          """))
  }
}
