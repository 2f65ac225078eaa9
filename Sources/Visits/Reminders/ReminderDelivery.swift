/// A reminder's way out of the house: a `Delivery` for as long as what it says is so.
extension Reminder {
  /// How long a sender has from one step to the next, in milliseconds.
  public static let leaseMilliseconds = Delivery.leaseMilliseconds
  /// How long to wait after each refusal, in minutes; after the last, it has failed.
  public static let retryMinutes = Delivery.retryMinutes

  /// Where it is in its life.
  public var state: ReminderState { delivery.state }
  /// How often it was taken up. Also the sender's proof that it is the one who has it.
  public var attempts: Int { delivery.attempts }
  /// Not before this is it tried again; also when a sender that has it counts as dead.
  public var waitUntil: UTCMilliseconds? { delivery.waitUntil }
  /// Whether an earlier try, whose sender was not heard from again, may have arrived.
  public var mayHaveArrived: Bool { delivery.mayHaveArrived }
  /// When it was taken by the server or the gateway.
  public var sentAt: UTCMilliseconds? { delivery.sentAt }
  /// When it reached the person, where that is reported.
  public var deliveredAt: UTCMilliseconds? { delivery.deliveredAt }
  /// The gateway's own name for it.
  public var reference: String? { delivery.reference }
  /// Why it failed last: a code.
  public var failure: String? { delivery.failure }

  /// Whether a sender should take it up now.
  public func isDue(at now: UTCMilliseconds) -> Bool { delivery.isDue(dueAt, at: now) }

  /// When it next needs a look; nil when never.
  public var nextWake: UTCMilliseconds? { delivery.nextWake(dueAt: dueAt) }

  /// Not needed any longer. What may have arrived is not denied.
  var calledOff: Reminder { with(delivery.calledOff) }

  /// The message as a sender takes it up (`sending`), or as it becomes instead because what it says
  /// is no longer so; nil when it is not due.
  public func begun(visit: Visit, at now: UTCMilliseconds) -> Reminder? {
    guard isDue(at: now) else { return nil }
    guard isTrue(of: visit, at: now) else { return untrue(of: visit, at: now) }
    return with(delivery.begun(at: now))
  }

  /// The message just before it leaves (`handedOver`), or as it becomes instead because the visit
  /// was changed meanwhile; nil when this sender no longer has it.
  public func handedOver(
    attempt: Int, visit: Visit, at now: UTCMilliseconds
  ) -> Reminder? {
    guard delivery.isHeld(by: attempt, at: now) else { return nil }
    guard isTrue(of: visit, at: now) else { return untrue(of: visit, at: now) }
    return with(delivery.handedOver(at: now))
  }

  /// The message taken by the server or the gateway; nil when that is known already.
  public func accepted(
    attempt: Int, reference: String? = nil, at now: UTCMilliseconds
  ) -> Reminder? {
    delivery.accepted(attempt: attempt, reference: reference, at: now).map(with)
  }

  /// The message refused: it certainly did not arrive. Tried again later while that makes sense;
  /// nil when this sender no longer has it.
  ///
  /// - Parameter isFinal: Whether trying again is of no use, as with an unknown address.
  public func refused(
    attempt: Int, failure: String, isFinal: Bool, at now: UTCMilliseconds
  ) -> Reminder? {
    // A delay is told until the delayed time.
    let end = visitStart.adding(minutes: kind == .delayed ? minutes : 0)
    return delivery.refused(
      attempt: attempt, failure: failure, isFinal: isFinal, patience: .until(end), at: now
    ).map(with)
  }

  /// What becomes of a message whose sender is not heard from; nil when there is nothing to do.
  public func recovered(at now: UTCMilliseconds) -> Reminder? {
    delivery.recovered(repeats: channel.recognisesRepeats, patience: .aFewTimes, at: now).map(with)
  }

  /// The gateway's report that the message reached the person, or did not; nil when it says nothing
  /// new.
  public func reported(
    delivered: Bool, failure: String? = nil, at now: UTCMilliseconds
  ) -> Reminder? {
    delivery.reported(delivered: delivered, failure: failure, at: now).map(with)
  }

  private func untrue(of visit: Visit, at now: UTCMilliseconds) -> Reminder {
    // Everything is as it says but the time for saying it: that is a failure, and is shown as one.
    let inTime = isTrue(of: visit, at: visitStart.adding(milliseconds: -1))
    return with(inTime ? delivery.givenUp("too-late") : delivery.calledOff)
  }

  private func with(_ delivery: Delivery) -> Reminder {
    var reminder = self
    reminder.delivery = delivery
    return reminder
  }
}
