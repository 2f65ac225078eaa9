import COpenSSL

/// A P-256 key and the self-signed certificate over it that DTLS shows to peers (RFC 5763 §5).
struct SelfSignedCertificate: ~Copyable {
  /// The `EVP_PKEY`.
  let key: OpaquePointer
  /// The `X509`.
  let certificate: OpaquePointer

  /// Makes both.
  init() throws(DTLSIdentityError) {
    guard let key = besoeg_generate_p256() else { throw DTLSIdentityError(step: "P-256 key") }
    guard let certificate = X509_new() else {
      EVP_PKEY_free(key)
      throw DTLSIdentityError(step: "X509_new")
    }
    guard Self.fill(certificate, key) else {
      X509_free(certificate)
      EVP_PKEY_free(key)
      throw DTLSIdentityError(step: "X509_sign")
    }
    self.key = key
    self.certificate = certificate
  }

  deinit {
    X509_free(certificate)
    EVP_PKEY_free(key)
  }

  /// The certificate's SHA-256.
  func fingerprint() throws(DTLSIdentityError) -> [UInt8] {
    guard let digest = sha256(of: certificate) else { throw DTLSIdentityError(step: "X509_digest") }
    return digest
  }

  /// Fills in and signs. The name says nothing, and the validity is RFC 5280 §4.1.2.5's "no well-defined
  /// expiration": peers go by the fingerprint, and no clock is read.
  private static func fill(_ certificate: OpaquePointer, _ key: OpaquePointer) -> Bool {
    let name = X509_get_subject_name(certificate)
    return X509_set_version(certificate, 2) == 1
      && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), 1) == 1
      && ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20200101000000Z") == 1
      && ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z") == 1
      && X509_NAME_add_entry_by_txt(name, "CN", Int32(V_ASN1_UTF8STRING), "WebRTC", -1, -1, 0) == 1
      && X509_set_issuer_name(certificate, name) == 1
      && X509_set_pubkey(certificate, key) == 1
      && X509_sign(certificate, key, EVP_sha256()) > 0
  }
}

/// The SHA-256 of a certificate's DER form (RFC 8122 §5); nil if OpenSSL fails.
func sha256(of certificate: OpaquePointer) -> [UInt8]? {
  var digest = [UInt8](repeating: 0, count: 32)
  var length: UInt32 = 32
  guard X509_digest(certificate, EVP_sha256(), &digest, &length) == 1, length == 32 else {
    return nil
  }
  return digest
}
