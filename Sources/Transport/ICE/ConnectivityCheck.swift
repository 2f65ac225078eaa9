import Wire

/// Who decides which path is used (RFC 8445 §6.1.1).
enum ICERole: BitwiseCopyable {
  case controlling
  case controlled
}

/// A Binding request, ours or the peer's (RFC 8445 §7.1).
struct CheckRequest: BitwiseCopyable {
  /// Its transaction.
  var transaction: STUNTransactionID
  /// The role its sender claims; nil where it claims none.
  var claims: ICERole?
  /// Whether it carries USE-CANDIDATE.
  var nominates: Bool

  /// PRIORITY for a peer-reflexive host path (RFC 8445 §5.1.2.1, §7.1.1): type preference 110, the
  /// highest local preference, component 1. There is one component and the peer does not choose by it.
  static let priority: UInt32 = 110 << 24 | 0xFFFF << 8 | 255
}

/// An authenticated STUN message.
enum CheckMessage {
  /// The peer checks us.
  case request(CheckRequest)
  /// The peer answered a check of ours.
  case answer(STUNTransactionID)
  /// The peer refused a check of ours.
  case refusal(STUNTransactionID)
}

/// An answer that waits to be sent.
struct PendingAnswer: BitwiseCopyable {
  /// What to say.
  enum Kind {
    case success
    /// Both ends claim the same role (RFC 8445 §7.3.1.1).
    case roleConflict
  }

  /// The request's transaction.
  var transaction: STUNTransactionID
  /// Where the request came from and where to.
  var key: PathKey
  /// What the requester is told its address is.
  var mapped: SocketAddress
  /// What to say.
  var kind: Kind
  /// The credential generation that the request was under.
  var isPreviousGeneration: Bool
}
