import Visits

// Those who were invited to somebody's visit, such as the case worker to a status meeting (H7).
extension LiveCall {
  /// Those invited to a visit are rung when it begins: until then there is nothing to come to. Who
  /// was in the room already, as a restarted service reads in the ledger, is not rung again.
  mutating func invite(_ visit: Visit, since began: UTCMilliseconds) {
    guard !visit.isTwoParty, visit.form != .group else { return }
    invited = Set(visit.others.filter { participants[$0] == nil })
    if !invited.isEmpty {
      invitationEndsAt = began.adding(milliseconds: VisitRules.ringMilliseconds)
    }
  }

  /// Somebody who was invited comes, or says no: none of their devices rings any longer.
  mutating func stopInviting(
    _ person: PersonID, because end: RingStoppedEvent.Reason, device: DeviceID?
  ) -> [Action] {
    guard invited.remove(person) != nil else { return [] }
    if invited.isEmpty { invitationEndsAt = nil }
    return [.stopInviting(person, because: end, device: device)]
  }

  /// The time to come at once is up; they may still come later.
  mutating func endInvitations() -> [Action] {
    let waiting = invited.sorted { $0.rawValue < $1.rawValue }
    (invited, invitationEndsAt) = ([], nil)
    return waiting.map { .stopInviting($0, because: .missed, device: nil) }
  }
}
