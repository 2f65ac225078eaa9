/// What a waiting citizen is told (C5, C4): a place and about how long.
public struct QueuePlace: Hashable, Sendable, Codable {
  /// The ticket.
  public var ticket: TicketID
  /// 1 is next.
  public var position: Int
  /// How long it will be, in minutes, rounded up to whole fives: nobody is held to a minute.
  public var expectedMinutes: Int
  /// Whether that is before the session ends. If not, the citizen is told that they will be rung
  /// up later, and need not wait at all.
  public var isBeforeClosing: Bool
}

extension DropInQueue {
  /// Talks never count as shorter or longer than this when the wait is estimated, in minutes.
  static let plausibleMinutes = 5...90
  /// A talk that is over its time counts as ending in so many minutes.
  static let overrunMinutes = 5

  /// Everybody's place, in order. The wait is what the line ahead would take with the workers who
  /// serve it, one after the other; talks take what talks took lately.
  ///
  /// - Parameters:
  ///   - workers: Who is serving the session now; none counts as one who will come.
  ///   - usualMinutes: The measured length of talks (`DropInStatistics.meanMinutes`); nil for the
  ///     soft limit.
  public func places(
    workers: [PersonID], usualMinutes: Double? = nil, at now: UTCMilliseconds
  ) -> [QueuePlace] {
    let bounds = Self.plausibleMinutes
    let measured = usualMinutes ?? Double(session.softMinutes)
    let bounded = min(max(measured, Double(bounds.lowerBound)), Double(bounds.upperBound))
    let talk = Int64(bounded * 60_000)
    var free = Set(workers).sorted { $0.rawValue < $1.rawValue }.map { freeAt($0, talk, now) }
    if free.isEmpty { free = [max(now, session.window.start)] }
    var result: [QueuePlace] = []
    for ticket in expectedLine(at: now) {
      guard let first = free.indices.min(by: { free[$0] < free[$1] }) else { break }
      let earliest = max(ticket.retryAt ?? now, ticket.appointment ?? now)
      let start = max(free[first], earliest)
      free[first] = start.adding(milliseconds: talk)
      let fives = (start.milliseconds(since: now) + 299_999) / 300_000
      result.append(
        QueuePlace(
          ticket: ticket.id, position: result.count + 1, expectedMinutes: Int(fives) * 5,
          isBeforeClosing: start < session.window.end))
    }
    return result
  }

  /// The line now, with booked times to come put in where they will fall at the earliest.
  private func expectedLine(at now: UTCMilliseconds) -> [QueueTicket] {
    let later = tickets.filter { $0.state == .waiting && ($0.appointment ?? now) > now }
    return line(at: now) + later.sorted { ($0.appointment ?? now) < ($1.appointment ?? now) }
  }

  private func freeAt(
    _ worker: PersonID, _ talk: Int64, _ now: UTCMilliseconds
  ) -> UTCMilliseconds {
    let opens = max(now, session.window.start)
    let current = tickets.first {
      $0.claimedBy == worker && ($0.state == .claimed || $0.state == .talking)
    }
    guard let current, let since = current.startedAt ?? current.claimedAt else { return opens }
    let end = since.adding(milliseconds: talk)
    return end > now ? max(end, opens) : now.adding(minutes: Self.overrunMinutes)
  }
}
