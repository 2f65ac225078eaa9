import Wire

/// Both ends' credentials, as checks are authenticated and written with them (RFC 8445 §7.2.2, §7.3).
///
/// After an ICE restart the previous generation's are still understood, since the peer learns of the
/// new ones later than we do; checks of our own always use the new ones.
struct ICECredentialSet {
  /// One generation's credentials.
  private struct Generation {
    /// USERNAME of the peer's checks: our fragment, a colon, the peer's.
    let incoming: String
    /// USERNAME of our checks.
    let outgoing: String
    /// Keys the peer's checks and our answers.
    let localKey: HMACSHA1
    /// Keys our checks and the peer's answers.
    let remoteKey: HMACSHA1

    init(local: ICECredentials, remote: ICECredentials) {
      incoming = local.ufrag + ":" + remote.ufrag
      outgoing = remote.ufrag + ":" + local.ufrag
      localKey = HMACSHA1(password: local.password)
      remoteKey = HMACSHA1(password: remote.password)
    }
  }

  /// Counts restarts.
  private(set) var generation: UInt32 = 0
  private var current: Generation
  private var previous: Generation?

  /// The first generation.
  init(local: ICECredentials, remote: ICECredentials) {
    current = Generation(local: local, remote: remote)
  }

  /// Begins the next generation.
  mutating func replace(local: ICECredentials, remote: ICECredentials) {
    previous = current
    current = Generation(local: local, remote: remote)
    generation &+= 1
  }

  /// Reads a Binding message and checks it; nil where it is not one, or USERNAME, MESSAGE-INTEGRITY or
  /// FINGERPRINT is missing or wrong. Nothing is ever answered then.
  func authenticate(_ datagram: UnsafeRawBufferPointer) -> AuthenticatedCheck? {
    let bytes = datagram.bytes
    guard let message = try? STUNMessage(parsing: bytes), message.method == .binding,
      message.verifyFingerprint(in: bytes), message.unknownRequired == nil
    else { return nil }
    if let checked = check(message, bytes, current, isPrevious: false) { return checked }
    guard let previous else { return nil }
    return check(message, bytes, previous, isPrevious: true)
  }

  private func check(
    _ message: STUNMessage, _ bytes: RawSpan, _ generation: Generation, isPrevious: Bool
  ) -> AuthenticatedCheck? {
    let transaction = message.transactionID
    switch message.messageClass {
    case .request:
      guard let username = message.username, bytes.isEqual(username, to: generation.incoming),
        message.verifyIntegrity(key: generation.localKey, in: bytes)
      else { return nil }
      let claims: ICERole? =
        message.iceControlling != nil
        ? .controlling : (message.iceControlled != nil ? .controlled : nil)
      let request = CheckRequest(
        transaction: transaction, claims: claims, nominates: message.usesCandidate)
      return AuthenticatedCheck(message: .request(request), isPreviousGeneration: isPrevious)
    case .success, .error:
      guard message.verifyIntegrity(key: generation.remoteKey, in: bytes) else { return nil }
      return AuthenticatedCheck(
        message: message.messageClass == .success ? .answer(transaction) : .refusal(transaction),
        isPreviousGeneration: isPrevious)
    case .indication:
      return nil
    }
  }

  /// Writes a check of ours and returns its length; nil where it does not fit.
  func write(
    _ check: CheckRequest, tieBreaker: UInt64, into buffer: UnsafeMutableRawBufferPointer
  ) -> Int? {
    var bytes = buffer.mutableBytes
    var writer = STUNWriter(.request, transactionID: check.transaction, into: &bytes)
    writer.add(username: current.outgoing, to: &bytes)
    writer.add(priority: CheckRequest.priority, to: &bytes)
    switch check.claims {
    case .controlling: writer.add(iceControlling: tieBreaker, to: &bytes)
    case .controlled: writer.add(iceControlled: tieBreaker, to: &bytes)
    case nil: break
    }
    if check.nominates { writer.addUseCandidate(to: &bytes) }
    writer.addIntegrity(key: current.remoteKey, to: &bytes)
    writer.addFingerprint(to: &bytes)
    return writer.finish(in: &bytes)
  }

  /// Writes an answer of ours and returns its length; nil where it does not fit.
  ///
  /// It is shorter than the request was: a mapped address, or an error, in place of USERNAME and PRIORITY.
  func write(_ answer: PendingAnswer, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let key = (answer.isPreviousGeneration ? previous : nil)?.localKey ?? current.localKey
    var bytes = buffer.mutableBytes
    let messageClass: STUNClass = answer.kind == .success ? .success : .error
    var writer = STUNWriter(messageClass, transactionID: answer.transaction, into: &bytes)
    switch answer.kind {
    case .success: writer.add(mappedAddress: answer.mapped, to: &bytes)
    case .roleConflict: writer.add(errorCode: 487, reason: "Role Conflict", to: &bytes)
    }
    writer.addIntegrity(key: key, to: &bytes)
    writer.addFingerprint(to: &bytes)
    return writer.finish(in: &bytes)
  }
}

/// A STUN message whose integrity has been verified.
struct AuthenticatedCheck {
  /// What it says.
  var message: CheckMessage
  /// Whether it was under the credentials from before the last restart.
  var isPreviousGeneration: Bool
}
