/// Hours on certain weekdays.
public struct AgreedHours: Hashable, Sendable, Codable {
  /// The days on which the hours begin.
  public var weekdays: WeekdaySet
  /// From.
  public var from: LocalTime
  /// Until, not included. Earlier than `from`, it is the next day's; the same, a whole day.
  public var until: LocalTime

  /// Hours on weekdays.
  public init(weekdays: WeekdaySet, from: LocalTime, until: LocalTime) {
    self.weekdays = weekdays
    self.from = from
    self.until = until
  }

  /// Whether the clocks in Denmark show a time within them.
  public func contains(_ time: UTCMilliseconds) -> Bool {
    let local = LocalDateTime(time)
    let today = local.date.weekday
    let yesterday = Weekday(isoNumber: today.isoNumber - 1)
    if from < until {
      return weekdays.contains(today) && from <= local.time && local.time < until
    }
    return (weekdays.contains(today) && from <= local.time)
      || (weekdays.contains(yesterday) && local.time < until)
  }
}

/// A citizen's recorded consent to calls being answered by themselves (E1), for those who cannot
/// press a button.
public struct AutoAnswerAgreement: Hashable, Sendable, Codable {
  /// Who consented.
  public var citizen: PersonID
  /// The device it is for.
  public var device: DeviceID
  /// Why it is needed.
  public var reason: String
  /// Who may call like that.
  public var callers: Set<PersonID>
  /// When.
  public var hours: [AgreedHours]
  /// How long the countdown lasts, in seconds.
  public var countdownSeconds: Int
  /// Who recorded the consent.
  public var recordedBy: PersonID
  /// When the citizen gave it.
  public var consentedAt: UTCMilliseconds
  /// Until when it holds. Consent is asked for again at least every year.
  public var expiresAt: UTCMilliseconds
  /// When it was taken back; nil while it holds. The citizen may at any time, without a reason.
  public var withdrawnAt: UTCMilliseconds?

  /// How long a countdown lasts: time enough to reach "Nej tak", and over
  /// before the ring is (`VisitRules.ringMilliseconds`).
  public static let countdown = 10...40
  /// How long a consent holds at most, in days.
  public static let longestDays = 366

  /// An agreement as asked for; see `checked`.
  public init(
    citizen: PersonID, device: DeviceID, reason: String, callers: Set<PersonID>,
    hours: [AgreedHours], countdownSeconds: Int = 15, recordedBy: PersonID,
    consentedAt: UTCMilliseconds, expiresAt: UTCMilliseconds, withdrawnAt: UTCMilliseconds? = nil
  ) {
    self.citizen = citizen
    self.device = device
    self.reason = reason
    self.callers = callers
    self.hours = hours
    self.countdownSeconds = countdownSeconds
    self.recordedBy = recordedBy
    self.consentedAt = consentedAt
    self.expiresAt = expiresAt
    self.withdrawnAt = withdrawnAt
  }

  /// The agreement as it may be recorded, or why not.
  public func checked(at now: UTCMilliseconds) throws(Refusal) -> Self {
    var result = self
    guard let reason = try VisitRules.checkedNote(reason) else { throw .autoAnswerNeedsReason }
    result.reason = reason
    guard Self.countdown.contains(countdownSeconds) else {
      throw .countdownOutOfRange(Self.countdown)
    }
    guard !callers.isEmpty, hours.contains(where: { !$0.weekdays.isEmpty }) else {
      throw .autoAnswerNeedsHours
    }
    guard consentedAt <= now.adding(minutes: 5), expiresAt > now,
      expiresAt <= now.adding(minutes: Self.longestDays * 1440)
    else { throw .consentPeriodInvalid(days: Self.longestDays) }
    return result
  }

  /// What a device does when it rings.
  public enum Decision: Hashable, Sendable {
    /// It rings as always.
    case ring
    /// It says who calls, counts down with a large "Nej tak", and then answers.
    case countDown(until: UTCMilliseconds)
  }

  /// What `device` does when `caller` rings at `now`. A call is answered by itself only when every
  /// condition of the agreement is met.
  public func decision(
    for caller: PersonID, on device: DeviceID, at now: UTCMilliseconds
  ) -> Decision {
    guard withdrawnAt == nil, device == self.device, callers.contains(caller),
      consentedAt <= now, now < expiresAt, hours.contains(where: { $0.contains(now) })
    else { return .ring }
    let seconds = min(
      max(countdownSeconds, Self.countdown.lowerBound), Self.countdown.upperBound)
    return .countDown(until: now.adding(milliseconds: Int64(seconds) * 1000))
  }
}
