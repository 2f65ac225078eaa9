import COpenSSL

/// A self-signed certificate of a server and its key: for tests, for the demo, and for a first start
/// before the real certificate has come.
public struct SelfSignedServer: Sendable, Hashable {
  /// The certificate, PEM.
  public let certificate: String
  /// Its P-256 key, PEM (PKCS #8).
  public let privateKey: String

  /// Makes a key and a certificate for `host`, a host name or an IP address, good from an hour before
  /// `now` (seconds since 1970) and for `days` days.
  public init(host: String, now: Int64, days: Int64) throws(TLSError) {
    guard let name = TLSName(host) else { throw .name }
    guard let key = besoeg_generate_p256() else { throw .library("P-256 key") }
    defer { EVP_PKEY_free(key) }
    guard let x509 = X509_new() else { throw .library("X509_new") }
    defer { X509_free(x509) }
    // Browsers read the alternative name only (RFC 9525 §6.3); the common name is for people.
    let alternative = (name.isAddress ? "IP:" : "DNS:") + name.text
    let subject = X509_get_subject_name(x509)
    let hour: Int64 = 3_600
    guard X509_set_version(x509, 2) == 1,
      // Serial numbers must differ where one host has many certificates in turn.
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), .random(in: 1...(.max >> 1))) == 1,
      ASN1_TIME_set(X509_getm_notBefore(x509), Int(now - hour)) != nil,
      ASN1_TIME_set(X509_getm_notAfter(x509), Int(now + days * 24 * hour)) != nil,
      X509_NAME_add_entry_by_txt(
        subject, "CN", Int32(V_ASN1_UTF8STRING), String(name.text.prefix(64)), -1, -1, 0) == 1,
      X509_set_issuer_name(x509, subject) == 1,
      X509_set_pubkey(x509, key) == 1,
      Self.add(NID_subject_alt_name, alternative, to: x509),
      Self.add(NID_basic_constraints, "critical,CA:FALSE", to: x509),
      Self.add(NID_key_usage, "critical,digitalSignature", to: x509),
      Self.add(NID_ext_key_usage, "serverAuth", to: x509),
      X509_sign(x509, key, EVP_sha256()) > 0
    else { throw .library("X509") }
    certificate = try Self.text { PEM_write_bio_X509($0, x509) }
    privateKey = try Self.text {
      PEM_write_bio_PKCS8PrivateKey($0, key, nil, nil, 0, nil, nil)
    }
  }

  private static func add(_ extensionID: Int32, _ value: String, to x509: OpaquePointer) -> Bool {
    guard let made = X509V3_EXT_conf_nid(nil, nil, extensionID, value) else { return false }
    defer { X509_EXTENSION_free(made) }
    return X509_add_ext(x509, made, -1) == 1
  }

  private static func text(_ write: (OpaquePointer) -> Int32) throws(TLSError) -> String {
    guard let bio = BIO_new(BIO_s_mem()) else { throw .library("BIO_new") }
    defer { BIO_free(bio) }
    var bytes: UnsafeMutablePointer<CChar>?
    guard write(bio) == 1 else { throw .library("PEM_write_bio") }
    let count = besoeg_bio_contents(bio, &bytes)
    guard count > 0, let bytes else { throw .library("PEM_write_bio") }
    return String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
  }
}
