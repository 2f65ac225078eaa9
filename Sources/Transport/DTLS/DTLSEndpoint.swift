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
///
/// OpenSSL's state is there from the first datagram until the peer is known to have its keys; what is
/// kept after that is our goodbye, sealed beforehand, and what the peer's is known by.
struct DTLSEndpoint: ~Copyable {
  private enum State {
    case idle
    case handshaking
    case established
    case over
  }

  /// What is left of an association once OpenSSL's state is given back.
  private struct Remainder {
    /// Opens the peer's alerts.
    var key: DTLSRecordKey
    /// A sealed `close_notify`, for when we end it.
    var goodbye: [UInt8]
  }

  private let identity: DTLSIdentity
  private let plan: DTLSPlan
  private let timers: TransportTimers
  private var connection: DTLSConnection?
  private var remainder: Remainder?
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

  /// An endpoint at rest.
  init(identity: DTLSIdentity, configuration: TransportConfiguration) {
    self.identity = identity
    plan = DTLSPlan(configuration)
    timers = configuration.timers
    connection = nil
    output = DatagramCutter(datagramLimit: configuration.datagramLimit)
    retransmitInterval = configuration.timers.firstRetransmit
  }

  /// When OpenSSL is to send a flight again; nil while it has no state.
  var timer: RetransmissionTimer? {
    switch connection {
    case .some(let connection): connection.timer
    case nil: nil
    }
  }

  /// What of the nonce stands in the peer's sealed records.
  private var explicitNonce: Int {
    switch connection {
    case .some(let connection): connection.explicitNonce
    case nil: DTLSRecord.explicitNonce
    }
  }

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
    connection = DTLSConnection(identity: identity, plan: plan)
    guard timer != nil else { return fail(.handshake) }
    deadline = now + timers.handshake
    shakeHands(now: now)
  }

  /// Takes a datagram. The caller vouches that it came over an ICE-validated path.
  mutating func receive(_ datagram: UnsafeRawBufferPointer, now: MonotonicTime) {
    guard !DTLSRecord.isForged(datagram, nonce: explicitNonce) else { return }
    if state == .idle { start(now: now) }
    switch state {
    case .idle, .over:
      return
    case .handshaking:
      handshakeBytes += datagram.count
      guard handshakeBytes <= Self.handshakeByteLimit else { return fail(.handshakeLimit) }
      connection?.feed(datagram)
      shakeHands(now: now)
      if state == .established { readRecords() }
    case .established:
      if let remainder {
        if remainder.key.isClosed(by: datagram) { endByPeer() }
        return
      }
      connection?.feed(datagram)
      // A client that still shakes hands has not had our last flight; OpenSSL sends it again.
      readRecords()
      collectOutput()
    }
    connection?.forgetInput()
  }

  /// The peer has shown that it has its keys: nothing of the handshake can be asked for again, and
  /// OpenSSL's state is given back.
  mutating func settle() {
    guard state == .established, remainder == nil else { return }
    collectOutput()
    guard let key = connection?.exportRecordKey(role: plan.role) else { return }
    var goodbye: [UInt8] = []
    connection?.shutDown()
    _ = connection?.takeOutput { goodbye = Array($0) }
    remainder = Remainder(key: key, goodbye: goodbye)
    connection = nil
  }

  /// Tells the time.
  mutating func advance(to now: MonotonicTime) {
    if let deadline, now >= deadline { return fail(.handshakeLimit) }
    guard let due = retransmitAt, now >= due else { return }
    guard connection?.retransmit() == true else { return fail(.handshakeLimit) }
    collectOutput()
    retransmitInterval = min(retransmitInterval * 2, timers.slowRetransmit)
    retransmitAt = now + retransmitInterval
  }

  /// Queues a `close_notify` and ends.
  mutating func close() {
    if state == .established {
      if let remainder {
        remainder.goodbye.withUnsafeBytes { output.append($0) }
      } else {
        connection?.shutDown()
        collectOutput()
      }
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

  private mutating func shakeHands(now: MonotonicTime) {
    let step = connection?.shakeHands() ?? .failed
    let hasSpoken = collectOutput()
    switch step {
    case .done: return establish()
    case .failed: return fail(hasDifferentPeer ? .fingerprintMismatch : .handshake)
    case .waits: break
    }
    guard timer?.isRunning == true else {
      retransmitAt = nil
      return
    }
    if hasSpoken {
      retransmitInterval = timers.firstRetransmit
      retransmitAt = now + retransmitInterval
    }
  }

  private var hasDifferentPeer: Bool {
    switch connection {
    case .some(let connection): connection.finding == .differs
    case nil: false
    }
  }

  private mutating func establish() {
    retransmitAt = nil
    deadline = nil
    guard connection?.finding == .matches else { return fail(.fingerprintMismatch) }
    guard let keys = connection?.exportKeys() else { return fail(.handshake) }
    state = .established
    outcome = .secured(keys)
  }

  private mutating func readRecords() {
    if connection?.readRecords() == false { endByPeer() }
  }

  private mutating func endByPeer() {
    outcome = .closed
    end()
  }

  /// Takes over what OpenSSL wrote, and says whether it wrote anything.
  @discardableResult
  private mutating func collectOutput() -> Bool {
    var taken = output
    let hasSpoken = connection?.takeOutput { taken.append($0) } ?? false
    output = taken
    return hasSpoken
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
