import COpenSSL

/// One TLS 1.2 or 1.3 connection over OpenSSL with memory BIOs: bytes in, bytes out, no socket
/// (RFC 8446, RFC 5246).
///
///     let taken = stream.receive(fromTheSocket)    // fewer than given: read first, then go on
///     while stream.read(into: buffer) > 0 { … }
///     let accepted = stream.write(plaintext)       // fewer than given: send first, then go on
///     stream.withOutput { toTheSocket($0) }
///
/// All it holds is bounded. Neither side of it may be given up before `withOutput` has nothing more to
/// say: the last record may be the alert that tells the peer why.
public struct TLSStream: ~Copyable {
  private enum State {
    case handshaking
    case established
    case closed
    case failed(TLSFailure)
  }

  /// The most ciphertext held unread, bytes: some whole records of 16 KiB.
  public static let inputLimit = 64 * 1024
  /// The most ciphertext held unsent before `write` takes no more, bytes.
  public static let outputLimit = 128 * 1024
  /// The most that the peer may send before the handshake is done. A ClientHello with post-quantum key
  /// shares and a chain of certificates are 10 KiB.
  private static let handshakeByteLimit = 64 * 1024
  /// The most that our answers to a peer's key updates and the like may add to `outputLimit` before
  /// no more of them are read.
  private static let answerLimit = 16 * 1024
  /// The most plaintext in one record (RFC 8446 §5.1).
  private static let recordLimit = 16 * 1024

  private let ssl: OpaquePointer
  /// Owned by `ssl`.
  private let incoming: OpaquePointer
  /// Owned by `ssl`.
  private let outgoing: OpaquePointer
  /// Kept for `ssl`, whose certificate check points into it.
  private let trust: TLSTrust?
  private var state = State.handshaking
  private var handshakeBytes = 0
  /// Whether the peer has said that it sends no more.
  public private(set) var isPeerDone = false

  /// The server's end, which waits for a ClientHello.
  public init(server identity: TLSIdentity) throws(TLSError) {
    let handle = try Self.makeHandle(identity.context)
    SSL_set_accept_state(handle.ssl)
    (ssl, incoming, outgoing) = handle
    trust = nil
  }

  /// The client's end, which has a ClientHello to send from the start. `serverName` is a host name or
  /// an IP address without brackets; the certificate must be for it, as `trust` demands.
  public init(client serverName: String, trust: TLSTrust) throws(TLSError) {
    guard let name = TLSName(serverName) else { throw .name }
    let handle = try Self.makeHandle(trust.context)
    guard Self.expect(name, verified: trust.verifiesName, by: handle.ssl) else {
      SSL_free(handle.ssl)
      throw .library("SSL_set1_host")
    }
    SSL_set_connect_state(handle.ssl)
    (ssl, incoming, outgoing) = handle
    self.trust = trust
    shakeHands()
  }

  private static func makeHandle(
    _ context: OpaquePointer
  ) throws(TLSError) -> (ssl: OpaquePointer, incoming: OpaquePointer, outgoing: OpaquePointer) {
    guard let ssl = SSL_new(context) else { throw .library("SSL_new") }
    guard let incoming = BIO_new(BIO_s_mem()) else {
      SSL_free(ssl)
      throw .library("BIO_new")
    }
    guard let outgoing = BIO_new(BIO_s_mem()) else {
      BIO_free(incoming)
      SSL_free(ssl)
      throw .library("BIO_new")
    }
    besoeg_bio_empty_means_retry(incoming)
    besoeg_bio_empty_means_retry(outgoing)
    SSL_set_bio(ssl, incoming, outgoing)
    return (ssl, incoming, outgoing)
  }

