/// What can be asked of a visit that exists.
public enum VisitCommand: Hashable, Sendable {
  /// Ring the citizen. Repeated while it rings, it changes nothing.
  case ring
  /// The citizen answers. Repeated on the same device, it changes nothing.
  case answer
  /// The citizen declines.
  case decline(reason: String?)
  /// The ring's time may be up.
  case expireRing
  /// A participant hangs up. In a two-party visit that ends it; before the answer it ends the ring.
  case hangUp(reason: String?)
  /// Change the time or the length.
  case move(start: UTCMilliseconds?, durationMinutes: Int?)
  /// Call it off: what a person writes about it, and who wants it and why, for the outcome.
  case cancel(reason: String?, Cancellation = Cancellation())
  /// Whoever visited says that it was held where nothing here could see it: face to face, or on the
  /// telephone instead.
  case reportHeld
  /// The system ends it, for instance as abandoned.
  case end(LedgerCause)
  /// The relay reports a fact. Facts are never refused, whatever state the visit is in: they may
  /// have had to wait for the store and arrive late.
  case record(MediaReport, key: String?)

  /// The command's stable name, as the audit log has it.
  public var name: String {
    switch self {
    case .ring: "ring"
    case .answer: "answer"
    case .decline: "decline"
    case .expireRing: "expire-ring"
    case .hangUp: "hang-up"
    case .move: "move"
    case .cancel: "cancel"
    case .reportHeld: "report-held"
    case .end: "end"
    case .record: "record"
    }
  }
}

/// Who wants a visit called off, and why.
public struct Cancellation: Hashable, Sendable {
  /// Who; nil for whoever says so.
  public var by: Canceller?
  /// Why; nil where nobody was asked.
  public var because: CancellationReason?

  /// A cancellation.
  public init(by: Canceller? = nil, because: CancellationReason? = nil) {
    self.by = by
    self.because = because
  }
}

/// What a command does to a visit.
public struct VisitChange: Hashable, Sendable {
  /// The visit afterwards.
  public var visit: Visit
  /// What to write in the ledger, in order. Empty when the command changes nothing.
  public var entries: [LedgerDraft]

  /// A change.
  public init(visit: Visit, entries: [LedgerDraft]) {
    self.visit = visit
    self.entries = entries
  }
}
