/// A certificate's hash: `a=fingerprint` (RFC 8122 §5).
public struct CertificateFingerprint: Hashable, Sendable {
  /// The hash function in lower case: `sha-256`.
  public var algorithm: String
  /// The hash.
  public var bytes: [UInt8]

  /// A fingerprint.
  public init(algorithm: String = "sha-256", bytes: [UInt8]) {
    self.algorithm = algorithm
    self.bytes = bytes
  }

  /// Reads `sha-256 4A:AD:B9:…`; nil where it is ill-formed or not as long as its function's hashes.
  init?(sdp value: Substring) {
    let parts = ASCII.fields(value)
    guard parts.count == 2, parts[1].utf8.count <= 3 * 64 else { return nil }
    algorithm = ASCII.lowercased(parts[0])
    bytes = []
    for pair in parts[1].utf8.split(
      separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    {
      guard pair.count == 2, let high = pair.first.flatMap(ASCII.hexValue),
        let low = pair.last.flatMap(ASCII.hexValue)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    if let length = Self.lengths[algorithm], bytes.count != length { return nil }
  }

  /// The value as SDP writes it.
  var sdp: String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      if !text.isEmpty { text.append(UInt8(ascii: ":")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return "\(algorithm) \(String(decoding: text, as: UTF8.self))"
  }

  /// Bytes of the hashes of RFC 8122 §5.
  private static let lengths = [
    "sha-1": 20, "sha-224": 28, "sha-256": 32, "sha-384": 48, "sha-512": 64, "md5": 16,
  ]
}
