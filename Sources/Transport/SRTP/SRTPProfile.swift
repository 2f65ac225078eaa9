/// An SRTP protection profile (RFC 5764 §4.1.2, RFC 7714 §14.2), by its DTLS number.
public enum SRTPProfile: UInt16, Sendable, Hashable, CaseIterable {
  /// AES-CM with an 80-bit HMAC-SHA1 tag.
  case aes128CMSHA1_80 = 0x0001
  /// AES-128 in Galois counter mode with a 128-bit tag.
  case aeadAES128GCM = 0x0007
  /// AES-256 in Galois counter mode with a 128-bit tag.
  case aeadAES256GCM = 0x0008

  /// What we want, most wanted first: AES-128-GCM costs least by far.
  public static let preferred: [SRTPProfile] = [.aeadAES128GCM, .aeadAES256GCM, .aes128CMSHA1_80]

  /// The name in the IANA registry "DTLS-SRTP Protection Profiles", less its `SRTP_`.
  public var name: String {
    switch self {
    case .aes128CMSHA1_80: "AES128_CM_SHA1_80"
    case .aeadAES128GCM: "AEAD_AES_128_GCM"
    case .aeadAES256GCM: "AEAD_AES_256_GCM"
    }
  }

  /// The name by which OpenSSL knows it.
  var openSSLName: String { "SRTP_" + name }

  /// Whether it is one of RFC 7714's.
  var isGCM: Bool { self != .aes128CMSHA1_80 }

  /// The master key's length in bytes.
  var keyLength: Int { self == .aeadAES256GCM ? 32 : 16 }

  /// The master salt's length in bytes.
  var saltLength: Int { isGCM ? 12 : 14 }

  /// The authentication tag's length in bytes.
  var tagLength: Int { isGCM ? 16 : 10 }
}
