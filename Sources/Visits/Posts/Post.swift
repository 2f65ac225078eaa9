/// Names one message to somebody outside the system, and is sent along (`Idempotency-Key`,
/// `Message-ID`), so that no repeat can pass for a second message.
public struct PostKey: Identifier {
  /// The key as text.
  public let rawValue: String
  /// Wraps a key.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Where a message to somebody outside goes.
public enum PostDestination: Hashable, Sendable, Codable {
  /// A person the citizen has named (H3).
  case partner(ConsentContact)
  /// The municipality's journal (H11).
  case journal
  /// A worker away from the list of requests, where they want it (E2): the address is their own to
  /// change until it leaves.
  case staff(PersonID, ReminderChannel)
}

/// What a message to somebody outside is about.
public enum PostKind: String, Codable, Sendable, Hashable, CaseIterable {
  /// The citizen was not reached.
  case partnerAlert = "partner-alert"
  /// A note was written or corrected.
  case note
  /// A visit was booked, changed, called off or held.
  case visit
  /// Nobody has taken a citizen's request to be called.
  case unanswered
}

/// A message about a citizen to somebody outside: a partner, the journal, or a worker who is away from
/// the screen. It leaves as reminders do, by the steps of `Delivery`: never lost, never twice.
public struct Post: Hashable, Sendable, Codable {
  /// The key.
  public var key: PostKey
  /// The municipality.
  public var tenant: TenantID
  /// Whom it is about.
  public var citizen: PersonID
  /// The visit it comes from; nil where it comes from none.
  public var visit: VisitID?
  /// The request to be called that it tells of.
  public var callback: CallbackID?
  /// What it is about.
  public var kind: PostKind
  /// Where it goes.
  public var destination: PostDestination
  /// The consent it rests on, where it needs one.
  public var consent: ConsentID?
  /// What it says: a sentence, or the journal's JSON. Emptied once it was taken, so that the words
  /// are kept in one place only.
  public var content: String
  /// When it was written.
  public var createdAt: UTCMilliseconds
  /// From when on it is of no use; nil where it has to arrive however late.
  public var expiresAt: UTCMilliseconds?
  /// Where it is on its way.
  public var delivery: Delivery

  /// A message to be sent.
  public init(
    key: PostKey, tenant: TenantID, citizen: PersonID, visit: VisitID?,
    callback: CallbackID? = nil, kind: PostKind, destination: PostDestination,
    consent: ConsentID? = nil, content: String, createdAt: UTCMilliseconds,
    expiresAt: UTCMilliseconds? = nil
  ) {
    self.key = key
    self.tenant = tenant
    self.citizen = citizen
    self.visit = visit
    self.callback = callback
    self.kind = kind
    self.destination = destination
    self.consent = consent
    self.content = content
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    delivery = Delivery()
  }

  /// Word to a partner that the citizen was not reached today. It says "today", so it is of use
  /// until midnight.
  public init(
    _ alert: PartnerAlert, to contact: ConsentContact, about path: NoShowPath, tenant: TenantID,
    at now: UTCMilliseconds
  ) {
    self.init(
      key: PostKey(
        rawValue: "\(path.visit).\(PostKind.partnerAlert.rawValue).\(alert.consent)"),
      tenant: tenant, citizen: path.citizen, visit: path.visit, kind: .partnerAlert,
      destination: .partner(contact), consent: alert.consent, content: alert.text.danish,
      createdAt: now, expiresAt: LocalDateTime(LocalDate(now).adding(days: 1), .midnight).utc)
  }

  /// When it next needs a look; nil when never.
  public var nextWake: UTCMilliseconds? { delivery.nextWake(dueAt: createdAt) }

  /// Whether a person should look: it did not arrive, or the other end has been away for long.
  public var needsAttention: Bool {
    delivery.state.needsAttention
      || delivery.state.isOpen && delivery.attempts > Delivery.retryMinutes.count
  }

  private var patience: Patience { expiresAt.map { .until($0) } ?? .endless }

  private var recognisesRepeats: Bool {
    switch destination {
    case .partner(let contact): contact.channel.recognisesRepeats
    case .staff(_, let channel): channel.recognisesRepeats
    case .journal: true
    }
  }

  /// The message as a sender takes it up, or as it becomes instead because it is not wanted any
  /// longer or comes too late; nil when it is not due.
  public func begun(isWanted: Bool, at now: UTCMilliseconds) -> Post? {
    guard delivery.isDue(createdAt, at: now) else { return nil }
    return stopped(isWanted: isWanted, at: now) ?? with(delivery.begun(at: now))
  }

  /// The message just before it leaves, or as it becomes instead; nil when this sender no longer has
  /// it.
  public func handedOver(attempt: Int, isWanted: Bool, at now: UTCMilliseconds) -> Post? {
    guard delivery.isHeld(by: attempt, at: now) else { return nil }
    return stopped(isWanted: isWanted, at: now) ?? with(delivery.handedOver(at: now))
  }

  private func stopped(isWanted: Bool, at now: UTCMilliseconds) -> Post? {
    if !isWanted { return with(delivery.calledOff) }
    if let expiresAt, now >= expiresAt { return with(delivery.givenUp("too-late")) }
    return nil
  }

  /// The message taken by the other end; nil when that is known already.
  public func accepted(attempt: Int, reference: String? = nil, at now: UTCMilliseconds) -> Post? {
    delivery.accepted(attempt: attempt, reference: reference, at: now).map { delivery in
      var post = with(delivery)
      post.content = ""
      return post
    }
  }

  /// The message refused; nil when this sender no longer has it.
  public func refused(
    attempt: Int, failure: String, isFinal: Bool, at now: UTCMilliseconds
  ) -> Post? {
    delivery.refused(
      attempt: attempt, failure: failure, isFinal: isFinal, patience: patience, at: now
    ).map(with)
  }

  /// What becomes of it when its sender is not heard from; nil when there is nothing to do.
  public func recovered(at now: UTCMilliseconds) -> Post? {
    delivery.recovered(repeats: recognisesRepeats, patience: patience, at: now).map(with)
  }

  /// The other end's report; nil when it says nothing new.
  public func reported(delivered: Bool, failure: String? = nil, at now: UTCMilliseconds) -> Post? {
    delivery.reported(delivered: delivered, failure: failure, at: now).map(with)
  }

  /// Sent again by a person, after what was wrong at the other end was put right. Under the same key,
  /// so that it is still one message.
  public func again() throws(Refusal) -> Post {
    guard delivery.state == .failed, !content.isEmpty, expiresAt == nil else {
      throw .postNotToBeSentAgain
    }
    var post = self
    post.delivery.state = .pending
    post.delivery.waitUntil = nil
    return post
  }

  private func with(_ delivery: Delivery) -> Post {
    var post = self
    post.delivery = delivery
    return post
  }
}

extension Refusal {
  /// Only what failed for good is sent again, and only where it still makes sense.
  public static let postNotToBeSentAgain = Refusal(
    "post-not-to-be-sent-again", .conflict,
    da: "Beskeden kan ikke sendes igen. Den er enten på vej, modtaget eller for gammel.",
    en: "The message cannot be sent again. It is on its way, has arrived, or is too old.")
}
