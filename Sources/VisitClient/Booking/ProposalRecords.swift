public import FoundationEssentials
import NIOHTTP1

/// Days and hours in which a citizen picks a time.
public struct PickWindowRecord: Codable, Sendable, Hashable {
  /// The first day, as ISO 8601 writes it.
  public var first: String
  /// The last day.
  public var last: String
  /// Days of the week as RFC 5545 writes them; Monday to Friday where nil.
  public var weekdays: [String]?
  /// From when: `09:00`.
  public var from: String
  /// Until when the visit is over.
  public var to: String

  /// A window.
  public init(first: String, last: String, weekdays: [String]?, from: String, to: String) {
    (self.first, self.last, self.weekdays) = (first, last, weekdays)
    (self.from, self.to) = (from, to)
  }
}

/// Times for a visit, for the citizen to choose from (B19).
public struct ProposalRecord: Codable, Sendable, Hashable {
  /// The proposal's id.
  public var id: String
  /// Who may choose.
  public var citizenName: String?
  /// Who would visit.
  public var workerName: String?
  /// How long the visit would be.
  public var durationMinutes: Int
  /// How it would be held.
  public var form: String
  /// The times, earliest first; of a window, those that are shown now.
  public var starts: [Date]
  /// Where the citizen picks for herself; nil where the worker named the times.
  public var window: PickWindowRecord?
  /// `open`, `chosen`, `declined`, `withdrawn` or `lapsed`.
  public var state: String
  /// The time chosen.
  public var chosen: Date?
}

/// Times to put to a citizen.
public struct NewProposal: Codable, Sendable {
  /// The visit to move, where there is one.
  public var visitId: String?
  /// Who may choose, where it is a new visit.
  public var citizenId: String?
  /// Who visits; nil means the caller.
  public var workerId: String?
  /// How long a new visit is.
  public var durationMinutes: Int?
  /// How a new visit is held.
  public var form: String?
  /// The times; nil where there is a window.
  public var starts: [Date]?
  /// Where the citizen picks for herself.
  public var window: PickWindowRecord?

  /// Times for moving a visit.
  public init(moving visit: String, starts: [Date]) {
    visitId = visit
    self.starts = starts
  }

  /// Times for a new visit.
  public init(citizen: String, worker: String?, minutes: Int, form: String?, starts: [Date]) {
    citizenId = citizen
    workerId = worker
    durationMinutes = minutes
    self.form = form
    self.starts = starts
  }

  /// The same, but that the citizen picks in a window.
  public func picking(in window: PickWindowRecord) -> NewProposal {
    var proposal = self
    proposal.starts = nil
    proposal.window = window
    return proposal
  }
}

extension BesoegAPI {
  /// Proposals to or by the caller that are not answered, with times of windows from a day on.
  public func proposals(from day: String? = nil) async throws(ServiceError) -> [ProposalRecord] {
    let query = day.map { "?from=\(segment($0))" } ?? ""
    return try await list(ServiceRequest(.GET, "/api/v1/proposals\(query)"))
  }

  /// Puts two or three times to a citizen.
  public func propose(_ proposal: NewProposal) async throws(ServiceError) -> ProposalRecord {
    try await value(posting("/proposals", proposal), retry: .brief)
  }

  /// The citizen chooses one of the times.
  public func choose(_ start: Date, of id: String) async throws(ServiceError) -> ProposalRecord {
    struct Body: Encodable { var start: Date }
    return try await value(
      posting("/proposals/\(segment(id))/choose", Body(start: start)), retry: .briefRepeatable)
  }

  /// None of the times suits.
  public func declineProposal(
    _ id: String, reason: String?
  ) async throws(ServiceError) -> ProposalRecord {
    struct Body: Encodable { var reason: String? }
    return try await value(
      posting("/proposals/\(segment(id))/decline", Body(reason: reason)), retry: .briefRepeatable)
  }
}

extension BookingWords {
  /// A proposal: whom it is for or from, and the times, numbered as they are chosen by.
  public func proposal(_ proposal: ProposalRecord, isOwn: Bool, now: Date) -> [String] {
    var values = ["minutes": String(proposal.durationMinutes), "form": form(proposal.form)]
    values["name"] = (isOwn ? proposal.workerName : proposal.citizenName) ?? ""
    let heading: TextKey =
      switch (proposal.window == nil, isOwn) {
      case (true, true): .proposalToYou
      case (true, false): .proposalToCitizen
      case (false, true): .pickYours
      case (false, false): .pickByCitizen
      }
    if proposal.starts.isEmpty { return wrapped(texts[heading, values]) + [texts[.pickNothing]] }
    return wrapped(texts[heading, values])
      + zip(1..., proposal.starts).map { number, start in
        let day = dates.spokenDay(start, now: now)
        return "  \(number)  " + texts[.dayAtClock, ["day": day, "time": dates.clock(start)]]
      }
  }
}
