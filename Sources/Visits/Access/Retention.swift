/// A kind of data, as far as it is kept for a time of its own.
public enum DataKind: String, Codable, Sendable, Hashable, CaseIterable {
  /// Visits and series, and their outcomes.
  case visits
  /// The ledger of calls, with devices and sessions.
  case ledger
  /// How calls went technically.
  case callQuality
  /// Grants and their history.
  case grants
  /// Goals, notes, scores and readiness.
  case notes
  /// Consents, also those taken back.
  case consents
  /// Follow-ups and absence to-dos.
  case followUps
  /// Those who waited in the drop-in queue.
  case queue
  /// Requests to be called.
  case callbacks
  /// Reminders that were sent.
  case reminders
  /// How citizens got started with screen visits, equipment given up, work orders, parked topics and
  /// wishes.
  case start
  /// Paired devices and preferences, kept for coming back (A12).
  case pairing
  /// The names of people of whom nothing else is kept, with their circle and their place in teams;
  /// staff who left; teams that nobody is in.
  case people
  /// The log of who saw what.
  case accessLog
  /// The log of who did what.
  case audit
  /// Events already delivered to clients.
  case events
}

/// What a retention period counts from.
public enum RetentionStart: String, Codable, Sendable, Hashable, CaseIterable {
  /// From when it happened.
  case event
  /// From when the citizen's last course ended. While one runs, nothing is purged.
  case courseEnd
}

/// How long one kind of data is kept.
public struct RetentionPeriod: Hashable, Sendable, Codable {
  /// The kind.
  public var kind: DataKind
  /// Whole days.
  public var days: Int
  /// What they count from.
  public var from: RetentionStart

  /// A period.
  public init(_ kind: DataKind, days: Int, from: RetentionStart) {
    self.kind = kind
    self.days = days
    self.from = from
  }
}

/// How long each kind of data is kept: long enough for what it is for, and no longer.
public struct RetentionPolicy: Hashable, Sendable, Codable {
  /// The periods, one for each kind.
  public private(set) var periods: [RetentionPeriod]

  /// The shortest and longest time that logs are kept, in days: six months is the rule, five years
  /// the most, where there is need.
  public static let logDays = 183...1827

  /// Suggestions for a municipality's own decision.
  public static let suggested = RetentionPolicy(
    trusted: [
      RetentionPeriod(.visits, days: 730, from: .courseEnd),
      RetentionPeriod(.ledger, days: 365, from: .event),
      RetentionPeriod(.callQuality, days: 365, from: .event),
      RetentionPeriod(.grants, days: 1827, from: .courseEnd),
      RetentionPeriod(.notes, days: 730, from: .courseEnd),
      RetentionPeriod(.consents, days: 730, from: .courseEnd),
      RetentionPeriod(.followUps, days: 183, from: .event),
      RetentionPeriod(.queue, days: 30, from: .event),
      RetentionPeriod(.callbacks, days: 90, from: .event),
      RetentionPeriod(.reminders, days: 90, from: .event),
      RetentionPeriod(.start, days: 365, from: .courseEnd),
      RetentionPeriod(.pairing, days: 365, from: .courseEnd),
      RetentionPeriod(.people, days: 365, from: .courseEnd),
      RetentionPeriod(.accessLog, days: 730, from: .event),
      RetentionPeriod(.audit, days: 1827, from: .event),
      RetentionPeriod(.events, days: 7, from: .event),
    ])

  private init(trusted periods: [RetentionPeriod]) { self.periods = periods }

  /// The suggested policy with these periods instead of its own, or throws.
  public init(replacing changed: [RetentionPeriod]) throws(Refusal) {
    self = .suggested
    for period in changed {
      guard (1...36_525).contains(period.days) else { throw .retentionOutOfRange(1...36_525) }
      if period.kind == .accessLog || period.kind == .audit {
        guard Self.logDays.contains(period.days), period.from == .event else {
          throw .retentionOutOfRange(Self.logDays)
        }
      }
      periods.removeAll { $0.kind == period.kind }
      periods.append(period)
    }
  }

  /// Reads the periods and holds them to the same bounds.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    try self.init(replacing: container.decode([RetentionPeriod].self))
  }

  /// Writes the periods.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(periods)
  }

  /// The period of `kind`.
  public func period(of kind: DataKind) -> RetentionPeriod? {
    periods.first { $0.kind == kind }
  }

  /// What is to be purged on `today`, in a fixed order: what hangs on something else goes first.
  public func purge(on today: LocalDate) -> [PurgeStep] {
    let order: [DataKind] = [
      .events, .queue, .callbacks, .reminders, .followUps, .callQuality, .ledger, .notes,
      .start, .consents, .visits, .grants, .pairing, .people, .accessLog, .audit,
    ]
    return order.compactMap { kind in
      period(of: kind).map {
        PurgeStep(kind: kind, before: today.adding(days: -$0.days), from: $0.from)
      }
    }
  }
}

/// One kind of data to be purged.
public struct PurgeStep: Hashable, Sendable {
  /// The kind.
  public var kind: DataKind
  /// What lies before this day, in Danish time, goes. The day itself stays.
  public var before: LocalDate
  /// Whether it is the thing's own day that counts, or its citizen's last course's last day.
  public var from: RetentionStart

  /// Whether something goes.
  ///
  /// - Parameters:
  ///   - happened: The day it happened.
  ///   - course: Where the citizen's courses are; nil for what is about no citizen.
  public func purges(happenedOn happened: LocalDate, course: CourseState?) -> Bool {
    switch from {
    case .event: happened < before
    case .courseEnd:
      switch course {
      case .running: false
      // Never under a grant: what there is counts from its own day.
      case .never, nil: happened < before
      case .ended(let last): max(last, happened) < before
      }
    }
  }
}

/// Where a citizen's courses are, for what is kept as long as they run.
public enum CourseState: Hashable, Sendable {
  /// There has been none.
  case never
  /// One runs, or is to begin.
  case running
  /// The last one ended on that day.
  case ended(LocalDate)

  /// Where `grants`, all of one citizen's, are on `today`.
  public init(of grants: some Sequence<Grant>, on today: LocalDate) {
    self = .never
    for grant in grants {
      guard let last = grant.lastDay, last < today else {
        self = .running
        return
      }
      if case .ended(let other) = self, other >= last { continue }
      self = .ended(last)
    }
  }
}
