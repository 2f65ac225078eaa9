import COpenSSL

/// Why a certificate or its context could not be made: OpenSSL lacks something, or memory ran out.
public struct DTLSIdentityError: Error, Sendable, Hashable {
  /// The step that failed, for the log.
  public var step: String
}

/// A process's DTLS certificate: self-signed ECDSA P-256, made once and shared by every path.
public final class DTLSIdentity: Sendable {
  /// The certificate's SHA-256, for `a=fingerprint` (RFC 8122), 32 bytes.
  public let fingerprint: [UInt8]

  /// The `SSL_CTX` that every handshake starts from. OpenSSL counts its references atomically and it
  /// is not changed after `init`, so threads may share it.
  nonisolated(unsafe) let context: OpaquePointer

  /// Makes a key and a certificate.
  public init() throws(DTLSIdentityError) {
    let certificate = try SelfSignedCertificate()
    fingerprint = try certificate.fingerprint()
    context = try Self.makeContext(certificate)
  }

  deinit { SSL_CTX_free(context) }

  /// ECDHE with AES-GCM or ChaCha20 only; the peer's certificate may be ECDSA or RSA.
  private static let cipherList =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"

  /// The most that a peer's certificate message may weigh; WebRTC's certificates weigh under 1 KiB.
  private static let certificateLimit = 16 * 1024

  private static func makeContext(
    _ certificate: borrowing SelfSignedCertificate
  ) throws(DTLSIdentityError) -> OpaquePointer {
    guard let context = SSL_CTX_new(DTLS_method()) else {
      throw DTLSIdentityError(step: "SSL_CTX_new")
    }
    besoeg_ssl_ctx_limit(context, certificateLimit)
    SSL_CTX_set_options(context, besoeg_ssl_options())
    // Both ends must show a certificate (RFC 5763 §5); what counts is its fingerprint alone.
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    SSL_CTX_set_cert_verify_callback(context, { store, _ in verifyPeerCertificate(store) }, nil)
    guard besoeg_ssl_ctx_require_dtls12(context) == 1,
      SSL_CTX_set_cipher_list(context, cipherList) == 1,
      SSL_CTX_use_certificate(context, certificate.certificate) == 1,
      SSL_CTX_use_PrivateKey(context, certificate.key) == 1
    else {
      SSL_CTX_free(context)
      throw DTLSIdentityError(step: "SSL_CTX")
    }
    return context
  }
}
