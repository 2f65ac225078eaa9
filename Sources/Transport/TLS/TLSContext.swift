import COpenSSL

/// What client and server contexts have in common: TLS 1.2 or newer, AEAD ciphers with forward
/// secrecy (RFC 9325 §4.2), no tickets, no renegotiation, no compression.
enum TLSContext {
  /// For TLS 1.2; all of TLS 1.3's suites are of this kind.
  private static let cipherList =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    + "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"

  /// The most that a peer's certificate message may weigh; a chain of four RSA certificates weighs
  /// 8 KiB.
  private static let certificateLimit = 32 * 1024

  /// A context that trusts and shows nothing yet.
  static func make() throws(TLSError) -> OpaquePointer {
    guard let context = SSL_CTX_new(TLS_method()) else { throw .library("SSL_CTX_new") }
    besoeg_ssl_ctx_limit(context, certificateLimit)
    besoeg_ssl_ctx_release_buffers(context)
    SSL_CTX_set_options(context, besoeg_ssl_options())
    guard besoeg_ssl_ctx_require_tls12(context) == 1,
      SSL_CTX_set_num_tickets(context, 0) == 1,
      SSL_CTX_set_cipher_list(context, cipherList) == 1
    else {
      SSL_CTX_free(context)
      throw .library("SSL_CTX")
    }
    return context
  }

  /// Calls `body` with a BIO that reads `text`.
  static func withReader<Result>(
    of text: String, _ body: (OpaquePointer) throws(TLSError) -> Result
  ) throws(TLSError) -> Result {
    let bytes = Array(text.utf8)
    guard let bio = BIO_new(BIO_s_mem()) else { throw .library("BIO_new") }
    defer { BIO_free(bio) }
    guard BIO_write(bio, bytes, Int32(clamping: bytes.count)) == Int32(clamping: bytes.count) else {
      throw .library("BIO_write")
    }
    return try body(bio)
  }
}
