public import FoundationEssentials
import NIOHTTP1

// Series that there are, and the rota.
extension BesoegAPI {
  /// The series of a person that may have visits to come.
  public func series(of person: String) async throws(ServiceError) -> [SeriesRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/series?person=\(segment(person))"))
  }

  /// Lets nothing of a series take place from a day on (`2027-01-31`).
  public func end(series: String, from day: String) async throws(ServiceError) {
    struct Body: Encodable { var from: String }
    _ = try await reply(
      to: posting("/series/\(segment(series))/end", Body(from: day)), retry: .briefRepeatable)
  }

  /// Lets this time of a series and all that follow be otherwise; `at` and the answer are in Danish
  /// local time.
  public func split(
    series: String, _ change: SeriesSplit
  ) async throws(ServiceError) -> SeriesRecord {
    struct Split: Decodable { var following: SeriesRecord }
    let split: Split = try await value(
      posting("/series/\(segment(series))/split", change), retry: .brief)
    return split.following
  }

  /// The rota of the next fortnight.
  public func shifts() async throws(ServiceError) -> [ShiftRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/rota"))
  }

  /// Puts a shift on the rota, or takes one off it.
  public func setShift(_ shift: ShiftRecord, isOn: Bool) async throws(ServiceError) {
    _ = try await reply(
      to: posting(isOn ? "/rota" : "/rota/remove", shift), retry: .briefRepeatable)
  }

  /// A person's devices.
  public func devices(of person: String) async throws(ServiceError) -> [DeviceRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/people/\(segment(person))/devices"))
  }

  /// The consent to calls answering themselves on a device; nil where there is none.
  public func autoAnswer(
    of device: DeviceRecord
  ) async throws(ServiceError) -> AutoAnswerRecord? {
    do {
      return try await value(ServiceRequest(.GET, path(device)), retry: .briefRepeatable)
    } catch {
      if case .refused(let problem) = error, problem.status == 404 { return nil }
      throw error
    }
  }

  /// Records the citizen's consent.
  public func setAutoAnswer(
    _ consent: AutoAnswerRecord, on device: DeviceRecord
  ) async throws(ServiceError) -> AutoAnswerRecord {
    var request = posting(String(path(device).dropFirst("/api/v1".count)), consent)
    request.method = .PUT
    return try await value(request, retry: .briefRepeatable)
  }

  /// Takes the consent back.
  public func withdrawAutoAnswer(on device: DeviceRecord) async throws(ServiceError) {
    _ = try await reply(to: ServiceRequest(.DELETE, path(device)), retry: .briefRepeatable)
  }

  private func path(_ device: DeviceRecord) -> String {
    "/api/v1/people/\(segment(device.person))/devices/\(segment(device.id))/auto-answer"
  }
}

/// How a series goes on from one of its times.
public struct SeriesSplit: Codable, Sendable {
  /// The first time that is otherwise: Danish local time.
  public var at: String
  /// The time of day from then on.
  public var time: String?
  /// How long each visit is, in minutes.
  public var durationMinutes: Int?
  /// Who visits.
  public var workerId: String?

  /// A change of a series.
  public init(at: String, time: String?, durationMinutes: Int?, workerId: String?) {
    self.at = at
    self.time = time
    self.durationMinutes = durationMinutes
    self.workerId = workerId
  }
}

/// Somebody's time on the rota.
public struct ShiftRecord: Codable, Sendable, Hashable {
  /// Who; nil means the caller.
  public var workerId: String?
  /// For which team.
  public var team: String?
  /// `work`, or `duty` for the first to take call-backs and the queue.
  public var kind: String?
  /// From when.
  public var start: Date
  /// Until when.
  public var end: Date

  /// A shift.
  public init(workerId: String?, team: String?, kind: String?, start: Date, end: Date) {
    self.workerId = workerId
    self.team = team
    self.kind = kind
    self.start = start
    self.end = end
  }
}

/// A device that somebody has access on.
public struct DeviceRecord: Codable, Sendable, Hashable {
  /// The device's id.
  public var id: String
  /// Whose it is.
  public var person: String
  /// What people call it.
  public var label: String
  /// Whether its token is taken back.
  public var isRevoked: Bool
}

/// A citizen's consent to calls answering themselves.
public struct AutoAnswerRecord: Codable, Sendable, Hashable {
  /// Hours in which it holds.
  public struct Hours: Codable, Sendable, Hashable {
    /// ISO 8601 numbers, 1 for Monday.
    public var weekdays: [Int]
    /// From the time of day `09:00`.
    public var from: String
    /// Until the time of day.
    public var until: String

    /// Hours.
    public init(weekdays: [Int], from: String, until: String) {
      self.weekdays = weekdays
      self.from = from
      self.until = until
    }
  }

  /// Why it is needed.
  public var reason: String
  /// Who may call like that.
  public var callerIds: [String]
  /// When.
  public var hours: [Hours]
  /// How long the countdown lasts.
  public var countdownSeconds: Int?
  /// Until when it holds; told by the service.
  public var expiresAt: Date?
  /// When it was taken back; told by the service.
  public var withdrawnAt: Date?

  /// A consent to record.
  public init(reason: String, callerIds: [String], hours: [Hours]) {
    self.reason = reason
    self.callerIds = callerIds
    self.hours = hours
  }
}
