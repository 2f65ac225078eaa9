import COpenSSL
import Wire

/// What a DTLS endpoint has to say, once each.
enum DTLSOutcome {
  /// The handshake is done: SRTP may start under these keys.
  case secured(SRTPKeys)
  /// It is over.
  case failed(TransportFailure)
  /// The peer closed it.
  case closed
}

/// One DTLS 1.2 association over OpenSSL with memory BIOs (RFC 6347, RFC 5764).
struct DTLSEndpoint: ~Copyable {
  private enum State {
    case idle
    case handshaking
    case established
    case over
  }

  private let ssl: OpaquePointer
  /// Owned by `ssl`.
  private let incoming: OpaquePointer
  /// Owned by `ssl`.
  private let outgoing: OpaquePointer
  private let peer: PeerCertificate
  /// When OpenSSL is to send a flight again.
  let timer = RetransmissionTimer()
  private let timers: TransportTimers
  private var state = State.idle
  private var output: DatagramCutter
  private var retransmitAt: MonotonicTime?
  private var retransmitInterval: TimeSpan
  private var deadline: MonotonicTime?
  private var handshakeBytes = 0
  private var outcome: DTLSOutcome?

  /// The most that a peer may send before the handshake is done. Two flights with a post-quantum key
  /// share and a certificate are 3 KiB; this leaves room for many retransmissions.
  private static let handshakeByteLimit = 128 * 1024

  /// An endpoint at rest; nil if OpenSSL fails.
  init?(identity: DTLSIdentity, configuration: TransportConfiguration) {
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
    let peer = PeerCertificate(expected: configuration.remoteFingerprint)
    let profiles = configuration.profiles.map(\.openSSLName).joined(separator: ":")
    // Alone of OpenSSL's setters, SSL_set_tlsext_use_srtp returns 0 for success.
    guard peer.attach(to: ssl), SSL_set_tlsext_use_srtp(ssl, profiles) == 0 else {
      SSL_free(ssl)
      return nil
    }
    besoeg_ssl_set_mtu(ssl, configuration.datagramLimit)
    timer.attach(to: ssl, reading: incoming)
    switch configuration.role {
    case .relay: SSL_set_accept_state(ssl)
    case .client: SSL_set_connect_state(ssl)
    }
    self.ssl = ssl
    self.incoming = incoming
    self.outgoing = outgoing
    self.peer = peer
    timers = configuration.timers
    output = DatagramCutter(datagramLimit: configuration.datagramLimit)
    retransmitInterval = configuration.timers.firstRetransmit
  }

  deinit { SSL_free(ssl) }

  /// Whether a handshake has begun.
  var hasStarted: Bool { state != .idle }

  /// When `advance` is wanted.
  var nextWake: MonotonicTime? {
    guard let retransmitAt else { return deadline }
    guard let deadline else { return retransmitAt }
    return min(retransmitAt, deadline)
  }

  /// Begins the handshake: the client speaks, the server listens.
  mutating func start(now: MonotonicTime) {
    guard state == .idle else { return }
    state = .handshaking
    deadline = now + timers.handshake
    shakeHands(now: now)
  }

  /// Takes a datagram. The caller vouches that it came over an ICE-validated path.
  mutating func receive(_ datagram: UnsafeRawBufferPointer, now: MonotonicTime) {
    if state == .idle { start(now: now) }
    switch state {
    case .idle, .over:
      return
    case .handshaking:
      handshakeBytes += datagram.count
      guard handshakeBytes <= Self.handshakeByteLimit else { return fail(.handshakeLimit) }
      feed(datagram)
      shakeHands(now: now)
      if state == .established { readRecords() }
    case .established:
      feed(datagram)
      // A client that still shakes hands has not had our last flight; OpenSSL sends it again.
      readRecords()
      collectOutput()
    }
    // A datagram is whole or worthless: nothing of it may be read together with the next.
    besoeg_bio_reset(incoming)
  }

  /// Tells the time.
  mutating func advance(to now: MonotonicTime) {
    if let deadline, now >= deadline { return fail(.handshakeLimit) }
    guard let due = retransmitAt, now >= due else { return }
    ERR_clear_error()
    guard timer.expire(ssl) else { return fail(.handshakeLimit) }
    collectOutput()
    retransmitInterval = min(retransmitInterval * 2, timers.slowRetransmit)
    retransmitAt = now + retransmitInterval
  }

  /// Queues a `close_notify` and ends.
  mutating func close() {
    if state == .established {
      ERR_clear_error()
      SSL_shutdown(ssl)
      collectOutput()
    }
    end()
  }

  /// The next datagram to send.
  mutating func nextDatagram(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    output.nextDatagram(into: buffer)
  }

  /// The next thing it has to say.
  mutating func takeOutcome() -> DTLSOutcome? {
    defer { outcome = nil }
    return outcome
  }

  // MARK: -

  private func feed(_ datagram: UnsafeRawBufferPointer) {
    BIO_write(incoming, datagram.baseAddress, Int32(datagram.count))
  }

  private mutating func shakeHands(now: MonotonicTime) {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    let hasSpoken = collectOutput()
    if result == 1 { return establish() }
    guard SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ else {
      return fail(peer.finding == .differs ? .fingerprintMismatch : .handshake)
    }
    guard timer.isRunning else {
      retransmitAt = nil
      return
    }
    if hasSpoken {
      retransmitInterval = timers.firstRetransmit
      retransmitAt = now + retransmitInterval
    }
  }

  private mutating func establish() {
    retransmitAt = nil
    deadline = nil
    guard peer.finding == .matches else { return fail(.fingerprintMismatch) }
    guard let selected = SSL_get_selected_srtp_profile(ssl),
      let profile = SRTPProfile(rawValue: UInt16(truncatingIfNeeded: selected.pointee.id)),
      let keys = exportKeys(profile)
    else { return fail(.handshake) }
    state = .established
    outcome = .secured(keys)
  }

  /// RFC 5764 §4.2.
  private func exportKeys(_ profile: SRTPProfile) -> SRTPKeys? {
    let label = "EXTRACTOR-dtls_srtp"
    var material = [UInt8](repeating: 0, count: SRTPKeys.exportedLength(profile))
    guard
      SSL_export_keying_material(
        ssl, &material, material.count, label, label.utf8.count, nil, 0, 0) == 1
    else { return nil }
    return SRTPKeys(exported: material, profile: profile)
  }

  /// Lets OpenSSL handle what comes after the handshake: retransmissions of it and alerts. Nothing
  /// sends application data here; it is read and dropped.
  private mutating func readRecords() {
    withUnsafeTemporaryAllocation(byteCount: 2_048, alignment: 1) { scratch in
      ERR_clear_error()
      while true {
        let count = SSL_read(ssl, scratch.baseAddress, Int32(scratch.count))
        if count > 0 { continue }
        guard SSL_get_error(ssl, count) != SSL_ERROR_WANT_READ else { return }
        outcome = .closed
        end()
        return
      }
    }
  }

  /// Takes over what OpenSSL wrote, and says whether it wrote anything.
  @discardableResult
  private mutating func collectOutput() -> Bool {
    var bytes: UnsafeMutablePointer<CChar>?
    let count = besoeg_bio_contents(outgoing, &bytes)
    guard count > 0, let bytes else { return false }
    output.append(UnsafeRawBufferPointer(start: bytes, count: count))
    besoeg_bio_reset(outgoing)
    return true
  }

  private mutating func fail(_ reason: TransportFailure) {
    outcome = .failed(reason)
    end()
  }

  private mutating func end() {
    state = .over
    retransmitAt = nil
    deadline = nil
  }
}
