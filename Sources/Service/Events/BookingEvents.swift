import Store
import Visits

/// Which events booking makes beside those of the single visits.
enum BookingEvents {
  /// How far ahead the single visits of a series are told of, in milliseconds: what a screen shows.
  /// The rest is one event, or a year's series would fill the stream.
  private static let nearMilliseconds: Int64 = 14 * 86_400_000

  private struct SeriesEvent: Encodable {
    var series: String
    var visits: Int
  }
  private struct TodoEvent: Encodable {
    var absence: String
    var open: Int
  }
  private struct AgreementEvent: Encodable {
    var absence: String
    var visit: String
  }
  private struct DelayEvent: Encodable {
    var visit: String
    /// The agreed start it is about: a screen that hears of it after the visit was moved is silent.
    var start: APITime
    var minutes: Int
    /// What the citizen's screen shows.
    var notice: NoticeDocument
  }

  /// A series was begun, changed or extended at `now`.
  static func series(at now: UTCMilliseconds) -> SeriesEventMaker {
    { details, changed in
      let near = now.adding(milliseconds: nearMilliseconds)
      var drafts = changed.filter { $0.details.visit.start < near }
        .flatMap { VisitEvents.drafts(for: $0) }
      guard let visit = changed.first?.details.visit else { return drafts }
      let id = details?.series.id ?? visit.seriesID
      let event = SeriesEvent(series: id?.rawValue ?? "", visits: changed.count)
      drafts.append(
        VisitEvents.draft(
          "series", event, Audience(people: Set(visit.participants), roles: [.operations])))
      return drafts
    }
  }

  /// An absence, or what was agreed because of it.
  static let absence: AbsenceEventMaker = { committed in
    var drafts = committed.visit.map { VisitEvents.drafts(for: $0) } ?? []
    guard !committed.tasks.isEmpty else { return drafts }
    // Ids and a number only: whoever is not around the citizen learns nothing by it.
    let team = Audience(roles: [.supportWorker, .teamLead, .operations])
    let event = TodoEvent(
      absence: committed.absence.id.rawValue, open: committed.tasks.filter(\.isPending).count)
    drafts.append(VisitEvents.draft("todo", event, team))
    for task in committed.tasks where task.state == .proposed {
      drafts.append(
        VisitEvents.draft(
          "agreement",
          AgreementEvent(absence: task.absence.rawValue, visit: task.visit.rawValue),
          Audience(people: [task.citizen])))
    }
    return drafts
  }

  /// A visit begins later than agreed (B17).
  @Sendable
  static func delay(_ announced: AnnouncedDelay) -> [EventDraft] {
    let (notice, details) = (announced.notice, announced.details)
    let event = DelayEvent(
      visit: notice.visit.rawValue, start: APITime(notice.start), minutes: notice.minutes,
      notice: NoticeDocument(notice.text(worker: details.worker.displayName)))
    return [
      VisitEvents.draft("delay", event, Audience(people: Set(details.visit.participants)))
    ]
  }

  /// Times were put to a citizen, or answered (B19).
  static let proposal: ProposalEventMaker = { committed in
    let proposal = committed.proposal
    let both = Audience(people: [proposal.visit.citizenID, proposal.proposedBy])
    return (committed.visit.map { VisitEvents.drafts(for: $0) } ?? [])
      + [VisitEvents.draft("proposal", ProposalDocument(proposal), both)]
  }
}
