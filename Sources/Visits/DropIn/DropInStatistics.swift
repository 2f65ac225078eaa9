/// What a session's queue was like: planned beside actual (C3), and the wait (C4).
public struct DropInStatistics: Hashable, Sendable, Codable {
  /// How many joined.
  public var joined = 0
  /// How many talked with somebody.
  public var talked = 0
  /// How many left before.
  public var left = 0
  /// How many were handed on to a call-back.
  public var handedOn = 0
  /// What a talk was meant to take, in minutes.
  public var plannedMinutes = 0
  /// What a talk took on average; nil when none was held.
  public var meanMinutes: Double?
  /// The longest talk.
  public var longestMinutes: Double?
  /// Talks that took longer than meant.
  public var overLimit = 0
  /// What half of those who talked waited at most; nil when none did.
  public var medianWaitMinutes: Double?
  /// What nine in ten waited at most.
  public var ninetiethWaitMinutes: Double?

  /// The figures of one session, or of several with the same soft limit.
  public init(tickets: [QueueTicket], softMinutes: Int) {
    plannedMinutes = softMinutes
    var talks: [Double] = []
    var waits: [Double] = []
    for ticket in tickets {
      joined += 1
      switch ticket.state {
      case .left: left += 1
      case .handedOn: handedOn += 1
      case .waiting, .claimed, .talking, .done: break
      }
      guard let start = ticket.startedAt else { continue }
      talked += 1
      // Who has a time is not waiting before it.
      let since = max(ticket.joinedAt, ticket.appointment ?? ticket.joinedAt)
      waits.append(Double(max(0, start.milliseconds(since: since))) / 60_000)
      if let end = ticket.endedAt {
        talks.append(Double(max(0, end.milliseconds(since: start))) / 60_000)
      }
    }
    overLimit = talks.count { $0 > Double(softMinutes) }
    longestMinutes = talks.max()
    if !talks.isEmpty { meanMinutes = talks.reduce(0, +) / Double(talks.count) }
    waits.sort()
    medianWaitMinutes = Self.percentile(50, of: waits)
    ninetiethWaitMinutes = Self.percentile(90, of: waits)
  }

  /// The nearest-rank percentile of sorted values.
  private static func percentile(_ percent: Int, of sorted: [Double]) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let rank = (sorted.count * percent + 99) / 100
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }
}
