import COpenSSL

/// A server's certificate chain and private key, shared by every stream it accepts.
public final class TLSIdentity: Sendable {
  /// The `SSL_CTX` of every handshake. OpenSSL counts its references atomically and it is not changed
  /// after `init`, so threads may share it.
  nonisolated(unsafe) let context: OpaquePointer

  /// Loads a PEM file with the chain, the server's own certificate first, and one with its key.
  public init(certificateFile: String, privateKeyFile: String) throws(TLSError) {
    context = try TLSContext.make()
    ERR_clear_error()
    // Nobody is there to be asked for a passphrase.
    SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
    guard SSL_CTX_use_certificate_chain_file(context, certificateFile) == 1 else {
      throw .certificate
    }
    guard SSL_CTX_use_PrivateKey_file(context, privateKeyFile, SSL_FILETYPE_PEM) == 1 else {
      // The key is compared with the certificate as it is loaded.
      throw Self.isMismatch ? .keyMismatch : .privateKey
    }
    guard SSL_CTX_check_private_key(context) == 1 else { throw .keyMismatch }
    SSL_CTX_set_alpn_select_cb(
      context,
      { _, selected, length, offered, offeredLength, _ in
        selectProtocol(selected, length, offered, offeredLength)
      }, nil)
  }

  deinit { SSL_CTX_free(context) }

  private static var isMismatch: Bool {
    let error = ERR_get_error()
    let reason = Int32(truncatingIfNeeded: error & 0x7F_FFFF)
    return reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH
  }
}

/// What this server speaks inside TLS and has an ALPN name for (RFC 7301 §6, RFC 7443 §4).
private let protocols: [StaticString] = ["http/1.1", "stun.turn"]

/// Picks the first protocol in the client's list that is ours; a client whose list has none of them
/// goes on without, as one that sent no list does.
private func selectProtocol(
  _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ length: UnsafeMutablePointer<UInt8>?,
  _ offered: UnsafePointer<UInt8>?, _ offeredLength: UInt32
) -> Int32 {
  // The list is a length byte and that many bytes, again and again (RFC 7301 §3.1).
  let list = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
  var start = 0
  while start < list.count {
    let end = start + 1 + Int(list[start])
    guard end <= list.count else { break }
    let name = list[(start + 1)..<end]
    let isOurs = protocols.contains { known in
      known.withUTF8Buffer { $0.elementsEqual(name) }
    }
    if isOurs, let base = list.baseAddress {
      selected?.pointee = base + start + 1
      length?.pointee = list[start]
      return SSL_TLSEXT_ERR_OK
    }
    start = end
  }
  return SSL_TLSEXT_ERR_NOACK
}
