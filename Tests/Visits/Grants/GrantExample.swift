import Visits

/// Karen's grants, the case worker Bente who decides them, and days to write them with.
enum GrantExample {
  static let karen = Example.person("karen", .citizen, "Karen")
  static let caseWorker = Initiator.person(
    PersonID(rawValue: "bente"), role: .caseWorker, device: nil)
  static let teamLead = Initiator.person(
    PersonID(rawValue: "lone"), role: .teamLead, device: nil)
  static let administrator = Initiator.person(
    PersonID(rawValue: "admin"), role: .administrator, device: nil)
  static let birth = day("1990-05-17")
  static let now = time("2026-01-05", hour: 9)
  static let id = GrantID(rawValue: "g1")

  static func day(_ text: String) -> LocalDate { LocalDate(iso8601: text) ?? .earliest }

  /// An hour of a day, UTC: in Denmark the same day, as long as it is before 22.
  static func time(_ date: String, hour: Int) -> UTCMilliseconds {
    UTCMilliseconds(rawValue: day(date).daysSince1970 * 86_400_000 + Int64(hour) * 3_600_000)
  }

  static func request(
    _ basis: LegalBasis = .section82b, start: String = "2026-01-05", end: String? = nil,
    cap: Int? = nil, terms: GrantTerms? = nil
  ) -> GrantRequest {
    GrantRequest(
      id: id, basis: basis, start: day(start), end: end.map(day), visitCap: cap, terms: terms)
  }

  static func grant(
    _ basis: LegalBasis = .section82b, start: String = "2026-01-05", end: String? = nil,
    cap: Int? = nil, terms: GrantTerms? = nil, policy: GrantPolicy = GrantPolicy()
  ) throws -> Grant {
    try GrantRules(policy: policy).grant(
      request(basis, start: start, end: end, cap: cap, terms: terms), to: karen, born: birth,
      existing: [], by: caseWorker, at: now
    ).grant
  }

  static func apply(
    _ command: GrantCommand, to grant: Grant, by initiator: Initiator = caseWorker,
    at time: UTCMilliseconds = now, others: [Grant] = []
  ) throws -> Grant {
    try GrantRules().apply(command, to: grant, others: others, by: initiator, at: time).grant
  }

  static func visit(
    _ date: String, hour: Int = 10, minutes: Int = 30, form: VisitForm = .screen,
    id: String = "v", state: VisitState = .booked, delivered: Int? = nil
  ) -> CountedVisit {
    CountedVisit(
      id: VisitID(rawValue: id), start: time(date, hour: hour), plannedMinutes: minutes,
      deliveredMinutes: delivered, form: form, state: state)
  }

  /// The refusal that `body` throws; nil where it throws none.
  static func refusal(_ body: () throws -> Void) -> Refusal? {
    do {
      try body()
      return nil
    } catch {
      return error as? Refusal
    }
  }
}
