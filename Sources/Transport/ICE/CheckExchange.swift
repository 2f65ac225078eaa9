import Wire

/// Binding messages, ours and the peer's, as they are read and written (RFC 8445 §7).
///
/// Which path is to be checked and when, and what an answer means for it, are others' to say.
struct CheckExchange {
  /// Answers that wait to be sent are bounded: the caller drains them after every datagram, and where
  /// there is no room the peer asks again.
  private static let answerCapacity = 16

  private let role: TransportRole
  private let tieBreaker: UInt64
  private var credentials: ICECredentialSet
  private var random: SeededGenerator
  private var answers: [PendingAnswer] = []

  /// An exchange under the first generation's credentials.
  init(configuration: TransportConfiguration, seed: UInt64) {
    role = configuration.role
    credentials = ICECredentialSet(local: configuration.local, remote: configuration.remote)
    random = SeededGenerator(seed: seed)
    tieBreaker = random.next()
  }

  /// Counts ICE restarts.
  var generation: UInt32 { credentials.generation }

  /// Begins the next generation.
  mutating func replace(local: ICECredentials, remote: ICECredentials) {
    credentials.replace(local: local, remote: remote)
  }

  /// Reads a message; nil where its integrity does not verify.
  func read(_ datagram: UnsafeRawBufferPointer) -> AuthenticatedCheck? {
    credentials.authenticate(datagram)
  }

  /// Queues the answer to a request, of which `mapped` is the source as the peer's side of any
  /// intermediary sees it: that it came, or that it claims our own role.
  mutating func answer(
    _ request: CheckRequest, over key: PathKey, mapped: SocketAddress, isPreviousGeneration: Bool
  ) {
    let isConflict = request.claims == role.iceRole
    guard answers.count < Self.answerCapacity else { return }
    answers.append(
      PendingAnswer(
        transaction: request.transaction, key: key, mapped: mapped,
        kind: isConflict ? .roleConflict : .success, isPreviousGeneration: isPreviousGeneration))
  }

  /// Writes the oldest answer that waits.
  mutating func nextAnswer(into buffer: UnsafeMutableRawBufferPointer) -> Transmit? {
    guard !answers.isEmpty else { return nil }
    let answer = answers.removeFirst()
    guard let length = credentials.write(answer, into: buffer) else { return nil }
    return Transmit(length: length, destination: answer.key.remote, localPath: answer.key.local)
  }

  /// Writes a check of ours; its length and transaction, or nil where it does not fit.
  mutating func writeCheck(
    nominates: Bool, into buffer: UnsafeMutableRawBufferPointer
  ) -> (length: Int, transaction: STUNTransactionID)? {
    let transaction = STUNTransactionID(using: &random)
    let check = CheckRequest(
      transaction: transaction, claims: role.iceRole, nominates: nominates)
    return credentials.write(check, tieBreaker: tieBreaker, into: buffer).map { ($0, transaction) }
  }
}

extension TransportRole {
  /// The ICE role that goes with it.
  var iceRole: ICERole { self == .client ? .controlling : .controlled }
}
