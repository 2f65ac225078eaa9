/// What a visit's ledger says about how it went, as an outcome needs it.
public struct CallFacts: Hashable, Sendable {
  /// How often the citizen's devices were rung.
  public var rings = 0
  /// Whether anybody joined more than once without having been asked to.
  public var joinedAgain = false
  /// Whether a ring was answered.
  public var wasAnswered = false
  /// How the last ring ended that was not answered.
  public var lastRing: NotAnsweredCause?
  /// When both were first heard, in a group the worker and the first member; nil where they never
  /// were.
  public var bothHeardAt: UTCMilliseconds?
  /// Milliseconds from the answer until both were heard.
  public var setupMilliseconds: Int64?
  /// When it ended; nil where only a person said so afterwards.
  public var endedAt: UTCMilliseconds?
  /// Whether it ended by a person's word and not by a call's end.
  public var wasReported = false
  /// Who called it off, where somebody did.
  public var cancelledBy: PersonID?
  /// What was written when it was called off.
  public var cancellationNote: String?

  /// Within how long both must be heard for the first try to count, in milliseconds.
  public static let firstTryMilliseconds: Int64 = 20_000
  /// How long both must have been heard for a visit to count as held, in milliseconds.
  public static let heldMilliseconds: Int64 = 30_000

  /// The facts in `ledger`, which is `visit`'s, in order of its numbers. Read once.
  public init(of visit: Visit, ledger: some Sequence<LedgerEntry>) {
    var heard: Set<PersonID> = []
    var answeredAt: UTCMilliseconds?
    for entry in ledger {
      if let attempt = entry.attempt, attempt > 1 { joinedAgain = true }
      switch entry.kind {
      case .rung: rings += 1
      case .answered:
        wasAnswered = true
        answeredAt = answeredAt ?? entry.at
      case .declined: lastRing = .declined
      case .missed: lastRing = entry.cause == .callerGaveUp ? .callerGaveUp : .rangOut
      case .mediaConnected:
        guard entry.cause == .audio, let person = entry.participant else { continue }
        heard.insert(person)
        // The worker may be heard long before, waiting in the room.
        if bothHeardAt == nil, visit.isTogether(heard) { bothHeardAt = entry.at }
      case .ended where entry.cause == .reported: wasReported = true
      case .ended: endedAt = entry.at
      case .cancelled:
        cancelledBy = entry.participant
        cancellationNote = entry.note
      case .booked, .moved, .interrupted, .resumed, .left, .picture: continue
      }
    }
    if let bothHeardAt, let answeredAt {
      setupMilliseconds = bothHeardAt.milliseconds(since: answeredAt)
    }
  }

  /// How long both were there, in milliseconds.
  public var togetherMilliseconds: Int64 {
    guard let bothHeardAt, let endedAt else { return 0 }
    return max(0, endedAt.milliseconds(since: bothHeardAt))
  }

  /// Whether it was held.
  public var isHeld: Bool { togetherMilliseconds >= Self.heldMilliseconds }

  /// Whether the first try was enough, as far as the ledger can tell.
  public var isFirstTry: Bool {
    isHeld && rings <= 1 && !joinedAgain
      && setupMilliseconds.map { $0 <= Self.firstTryMilliseconds } ?? false
  }
}

extension Visit {
  /// Whether those heard are enough to talk: a group does not wait for a member who stays away, nor a
  /// visit for somebody who was invited to it.
  fileprivate func isTogether(_ heard: Set<PersonID>) -> Bool {
    guard heard.contains(workerID) else { return false }
    return form == .group ? heard.count > 1 : heard.contains(citizenID)
  }
}
