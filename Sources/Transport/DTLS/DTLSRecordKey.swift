import COpenSSL

/// What opens the peer's DTLS records without OpenSSL's `SSL`: the key and the salt of its direction
/// (RFC 5246 §6.3, RFC 5288 §3). Of all that may come once both ends have their keys only an alert
/// means anything here.
struct DTLSRecordKey {
  private let key: [UInt8]
  /// The nonce's first four bytes and eight of nothing, where each record's own eight go.
  private let salt: [UInt8]

  /// ContentType.alert (RFC 5246 §6.2.1).
  private static let alert: UInt8 = 21
  /// AlertLevel.fatal and AlertDescription.close_notify (RFC 5246 §7.2).
  private static let fatal: UInt8 = 2
  private static let closeNotify: UInt8 = 0

  /// Derives what the peer of an established `ssl` seals its records with; nil where that is not
  /// AES-GCM, or OpenSSL fails.
  init?(of ssl: OpaquePointer, role: TransportRole) {
    guard let cipher = SSL_get_current_cipher(ssl) else { return nil }
    let length: Int
    switch SSL_CIPHER_get_cipher_nid(cipher) {
    case NID_aes_128_gcm: length = 16
    case NID_aes_256_gcm: length = 32
    default: return nil
    }
    // client_write_key, server_write_key, client_write_IV, server_write_IV.
    guard let block = Self.keyBlock(of: ssl, cipher: cipher, count: 2 * length + 8) else {
      return nil
    }
    let peer = role == .relay ? 0 : 1
    key = Array(block[(peer * length)..<((peer + 1) * length)])
    let start = 2 * length + peer * 4
    salt = Array(block[start..<(start + 4)]) + [UInt8](repeating: 0, count: 8)
  }

  /// Whether a datagram holds an alert of the peer's that ends the association. A forged one opens
  /// under no key, and means nothing.
  func isClosed(by datagram: UnsafeRawBufferPointer) -> Bool {
    var start = 0
    while let length = DTLSRecord.length(in: datagram, at: start) {
      if let (level, description) = alert(
        in: UnsafeRawBufferPointer(rebasing: datagram[start..<(start + length)])),
        level == Self.fatal || description == Self.closeNotify
      {
        return true
      }
      start += length
    }
    return false
  }

  /// The alert in a record; nil where it holds none, or is not authentic.
  private func alert(in record: UnsafeRawBufferPointer) -> (level: UInt8, description: UInt8)? {
    let body = DTLSRecord.header + DTLSRecord.explicitNonce
    guard record[0] == Self.alert, record.count == body + 2 + GCMKey.tagLength,
      !DTLSRecord.isPlain(in: record, at: 0),
      let opener = GCMKey(sessionKey: key, sessionSalt: salt, direction: .open)
    else { return nil }
    var text = [record[body], record[body + 1]]
    // Sequence number, type, version and the plaintext's length are authenticated (RFC 5246 §6.2.3.3).
    let associated = Array(record[3..<11]) + record[0..<3] + [0, 2]
    let nonce = record.loadUnaligned(fromByteOffset: DTLSRecord.header, as: UInt64.self).bigEndian
    let isAuthentic = text.withUnsafeMutableBytes { text in
      associated.withUnsafeBytes { associated in
        guard let text = text.baseAddress, let header = associated.baseAddress,
          let base = record.baseAddress
        else { return false }
        // `GCMKey` lays SSRC and index into the nonce's last eight bytes (RFC 7714 §8.1).
        return opener.open(
          text, length: 2, tag: base + body + 2,
          associated: .init(header: header, headerLength: associated.count, trailer: nil),
          ssrc: UInt32(truncatingIfNeeded: nonce >> 48), index: nonce & 0xFFFF_FFFF_FFFF)
      }
    }
    return isAuthentic ? (text[0], text[1]) : nil
  }

  /// `PRF(master_secret, "key expansion", server_random + client_random)` (RFC 5246 §6.3).
  private static func keyBlock(
    of ssl: OpaquePointer, cipher: OpaquePointer, count: Int
  ) -> [UInt8]? {
    guard let session = SSL_get_session(ssl), let digest = SSL_CIPHER_get_handshake_digest(cipher),
      let context = EVP_PKEY_CTX_new_id(EVP_PKEY_TLS1_PRF, nil)
    else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var secret = [UInt8](repeating: 0, count: Int(SSL_MAX_MASTER_KEY_LENGTH))
    let secretLength = SSL_SESSION_get_master_key(session, &secret, secret.count)
    defer { OPENSSL_cleanse(&secret, secret.count) }
    let randomLength = 32
    var server = [UInt8](repeating: 0, count: randomLength)
    var client = [UInt8](repeating: 0, count: randomLength)
    guard SSL_get_server_random(ssl, &server, randomLength) == randomLength,
      SSL_get_client_random(ssl, &client, randomLength) == randomLength
    else { return nil }
    let seed = Array("key expansion".utf8) + server + client
    var block = [UInt8](repeating: 0, count: count)
    var length = count
    guard EVP_PKEY_derive_init(context) == 1,
      EVP_PKEY_CTX_set_tls1_prf_md(context, digest) == 1,
      EVP_PKEY_CTX_set1_tls1_prf_secret(context, &secret, Int32(secretLength)) == 1,
      EVP_PKEY_CTX_add1_tls1_prf_seed(context, seed, Int32(seed.count)) == 1,
      EVP_PKEY_derive(context, &block, &length) == 1, length == count
    else { return nil }
    return block
  }
}
