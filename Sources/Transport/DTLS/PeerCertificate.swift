import COpenSSL

/// What a handshake expects of the peer's certificate, and what it found.
///
/// It hangs on the `SSL` as its application data, so that the certificate is judged inside the
/// handshake: a wrong one is answered with an alert, and no key is ever derived.
final class PeerCertificate {
  /// What the peer's certificate turned out to be.
  enum Finding {
    case notSeen
    case matches
    case differs
  }

  private let expected: [UInt8]
  private(set) var finding = Finding.notSeen

  /// Expects a certificate with this SHA-256.
  init(expected: [UInt8]) { self.expected = expected }

  /// Judges `certificate`.
  func judge(_ certificate: OpaquePointer?) -> Bool {
    guard let certificate, let digest = sha256(of: certificate), expected.count == 32,
      digest == expected
    else {
      finding = .differs
      return false
    }
    finding = .matches
    return true
  }

  /// Hangs itself on `ssl`, which does not keep it alive: whoever owns the `SSL` does.
  func attach(to ssl: OpaquePointer) -> Bool {
    SSL_set_ex_data(ssl, Self.applicationData, Unmanaged.passUnretained(self).toOpaque()) == 1
  }

  /// The one on `ssl`.
  static func attached(to ssl: OpaquePointer?) -> PeerCertificate? {
    guard let ssl, let pointer = SSL_get_ex_data(ssl, applicationData) else { return nil }
    return Unmanaged<PeerCertificate>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// OpenSSL reserves index 0 for the application (SSL_set_app_data is a macro over it).
  private static let applicationData: Int32 = 0
}

/// OpenSSL's certificate check, replaced whole: no chain, no names, no dates, only the fingerprint.
func verifyPeerCertificate(_ store: OpaquePointer?) -> Int32 {
  guard let store,
    let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
    let peer = PeerCertificate.attached(to: OpaquePointer(ssl)),
    peer.judge(X509_STORE_CTX_get0_cert(store))
  else {
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
    return 0
  }
  return 1
}