  private static func expect(_ name: TLSName, verified: Bool, by ssl: OpaquePointer) -> Bool {
    // RFC 6066 §3: an address is no server name.
    if !name.isAddress, besoeg_ssl_set_server_name(ssl, name.text) != 1 { return false }
    guard verified else { return true }
    SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
    return name.isAddress
      ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.text) == 1
      : SSL_set1_host(ssl, name.text) == 1
  }

  deinit { SSL_free(ssl) }

  // MARK: State

  /// Whether plaintext can be written.
  public var isEstablished: Bool { if case .established = state { true } else { false } }

  /// Whether it was closed by us or has failed: nothing more is read or written.
  public var isOver: Bool {
    switch state {
    case .handshaking, .established: false
    case .closed, .failed: true
    }
  }

  /// Why it failed; nil where it did not.
  public var failure: TLSFailure? { if case .failed(let failure) = state { failure } else { nil } }

  /// Bytes of ciphertext that wait to be sent.
  public var outputCount: Int { Int(clamping: BIO_ctrl_pending(outgoing)) }

  /// Bytes of ciphertext that `receive` would take now.
  public var inputRoom: Int { max(0, Self.inputLimit - Int(clamping: BIO_ctrl_pending(incoming))) }

  // MARK: Bytes

  /// Takes in ciphertext from the network and says how many bytes of it: where they are fewer than
  /// given, the rest must be offered again after a `read`. Bytes for a stream that is over are
  /// dropped.
  public mutating func receive(_ ciphertext: UnsafeRawBufferPointer) -> Int {
    guard !isOver, !isPeerDone else { return ciphertext.count }
    let count = min(inputRoom, ciphertext.count)
    guard count > 0, let base = ciphertext.baseAddress else { return 0 }
    BIO_write(incoming, base, Int32(clamping: count))
    if case .handshaking = state {
      handshakeBytes += count
      shakeHands()
      if case .handshaking = state, handshakeBytes > Self.handshakeByteLimit {
        state = .failed(.handshakeLimit)
      }
    }
    return count
  }

  /// Copies plaintext into `buffer` and says how many bytes; 0 until more has come.
  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard isEstablished, !isPeerDone, !buffer.isEmpty,
      outputCount < Self.outputLimit + Self.answerLimit
    else { return 0 }
    ERR_clear_error()
    let count = SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
    if count > 0 { return Int(count) }
    switch SSL_get_error(ssl, count) {
    case SSL_ERROR_WANT_READ: break
    case SSL_ERROR_ZERO_RETURN: isPeerDone = true
    default: fail()
    }
    return 0
  }

  /// Seals as much of `plaintext` as there is room for and says how many bytes; 0 until the handshake
  /// is done.
  public mutating func write(_ plaintext: UnsafeRawBufferPointer) -> Int {
    var taken = 0
    while isEstablished, taken < plaintext.count {
      let room = Self.outputLimit - outputCount
      let count = min(Self.recordLimit, room, plaintext.count - taken)
      guard count > 0, let base = plaintext.baseAddress else { break }
      ERR_clear_error()
      guard SSL_write(ssl, base + taken, Int32(clamping: count)) == Int32(clamping: count) else {
        fail()
        break
      }
      taken += count
    }
    return taken
  }

  /// Copies the next ciphertext for the network into `buffer` and says how many bytes.
  public mutating func nextOutput(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard !buffer.isEmpty else { return 0 }
    return max(0, Int(BIO_read(outgoing, buffer.baseAddress, Int32(clamping: buffer.count))))
  }

  /// Shows `body` all ciphertext for the network and forgets the first so many bytes of it as `body`
  /// says were sent. Not called where there is none.
  public mutating func withOutput(_ body: (UnsafeRawBufferPointer) -> Int) {
    var bytes: UnsafeMutablePointer<CChar>?
    let count = besoeg_bio_contents(outgoing, &bytes)
    guard count > 0, let bytes else { return }
    var sent = min(body(UnsafeRawBufferPointer(start: bytes, count: count)), count)
    if sent == count { return besoeg_bio_reset(outgoing) }
    withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { scratch in
      while sent > 0 {
        let read = BIO_read(outgoing, scratch.baseAddress, Int32(min(sent, scratch.count)))
        guard read > 0 else { return }
        sent -= Int(read)
      }
    }
  }

  /// Keeps its record buffers, 34 KiB, from now on: a connection that carries media is never at rest, and
  /// would take and give back each of them with every packet.
  public mutating func keepBuffers() { besoeg_ssl_keep_buffers(ssl) }

  /// Asks the peer for new keys, and has new keys itself (RFC 8446 §4.6.3): for tests.
  mutating func requestKeyUpdate() -> Bool {
    SSL_key_update(ssl, Int32(SSL_KEY_UPDATE_REQUESTED)) == 1 && SSL_do_handshake(ssl) == 1
  }

  /// Tells the peer that nothing more comes, once the handshake is done, and ends. Nothing can be read
  /// any more.
  public mutating func close() {
    guard !isOver else { return }
    if isEstablished {
      ERR_clear_error()
      SSL_shutdown(ssl)
    }
    state = .closed
  }

  // MARK: -

  private mutating func shakeHands() {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    if result == 1 {
      state = .established
    } else if SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ {
      fail()
    }
  }

  private mutating func fail() {
    state = .failed(TLSFailure(verifyResult: Int32(clamping: SSL_get_verify_result(ssl))))
  }
}

extension TLSFailure {
  /// The failure that OpenSSL's verdict on a certificate (X509_V_…) stands for.
  fileprivate init(verifyResult: Int32) {
    self =
      switch verifyResult {
      case X509_V_OK: .protocolViolation
      case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .wrongName
      case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID: .notValidNow
      default: .untrustedCertificate
      }
  }
}
