import Store
import Visits

/// What is told when a visit was not answered, and when its follow-up takes a step by itself.
enum FollowUpEvents {
  /// To the citizen in kind words, to the worker as what is to be done next, and to those who share
  /// the team's worries once it lay too long.
  @Sendable
  static func drafts(for path: NoShowPath, citizen: Person) -> [EventDraft] {
    let event = FollowUpDocument(path, citizen: citizen)
    return [draft("follow-up", event, Audience(people: [path.worker]))]
  }

  /// What the end of a visit makes of it.
  static func drafts(for change: CommittedVisit) -> [EventDraft] {
    guard let path = change.followUp else { return [] }
    var drafts = drafts(for: path, citizen: change.details.citizen)
    if path.isOpen, change.details.visit.state == .missed {
      let words = Notice.weMissedYou(
        worker: change.details.worker.displayName, step: path.step,
        declined: path.cause == .declined)
      let event = WeMissedYouEvent(
        visit: change.details.visit.id.rawValue, notice: NoticeDocument(words))
      drafts.append(draft("we-missed-you", event, Audience(people: [path.citizen])))
    }
    return drafts
  }

  private static func draft(
    _ name: String, _ payload: some Encodable, _ audience: Audience
  ) -> EventDraft {
    // Values of ours with finite numbers: their encoding cannot fail.
    EventDraft(
      name: name, payload: (try? ServiceJSON.string(payload)) ?? "{}", audience: audience)
  }
}

/// The citizen was not reached, and is told so without blame (H2).
struct WeMissedYouEvent: Encodable, Sendable {
  var visit: String
  var notice: NoticeDocument
}
