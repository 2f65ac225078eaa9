import COpenSSL

/// The key derivation of RFC 3711 §4.3 with a derivation rate of zero: every session key follows
/// from the master key, the master salt and a label.
enum SRTPKeyDerivation {
  /// What a session key is for (RFC 3711 §4.3.2).
  enum Label: UInt8 {
    case rtpEncryption = 0
    case rtpAuthentication = 1
    case rtpSalt = 2
    case rtcpEncryption = 3
    case rtcpAuthentication = 4
    case rtcpSalt = 5
  }

  /// The first `count` bytes of the session key for `label`; nil if OpenSSL fails.
  ///
  /// `x = label · 2^48 XOR master_salt`, a 112-bit number; the key stream is that of AES-CM with the
  /// IV `x · 2^16` under the master key. RFC 7714 §11 pads its 96-bit salts with zeros on the right.
  static func derive(_ master: SRTPMasterKey, _ label: Label, count: Int) -> [UInt8]? {
    guard master.salt.count <= 14, master.key.count == 16 || master.key.count == 32,
      let context = EVP_CIPHER_CTX_new()
    else { return nil }
    defer { EVP_CIPHER_CTX_free(context) }
    var iv = master.salt + [UInt8](repeating: 0, count: 16 - master.salt.count)
    iv[7] ^= label.rawValue
    let cipher = master.key.count == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr()
    var stream = [UInt8](repeating: 0, count: count)
    var written: Int32 = 0
    let zeros = stream
    guard EVP_EncryptInit_ex(context, cipher, nil, master.key, iv) == 1,
      EVP_EncryptUpdate(context, &stream, &written, zeros, Int32(count)) == 1,
      written == count
    else { return nil }
    return stream
  }
}
