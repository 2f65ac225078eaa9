/// One session's queue: everybody in it, in the order they came (C5: "efter tur").
///
/// ```
///             claim             begin              finish
///   waiting ──────────▶ claimed ──────────▶ talking ──────────▶ done
///    │  ▲                  │ release, lapse, no answer (twice)
///    │  └──────────────────┘        │ no answer the third time
///    ├── leave ──▶ left             ▼
///    └── the session ends ──────▶ handedOn (a call-back request)
/// ```
/// A ticket put back keeps its number and so its place. No state is a dead end for the citizen.
public struct DropInQueue: Sendable {
  /// The session.
  public var session: DropInSession
  /// All tickets of the session, by number.
  public internal(set) var tickets: [QueueTicket]

  /// How long a worker has from taking a ticket to talking, in milliseconds. A ring lasts 45 s; who
  /// has not begun after three minutes has been called away, and the next worker may.
  public static let claimMilliseconds: Int64 = 180_000
  /// How long after an unanswered ring the citizen is rung again, in milliseconds.
  public static let retryMilliseconds: Int64 = 180_000
  /// After so many unanswered rings somebody follows up instead.
  public static let longestAttempts = 3
  /// The longest topic, in characters.
  public static let longestTopic = 100
  /// Talks a citizen may have without being referred (C9: "op til tre afklarende samtaler").
  public static let talksWithoutGrant = 3

  /// The queue with these tickets, in any order.
  public init(session: DropInSession, tickets: [QueueTicket] = []) {
    self.session = session
    self.tickets = tickets.filter { $0.session == session.id }.sorted { $0.number < $1.number }
  }

