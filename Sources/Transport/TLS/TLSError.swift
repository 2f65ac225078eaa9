/// Why a certificate, a key or a set of roots cannot be used.
public enum TLSError: Error, Sendable, Hashable {
  /// The certificate chain is missing or is no PEM.
  case certificate
  /// The private key is missing, is no PEM, or is locked by a passphrase.
  case privateKey
  /// The private key is not the certificate's.
  case keyMismatch
  /// The roots are missing or are no PEM.
  case roots
  /// A name is no host name and no IP address.
  case name
  /// OpenSSL lacks something or memory ran out; the step that failed, for the log.
  case library(String)
}

/// Why a TLS stream ended in any other way than by being closed.
public enum TLSFailure: Sendable, Hashable {
  /// The peer's certificate comes from nobody whom we trust, or is not the pinned one.
  case untrustedCertificate
  /// The certificate is for another name.
  case wrongName
  /// The certificate is not valid at this time.
  case notValidNow
  /// The handshake took more bytes than any honest one.
  case handshakeLimit
  /// The peer does not speak TLS as we do, or says that it ends here.
  case protocolViolation
}
