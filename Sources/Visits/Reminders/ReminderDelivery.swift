/// The way of a message out of the house: never lost, never twice.
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
extension Reminder {
  /// How long a sender has from one step to the next, in milliseconds. Longer than any time-out of
  /// the connection it uses.
  public static let leaseMilliseconds: Int64 = 120_000
  /// How long to wait after each refusal, in minutes; after the last, it has failed.
  public static let retryMinutes = [1, 2, 5, 15, 30]

  /// Whether a sender should take it up now.
  public func isDue(at now: UTCMilliseconds) -> Bool {
    state == .pending && dueAt <= now && (waitUntil ?? now) <= now
  }

  /// When it next needs a look; nil when never.
  public var nextWake: UTCMilliseconds? {
    switch state {
    case .pending: max(dueAt, waitUntil ?? dueAt)
    case .sending, .handedOver: waitUntil
    case .sent, .delivered, .failed, .uncertain, .cancelled: nil
    }
  }

  /// Not needed any longer. What may have arrived is not denied.
  var calledOff: Reminder {
    var reminder = self
    reminder.state = mayHaveArrived ? .uncertain : .cancelled
    reminder.waitUntil = nil
    return reminder
  }

  /// The message as a sender takes it up (`sending`), or as it becomes instead because what it says
  /// is no longer so; nil when it is not due.
  public func begun(visit: Visit, at now: UTCMilliseconds) -> Reminder? {
    guard isDue(at: now) else { return nil }
    guard isTrue(of: visit, at: now) else { return untrue(of: visit, at: now) }
    var reminder = self
    reminder.state = .sending
    reminder.attempts += 1
    reminder.waitUntil = now.adding(milliseconds: Self.leaseMilliseconds)
    return reminder
  }

  /// The message just before it leaves (`handedOver`), or as it becomes instead because the visit
  /// was changed meanwhile; nil when this sender no longer has it.
  public func handedOver(
    attempt: Int, visit: Visit, at now: UTCMilliseconds
  ) -> Reminder? {
    guard state == .sending, attempts == attempt, now < waitUntil ?? now else { return nil }
    guard isTrue(of: visit, at: now) else { return untrue(of: visit, at: now) }
    var reminder = self
    reminder.state = .handedOver
    reminder.waitUntil = now.adding(milliseconds: Self.leaseMilliseconds)
    return reminder
  }

  /// The message taken by the server or the gateway; nil when that is known already.
  public func accepted(
    attempt: Int, reference: String? = nil, at now: UTCMilliseconds
  ) -> Reminder? {
    // Late news is news too: the sender was thought dead, and it did arrive.
    guard attempt <= attempts, sentAt == nil else { return nil }
    switch state {
    case .handedOver: break
    case .uncertain, .pending, .sending:
      guard mayHaveArrived else { return nil }
    case .sent, .delivered, .failed, .cancelled: return nil
    }
    var reminder = self
    reminder.state = .sent
    reminder.sentAt = now
    reminder.reference = reference
    reminder.waitUntil = nil
    reminder.failure = nil
    return reminder
  }

  /// The message refused: it certainly did not arrive. Tried again later while that makes sense;
  /// nil when this sender no longer has it.
  ///
  /// - Parameter isFinal: Whether trying again is of no use, as with an unknown address.
  public func refused(
    attempt: Int, failure: String, isFinal: Bool, at now: UTCMilliseconds
  ) -> Reminder? {
    guard state == .sending || state == .handedOver, attempts == attempt else { return nil }
    var reminder = self
    reminder.failure = failure
    reminder.waitUntil = nil
    // What an unheard-of earlier try did is as unknown as before: a repeat's refusal does not tell.
    let tries = min(attempts, Self.retryMinutes.count)
    let next = now.adding(minutes: Self.retryMinutes[max(0, tries - 1)])
    if isFinal || attempts > Self.retryMinutes.count || next >= visitStart.adding(minutes: slack) {
      reminder.state = reminder.mayHaveArrived ? .uncertain : .failed
    } else {
      reminder.state = .pending
      reminder.waitUntil = next
    }
    return reminder
  }

  /// What becomes of a message whose sender is not heard from; nil when there is nothing to do.
  public func recovered(at now: UTCMilliseconds) -> Reminder? {
    guard let waitUntil, now >= waitUntil else { return nil }
    var reminder = self
    switch state {
    case .sending: reminder.state = .pending
    case .handedOver:
      reminder.mayHaveArrived = true
      reminder.state =
        channel.recognisesRepeats && attempts <= Self.retryMinutes.count ? .pending : .uncertain
    case .pending, .sent, .delivered, .failed, .uncertain, .cancelled: return nil
    }
    reminder.waitUntil = nil
    return reminder
  }

  /// The gateway's report that the message reached the person, or did not; nil when it says nothing
  /// new. Reports may come twice, late and in any order: having arrived is the last word.
  public func reported(
    delivered: Bool, failure: String? = nil, at now: UTCMilliseconds
  ) -> Reminder? {
    guard mayHaveArrived || state.isTold || state == .failed, state != .delivered else {
      return nil
    }
    if !delivered, state == .failed { return nil }
    var reminder = self
    reminder.state = delivered ? .delivered : .failed
    reminder.sentAt = sentAt ?? (delivered ? now : nil)
    reminder.deliveredAt = delivered ? now : nil
    reminder.failure = delivered ? nil : (failure ?? "undelivered")
    reminder.waitUntil = nil
    return reminder
  }

  /// A delay is told until the delayed time.
  private var slack: Int { kind == .delayed ? minutes : 0 }

  private func untrue(of visit: Visit, at now: UTCMilliseconds) -> Reminder {
    // Everything is as it says but the time for saying it: that is a failure, and is shown as one.
    let inTime = isTrue(of: visit, at: visitStart.adding(milliseconds: -1))
    guard inTime, !mayHaveArrived else { return calledOff }
    var reminder = self
    reminder.state = .failed
    reminder.failure = "too-late"
    reminder.waitUntil = nil
    return reminder
  }
}
