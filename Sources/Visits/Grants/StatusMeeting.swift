/// A status meeting, held when there is need of one (H7): a visit that the case worker takes part in.
public struct StatusMeeting: Hashable, Sendable, Codable {
  /// The longest agenda, in characters.
  public static let longestAgenda = VisitRules.longestNote

  /// The visit, with the case worker among its `others`.
  public var visit: Visit
  /// What it is about; nil where that shows.
  public var agenda: String?

  /// A meeting of these three.
  public init(visit: Visit, caseWorker: PersonID, agenda: String? = nil) {
    self.visit = visit
    self.visit.others = [caseWorker]
    self.agenda = agenda
  }

  /// What booking it does, or throws. The team books it, and so does the case worker who takes part:
  /// for them alone the visit is theirs to book.
  public func book(
    under rules: VisitRules, citizen: Person, worker: Person, caseWorker: Person,
    circle: CareCircle, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> VisitChange {
    guard caseWorker.role == .caseWorker else {
      throw .notACaseWorker(name: caseWorker.displayName)
    }
    var booker = initiator
    if initiator.role == .caseWorker {
      guard initiator.person == caseWorker.id, circle.caseWorker == caseWorker.id else {
        throw .bookingIsForTheTeam
      }
      booker = .system
    }
    var change = try rules.book(
      BookingProposal(
        visit: visit, citizen: citizen, worker: worker, initiator: booker, now: now))
    let note = try VisitRules.checkedNote(agenda)
    for index in change.entries.indices {
      change.entries[index].participant = initiator.person
      change.entries[index].device = initiator.device
      change.entries[index].note = note
    }
    return change
  }
}
