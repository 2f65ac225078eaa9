/// Where a message is on its way out of the house: never lost, never twice.
///
/// ```
///            begin            handOver             accepted          delivered
///   pending ───────▶ sending ──────────▶ handedOver ─────────▶ sent ──────────▶ delivered
///    ▲  ▲              │ sender died        │  │
///    │  └──────────────┘                    │  └ sender died: over a channel that recognises
///    └──────────── refused for now ─────────┘    repeats back to pending, otherwise uncertain
/// ```
/// Each arrow is stored before the next step is taken. Between `begin` and `handOver` nothing leaves
/// (connect, greet, name sender and receiver); after `handOver` comes the one step that cannot be
/// taken back. A sender that was thought dead and comes back finds its attempt's number used up and
/// does nothing more.
public struct Delivery: Hashable, Sendable, Codable {
  /// How long a sender has from one step to the next, in milliseconds. Longer than any time-out of
  /// the connection it uses.
  public static let leaseMilliseconds: Int64 = 120_000
  /// How long to wait after each refusal, in minutes; after the last, it has failed.
  public static let retryMinutes = [1, 2, 5, 15, 30]

  /// Where it is.
  public var state: ReminderState
  /// How often it was taken up. Also the sender's proof that it is the one who has it.
  public var attempts: Int
  /// Not before this is it tried again; also when a sender that has it counts as dead.
  public var waitUntil: UTCMilliseconds?
  /// Whether an earlier try, whose sender was not heard from again, may have arrived.
  public var mayHaveArrived: Bool
  /// When it was taken by the server or the gateway.
  public var sentAt: UTCMilliseconds?
  /// When it reached the person, where that is reported.
  public var deliveredAt: UTCMilliseconds?
  /// The gateway's own name for it.
  public var reference: String?
  /// Why it failed last: a code.
  public var failure: String?

  /// A message nobody has taken up yet.
  public init() {
    state = .pending
    attempts = 0
    mayHaveArrived = false
  }

  /// Whether a sender should take up a message that is due at `dueAt`.
  func isDue(_ dueAt: UTCMilliseconds, at now: UTCMilliseconds) -> Bool {
    state == .pending && dueAt <= now && (waitUntil ?? now) <= now
  }

  /// When it next needs a look; nil when never.
  func nextWake(dueAt: UTCMilliseconds) -> UTCMilliseconds? {
    switch state {
    case .pending: max(dueAt, waitUntil ?? dueAt)
    case .sending, .handedOver: waitUntil
    case .sent, .delivered, .failed, .uncertain, .cancelled: nil
    }
  }

  /// Not needed any longer. What may have arrived is not denied.
  var calledOff: Delivery {
    var after = self
    after.state = mayHaveArrived ? .uncertain : .cancelled
    after.waitUntil = nil
    return after
  }

  /// Given up before it left, as one that came too late. What may have arrived is not denied.
  func givenUp(_ failure: String) -> Delivery {
    guard !mayHaveArrived else { return calledOff }
    var after = self
    after.state = .failed
    after.failure = failure
    after.waitUntil = nil
    return after
  }

  /// Taken up by a sender.
  func begun(at now: UTCMilliseconds) -> Delivery {
    var after = self
    after.state = .sending
    after.attempts += 1
    after.waitUntil = now.adding(milliseconds: Self.leaseMilliseconds)
    return after
  }

  /// Whether the sender of this attempt still has it.
  func isHeld(by attempt: Int, at now: UTCMilliseconds) -> Bool {
    state == .sending && attempts == attempt && now < waitUntil ?? now
  }

  /// Just before it leaves.
  func handedOver(at now: UTCMilliseconds) -> Delivery {
    var after = self
    after.state = .handedOver
    after.waitUntil = now.adding(milliseconds: Self.leaseMilliseconds)
    return after
  }

  /// Taken by the server or the gateway; nil when that is known already.
  func accepted(attempt: Int, reference: String?, at now: UTCMilliseconds) -> Delivery? {
    // Late news is news too: the sender was thought dead, and it did arrive.
    guard attempt <= attempts, sentAt == nil else { return nil }
    switch state {
    case .handedOver: break
    case .uncertain, .pending, .sending:
      guard mayHaveArrived else { return nil }
    case .sent, .delivered, .failed, .cancelled: return nil
    }
    var after = self
    after.state = .sent
    after.sentAt = now
    after.reference = reference
    after.waitUntil = nil
    after.failure = nil
    return after
  }

  /// Refused: it certainly did not arrive. Tried again later while that makes sense; nil when this
  /// sender no longer has it.
  ///
  /// - Parameters:
  ///   - isFinal: Whether trying again is of no use, as with an unknown address.
  ///   - patience: Until when it is tried again, however often.
  func refused(
    attempt: Int, failure: String, isFinal: Bool, patience: Patience, at now: UTCMilliseconds
  ) -> Delivery? {
    guard state == .sending || state == .handedOver, attempts == attempt else { return nil }
    var after = self
    after.failure = failure
    after.waitUntil = nil
    // What an unheard-of earlier try did is as unknown as before: a repeat's refusal does not tell.
    let tries = min(attempts, Self.retryMinutes.count)
    let next = now.adding(minutes: Self.retryMinutes[max(0, tries - 1)])
    if isFinal || !patience.allows(next, attempts: attempts) {
      after.state = after.mayHaveArrived ? .uncertain : .failed
    } else {
      after.state = .pending
      after.waitUntil = next
    }
    return after
  }

  /// What becomes of it when its sender is not heard from; nil when there is nothing to do.
  ///
  /// - Parameter repeats: Whether the receiving end recognises a repeat.
  func recovered(repeats: Bool, patience: Patience, at now: UTCMilliseconds) -> Delivery? {
    guard let waitUntil, now >= waitUntil else { return nil }
    var after = self
    switch state {
    case .sending: after.state = .pending
    case .handedOver:
      after.mayHaveArrived = true
      let again = repeats && patience.allows(now, attempts: attempts)
      after.state = again ? .pending : .uncertain
    case .pending, .sent, .delivered, .failed, .uncertain, .cancelled: return nil
    }
    after.waitUntil = nil
    return after
  }

  /// The gateway's report that it reached the person, or did not; nil when it says nothing new.
  /// Reports may come twice, late and in any order: having arrived is the last word.
  func reported(delivered: Bool, failure: String?, at now: UTCMilliseconds) -> Delivery? {
    guard mayHaveArrived || state.isTold || state == .failed, state != .delivered else {
      return nil
    }
    if !delivered, state == .failed { return nil }
    var after = self
    after.state = delivered ? .delivered : .failed
    after.sentAt = sentAt ?? (delivered ? now : nil)
    after.deliveredAt = delivered ? now : nil
    after.failure = delivered ? nil : (failure ?? "undelivered")
    after.waitUntil = nil
    return after
  }
}

/// How long a message is tried again.
enum Patience: Hashable, Sendable {
  /// As often as `Delivery.retryMinutes` says, and only before a time after which it is of no use.
  case until(UTCMilliseconds)
  /// As often as `Delivery.retryMinutes` says.
  case aFewTimes
  /// Until it is taken: what has to arrive, however long the other end is away.
  case endless

  func allows(_ next: UTCMilliseconds, attempts: Int) -> Bool {
    switch self {
    case .until(let end): attempts <= Delivery.retryMinutes.count && next < end
    case .aFewTimes: attempts <= Delivery.retryMinutes.count
    case .endless: true
    }
  }
}
