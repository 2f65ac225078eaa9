import COpenSSL
import Wire

/// OpenSSL's part of one DTLS association: an `SSL` between two memory BIOs, and what hangs on it.
///
/// It weighs some 75 KiB, of which most is buffers for a handshake that OpenSSL keeps as long as the
/// `SSL` lives. So it is made when the handshake begins and given back as soon as both ends have their
/// keys; see `DTLSEndpoint.settle`.
struct DTLSConnection: ~Copyable {
  /// What came of going on with a handshake.
  enum Step {
    case done
    case waits
    case failed
  }

  private let ssl: OpaquePointer
  /// Owned by `ssl`.
  private let incoming: OpaquePointer
  /// Owned by `ssl`.
  private let outgoing: OpaquePointer
  private let peer: PeerCertificate
  /// When OpenSSL is to send a flight again.
  let timer = RetransmissionTimer()

  /// A connection that has said nothing; nil if OpenSSL fails.
  init?(identity: DTLSIdentity, plan: DTLSPlan) {
    guard let ssl = SSL_new(identity.context) else { return nil }
    guard let incoming = BIO_new(BIO_s_mem()) else {
      SSL_free(ssl)
      return nil
    }
    guard let outgoing = BIO_new(BIO_s_mem()) else {
      BIO_free(incoming)
      SSL_free(ssl)
      return nil
    }
    besoeg_bio_empty_means_retry(incoming)
    besoeg_bio_empty_means_retry(outgoing)
    SSL_set_bio(ssl, incoming, outgoing)
    let peer = PeerCertificate(expected: plan.remoteFingerprint)
    let profiles = plan.profiles.map(\.openSSLName).joined(separator: ":")
    // Alone of OpenSSL's setters, SSL_set_tlsext_use_srtp returns 0 for success.
    guard peer.attach(to: ssl), SSL_set_tlsext_use_srtp(ssl, profiles) == 0 else {
      SSL_free(ssl)
      return nil
    }
    besoeg_ssl_set_mtu(ssl, plan.datagramLimit)
    timer.attach(to: ssl, reading: incoming)
    switch plan.role {
    case .relay: SSL_set_accept_state(ssl)
    case .client: SSL_set_connect_state(ssl)
    }
    self.ssl = ssl
    self.incoming = incoming
    self.outgoing = outgoing
    self.peer = peer
  }

  deinit { SSL_free(ssl) }

  /// What the peer's certificate turned out to be.
  var finding: PeerCertificate.Finding { peer.finding }

  /// What of the nonce stands in sealed records: all of ChaCha20's is implicit (RFC 7905 §2). Until a cipher
  /// is agreed, AES-GCM's.
  var explicitNonce: Int {
    guard let cipher = SSL_get_current_cipher(ssl),
      SSL_CIPHER_get_cipher_nid(cipher) == NID_chacha20_poly1305
    else { return DTLSRecord.explicitNonce }
    return 0
  }

  /// Puts a datagram where OpenSSL reads it.
  mutating func feed(_ datagram: UnsafeRawBufferPointer) {
    BIO_write(incoming, datagram.baseAddress, Int32(datagram.count))
  }

  /// Forgets what is left of a datagram: it is whole or worthless, and nothing of it may be read
  /// together with the next.
  mutating func forgetInput() { besoeg_bio_reset(incoming) }

  /// Goes on with the handshake.
  mutating func shakeHands() -> Step {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    if result == 1 { return .done }
    return SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ ? .waits : .failed
  }

  /// Sends the last flight again; false where OpenSSL has given up.
  mutating func retransmit() -> Bool {
    ERR_clear_error()
    return timer.expire(ssl)
  }

  /// Lets OpenSSL handle what comes after the handshake: retransmissions of it and alerts. Nothing
  /// sends application data here; it is read and dropped. False where that ended it.
  mutating func readRecords() -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 2_048, alignment: 1) { scratch in
      ERR_clear_error()
      while true {
        let count = SSL_read(ssl, scratch.baseAddress, Int32(scratch.count))
        if count > 0 { continue }
        return SSL_get_error(ssl, count) == SSL_ERROR_WANT_READ
      }
    }
  }

  /// Writes a `close_notify`.
  mutating func shutDown() {
    ERR_clear_error()
    SSL_shutdown(ssl)
  }

  /// Hands what OpenSSL wrote to `body`, and says whether there was anything.
  mutating func takeOutput(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    var bytes: UnsafeMutablePointer<CChar>?
    let count = besoeg_bio_contents(outgoing, &bytes)
    guard count > 0, let bytes else { return false }
    body(UnsafeRawBufferPointer(start: bytes, count: count))
    besoeg_bio_reset(outgoing)
    return true
  }

  /// The keys for SRTP (RFC 5764 §4.2); nil where no profile was agreed.
  func exportKeys() -> SRTPKeys? {
    guard let selected = SSL_get_selected_srtp_profile(ssl),
      let profile = SRTPProfile(rawValue: UInt16(truncatingIfNeeded: selected.pointee.id))
    else { return nil }
    let label = "EXTRACTOR-dtls_srtp"
    var material = [UInt8](repeating: 0, count: SRTPKeys.exportedLength(profile))
    guard
      SSL_export_keying_material(
        ssl, &material, material.count, label, label.utf8.count, nil, 0, 0) == 1
    else { return nil }
    return SRTPKeys(exported: material, profile: profile)
  }

  /// What opens the peer's records once this is gone; nil where the agreed cipher is not AES-GCM.
  func exportRecordKey(role: TransportRole) -> DTLSRecordKey? {
    DTLSRecordKey(of: ssl, role: role)
  }
}

/// What a DTLS association is set up with.
struct DTLSPlan {
  /// Which end this is: the relay listens, the client begins.
  let role: TransportRole
  /// The peer certificate's SHA-256.
  let remoteFingerprint: [UInt8]
  /// SRTP protection profiles, most wanted first.
  let profiles: [SRTPProfile]
  /// The largest datagram sent, in bytes of UDP payload.
  let datagramLimit: Int

  /// The part of a transport's configuration that concerns DTLS.
  init(_ configuration: TransportConfiguration) {
    role = configuration.role
    remoteFingerprint = configuration.remoteFingerprint
    profiles = configuration.profiles
    datagramLimit = configuration.datagramLimit
  }
}
