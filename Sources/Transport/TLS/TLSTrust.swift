import COpenSSL

/// Which servers a TLS client believes.
///
/// There is no way to believe just anybody. Certificates' dates are judged by OpenSSL with the wall
/// clock.
public final class TLSTrust: Sendable {
  /// What makes a server's certificate good.
  public enum Source: Sendable, Hashable {
    /// A chain to one of the machine's roots, and the right name.
    case systemRoots
    /// A chain to one of the certificates in a PEM file, and the right name.
    case file(String)
    /// Being this very certificate (PEM); its name and dates do not matter then.
    case pinned(certificate: String)
  }

  /// The `SSL_CTX` of every handshake, not changed after `init`.
  nonisolated(unsafe) let context: OpaquePointer
  /// Whether names are compared; a pinned certificate is known by itself.
  let verifiesName: Bool
  /// Kept for `context`, which points at it.
  private let pin: Pin?

  /// The SHA-256 that a pinned certificate must have.
  private final class Pin: Sendable {
    let digest: [UInt8]
    init(digest: [UInt8]) { self.digest = digest }
  }

  /// Trusts `source`.
  public init(_ source: Source) throws(TLSError) {
    context = try TLSContext.make()
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    ERR_clear_error()
    switch source {
    case .systemRoots:
      verifiesName = true
      pin = nil
      guard SSL_CTX_set_default_verify_paths(context) == 1 else { throw .roots }
    case .file(let path):
      verifiesName = true
      pin = nil
      guard SSL_CTX_load_verify_file(context, path) == 1 else { throw .roots }
    case .pinned(let certificate):
      verifiesName = false
      let pin = Pin(digest: try Self.digest(ofPEM: certificate))
      self.pin = pin
      SSL_CTX_set_cert_verify_callback(
        context,
        { store, pin in
          guard let store, let pin else { return 0 }
          let expected = Unmanaged<Pin>.fromOpaque(pin).takeUnretainedValue().digest
          guard let shown = X509_STORE_CTX_get0_cert(store), sha256(of: shown) == expected else {
            X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
            return 0
          }
          return 1
        }, Unmanaged.passUnretained(pin).toOpaque())
    }
  }

  deinit { SSL_CTX_free(context) }

  private static func digest(ofPEM text: String) throws(TLSError) -> [UInt8] {
    try TLSContext.withReader(of: text) { bio throws(TLSError) in
      guard let certificate = PEM_read_bio_X509(bio, nil, nil, nil) else { throw .certificate }
      defer { X509_free(certificate) }
      guard let digest = sha256(of: certificate) else { throw .library("X509_digest") }
      return digest
    }
  }
}