  /// Puts a citizen in line and returns their ticket: the one they have, when they are in line
  /// already.
  ///
  /// - Parameters:
  ///   - talksBefore: For a citizen without a grant the talks they have had; nil otherwise.
  ///   - visitor: What is known of the citizen, where the session is not for everybody (A9).
  public mutating func join(
    id: TicketID, citizen: PersonID, phone: String? = nil, topic: String? = nil,
    appointment: UTCMilliseconds? = nil, talksBefore: Int? = nil, visitor: DropInVisitor? = nil,
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> QueueTicket {
    guard initiator.role != .citizen || initiator.person == citizen else { throw .notYourTicket }
    if let present = tickets.first(where: { $0.citizen == citizen && $0.state.isOpen }) {
      return present
    }
    let opens = session.window.start
    if appointment == nil, now < opens { throw .dropInNotOpen(from: opens) }
    guard now < session.window.end else { throw .dropInClosed }
    if let talksBefore, talksBefore >= Self.talksWithoutGrant {
      throw .talksUsed(limit: Self.talksWithoutGrant)
    }
    try session.eligibility?.check(visitor ?? DropInVisitor())
    if let appointment { try checkFree(appointment, at: now) }
    let ticket = QueueTicket(
      id: id, session: session.id, number: (tickets.last?.number ?? 0) + 1, citizen: citizen,
      phone: try Self.checkedPhone(phone),
      topic: try PersonalNumber.checked(topic, longest: Self.longestTopic),
      appointment: appointment, joinedAt: now)
    tickets.append(ticket)
    return ticket
  }

  /// Takes the citizen out of the line, at their own wish. A repeat changes nothing.
  public mutating func leave(
    _ id: TicketID, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> QueueTicket {
    try update(id) { ticket throws(Refusal) in
      guard initiator.role != .citizen || initiator.person == ticket.citizen else {
        throw .notYourTicket
      }
      guard ticket.state.isOpen else { return }
      ticket.state = ticket.state == .talking ? .done : .left
      ticket.endedAt = now
    }
  }

  /// Takes the next in line for a worker who serves the session; nil when nobody is to be rung now.
  /// A worker who has somebody already keeps them.
  public mutating func claim(
    by worker: PersonID, duty: [DutyShift], at now: UTCMilliseconds
  ) throws(Refusal) -> QueueTicket? {
    guard session.isServed(by: worker, duty: duty, at: now) else { throw .notOnDuty }
    if let own = tickets.first(where: {
      $0.claimedBy == worker && ($0.state == .claimed || $0.state == .talking)
    }) {
      return own
    }
    guard let next = line(at: now).first(where: { ($0.retryAt ?? now) <= now }) else { return nil }
    return try update(next.id) { ticket throws(Refusal) in
      ticket.state = .claimed
      ticket.claimedBy = worker
      ticket.claimedAt = now
    }
  }

  /// Puts a citizen back in their place: the worker was called away.
  public mutating func release(
    _ id: TicketID, by worker: PersonID
  ) throws(Refusal) -> QueueTicket {
    try update(id) { ticket throws(Refusal) in
      if ticket.state == .waiting { return }
      try ticket.requireClaimed(by: worker)
      ticket.putBack()
    }
  }

  /// The citizen did not answer: back in place and rung again in a while, or, the third time, handed
  /// on to somebody who follows up.
  public mutating func noAnswer(
    _ id: TicketID, by worker: PersonID, at now: UTCMilliseconds
  ) throws(Refusal) -> QueueTicket {
    try update(id) { ticket throws(Refusal) in
      try ticket.requireClaimed(by: worker)
      ticket.attempts += 1
      if ticket.attempts >= Self.longestAttempts {
        ticket.state = .handedOn
        ticket.endedAt = now
      } else {
        ticket.putBack()
        ticket.retryAt = now.adding(milliseconds: Self.retryMilliseconds)
      }
    }
  }

  /// The citizen answered. A repeat changes nothing.
  public mutating func begin(
    _ id: TicketID, by worker: PersonID, at now: UTCMilliseconds
  ) throws(Refusal) -> QueueTicket {
    try update(id) { ticket throws(Refusal) in
      if ticket.state == .talking, ticket.claimedBy == worker { return }
      try ticket.requireClaimed(by: worker)
      ticket.state = .talking
      ticket.startedAt = now
    }
  }

  /// The talk is over. A repeat changes nothing.
  public mutating func finish(
    _ id: TicketID, by worker: PersonID, at now: UTCMilliseconds
  ) throws(Refusal) -> QueueTicket {
    try update(id) { ticket throws(Refusal) in
      guard ticket.claimedBy == worker else { throw .takenByColleague }
      if ticket.state == .done { return }
      guard ticket.state == .talking else { throw .notInProgress }
      ticket.state = .done
      ticket.endedAt = now
    }
  }

  /// What time alone does: puts back who was taken and not rung, and, when the session is over,
  /// hands on who still waits. Returns the tickets that changed; those handed on each become a
  /// call-back request. Talks that go on are left to end.
  public mutating func advance(to now: UTCMilliseconds) -> [QueueTicket] {
    var changed: [QueueTicket] = []
    for index in tickets.indices {
      let before = tickets[index]
      if before.state == .claimed, let since = before.claimedAt,
        now >= since.adding(milliseconds: Self.claimMilliseconds)
      {
        tickets[index].putBack()
      }
      if tickets[index].state == .waiting, now >= session.window.end {
        tickets[index].state = .handedOn
        tickets[index].endedAt = now
      }
      if tickets[index] != before { changed.append(tickets[index]) }
    }
    return changed
  }

  /// When `advance` next has something to do; nil when never.
  public var nextWake: UTCMilliseconds? {
    var times: [UTCMilliseconds] = []
    for ticket in tickets {
      if ticket.state == .claimed, let since = ticket.claimedAt {
        times.append(since.adding(milliseconds: Self.claimMilliseconds))
      }
      if ticket.state == .waiting { times.append(session.window.end) }
    }
    return times.min()
  }

  /// Those who wait, in the order they are taken: booked times that have come, then by number.
  /// Booked times still to come are not in line yet.
  public func line(at now: UTCMilliseconds) -> [QueueTicket] {
    let waiting = tickets.filter { $0.state == .waiting && ($0.appointment ?? now) <= now }
    let booked = waiting.filter { $0.appointment != nil }
      .sorted { ($0.appointment ?? now, $0.number) < ($1.appointment ?? now, $1.number) }
    return booked + waiting.filter { $0.appointment == nil }
  }

  // MARK: Pieces

  private mutating func update(
    _ id: TicketID, _ body: (inout QueueTicket) throws(Refusal) -> Void
  ) throws(Refusal) -> QueueTicket {
    guard let index = tickets.firstIndex(where: { $0.id == id }) else { throw .noSuchTicket }
    var ticket = tickets[index]
    try body(&ticket)
    tickets[index] = ticket
    return ticket
  }

  private func checkFree(_ appointment: UTCMilliseconds, at now: UTCMilliseconds) throws(Refusal) {
    let window = TimeWindow(start: appointment, minutes: session.softMinutes)
    guard appointment >= now, session.window.contains(window) else { throw .dropInClosed }
    let taken = tickets.contains { ticket in
      guard ticket.state.isOpen, let other = ticket.appointment else { return false }
      return TimeWindow(start: other, minutes: session.softMinutes).overlaps(window)
    }
    if taken { throw .proposedTimeTaken }
  }

  /// A telephone number with nothing else beside it.
  private static func checkedPhone(_ phone: String?) throws(Refusal) -> String? {
    guard let phone = try PersonalNumber.checked(phone, longest: 30) else { return nil }
    let digits = phone.filter { $0.isASCII && $0.isNumber }
    let rest = phone.filter { !($0.isASCII && $0.isNumber) && $0 != " " && $0 != "+" && $0 != "-" }
    guard (6...15).contains(digits.count), rest.isEmpty else { throw .phoneInvalid }
    return phone
  }
}

extension QueueTicket {
  fileprivate func requireClaimed(by worker: PersonID) throws(Refusal) {
    switch state {
    case .claimed:
      guard claimedBy == worker else { throw .takenByColleague }
    case .talking: throw .visitInProgress
    case .waiting: throw .notClaimed
    case .done, .left, .handedOn: throw .ticketOver
    }
  }

  fileprivate mutating func putBack() {
    state = .waiting
    claimedBy = nil
    claimedAt = nil
  }
}
