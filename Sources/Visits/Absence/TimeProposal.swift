/// Who decides on a citizen's times (B19). Chosen per citizen.
public enum SchedulingMode: String, Codable, Sendable, Hashable, CaseIterable {
  /// The worker enters what they have agreed.
  case workerSets = "worker-sets"
  /// The worker offers two or three times and the citizen chooses.
  case workerProposes = "worker-proposes"
  /// The citizen picks among the worker's free times.
  case citizenPicks = "citizen-picks"
}

/// Names a proposal of times.
public struct TimeProposalID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Where a proposal of times is in its life.
public enum TimeProposalState: String, Codable, Sendable, Hashable, CaseIterable {
  /// The citizen may choose.
  case open
  /// The citizen chose one.
  case chosen
  /// None suits: the worker proposes others.
  case declined
  /// The times went by without an answer: the worker gets in touch.
  case lapsed
}

/// Times for a visit, for the citizen to choose from (B19): two or three that the worker names, or
/// whatever is free in a window that she opens.
///
/// The times are not held for the citizen: a hold that nobody answers would waste two of three.
/// A time that has been booked meanwhile is refused in plain words and another chosen.
public struct TimeProposal: Hashable, Sendable, Codable {
  /// The proposal's id.
  public var id: TimeProposalID
  /// The visit as it would become but for its start. May exist already: then choosing moves it.
  public var visit: Visit
  /// The times offered, earliest first; where there is a window, those of it that are shown now.
  public var starts: [UTCMilliseconds]
  /// Where the citizen picks for herself; nil where the worker named the times.
  public var window: PickWindow?
  /// Who offered them.
  public var proposedBy: PersonID
  /// Where it is in its life.
  public var state: TimeProposalState
  /// The time chosen.
  public var chosen: UTCMilliseconds?
  /// What the citizen wrote when none suited.
  public var note: String?

  /// A proposal as stored.
  public init(
    id: TimeProposalID, visit: Visit, starts: [UTCMilliseconds], window: PickWindow? = nil,
    proposedBy: PersonID, state: TimeProposalState, chosen: UTCMilliseconds? = nil,
    note: String? = nil
  ) {
    self.id = id
    self.visit = visit
    self.starts = starts
    self.window = window
    self.proposedBy = proposedBy
    self.state = state
    self.chosen = chosen
    self.note = note
  }

  /// How many times are offered: a choice that can be overlooked.
  public static let optionCount = 2...3

  /// A proposal that may be sent, or why not.
  ///
  /// - Parameter isFreed: Whether the time became free by a cancellation: then one is offered, take
  ///   it or leave it (B15).
  public static func offer(
    id: TimeProposalID, visit: Visit, starts: [UTCMilliseconds], isFreed: Bool = false,
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> TimeProposal {
    let worker = try initiator.requireBooker()
    let starts = Set(starts).sorted()
    guard optionCount.contains(starts.count) || isFreed && starts.count == 1 else {
      throw .proposeTwoOrThree
    }
    guard starts.allSatisfy({ $0 > now }) else { throw .startsInThePast }
    return TimeProposal(
      id: id, visit: visit, starts: starts, proposedBy: worker, state: .open)
  }

  /// A window in which the citizen picks for herself, or why it cannot be opened: it is for those
  /// with whom it is agreed that they do.
  public static func open(
    id: TimeProposalID, visit: Visit, window: PickWindow, mode: SchedulingMode, name: String,
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> TimeProposal {
    let worker = try initiator.requireBooker()
    guard mode == .citizenPicks else { throw .citizenDoesNotPick(name: name) }
    return TimeProposal(
      id: id, visit: visit, starts: [],
      window: try window.checked(durationMinutes: visit.durationMinutes, at: now),
      proposedBy: worker, state: .open)
  }

  /// The times that can still be chosen: to come, and not booked by anybody meanwhile.
  public func openStarts(busy: TimeWindows, at now: UTCMilliseconds) -> [UTCMilliseconds] {
    guard state == .open else { return [] }
    return starts.filter { isFree($0, busy: busy, at: now) }
  }

  private func isFree(
    _ start: UTCMilliseconds, busy: TimeWindows, at now: UTCMilliseconds
  ) -> Bool {
    let window = TimeWindow(start: start, minutes: visit.durationMinutes)
    return start > now && busy.intersection(TimeWindows([window])).isEmpty
  }

  /// Whether a time is one of those that were named, or an even one in the window.
  private func isOffered(_ start: UTCMilliseconds) -> Bool {
    guard let window else { return starts.contains(start) }
    let step = Int64(FreeSlotQuery.Step.quarter.rawValue) * 60_000
    return start.rawValue.isMultiple(of: step)
      && window.contains(TimeWindow(start: start, minutes: visit.durationMinutes))
  }

  /// The proposal after the citizen's choice, and the visit to book or move. Choosing the same time
  /// again changes nothing.
  public func choosing(
    _ start: UTCMilliseconds, busy: TimeWindows, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> (proposal: TimeProposal, visit: Visit) {
    try requireCitizen(initiator)
    var after = self
    after.visit.start = start
    if state == .chosen, chosen == start { return (self, after.visit) }
    try requireOpen()
    guard isOffered(start) else { throw .notAmongProposed }
    guard isFree(start, busy: busy, at: now) else { throw .proposedTimeTaken }
    after.state = .chosen
    after.chosen = start
    return (after, after.visit)
  }

  /// The proposal after the citizen said that none suits.
  public func declining(
    note: String?, by initiator: Initiator
  ) throws(Refusal) -> TimeProposal {
    try requireCitizen(initiator)
    if state == .declined { return self }
    try requireOpen()
    var after = self
    after.state = .declined
    after.note = try VisitRules.checkedNote(note)
    return after
  }

  /// The proposal when its last time has gone by unanswered; itself before.
  public func lapsing(at now: UTCMilliseconds) -> TimeProposal {
    let isOver = window.map { $0.span.end <= now } ?? starts.allSatisfy { $0 <= now }
    return isOver ? lapsed : self
  }

  /// The proposal when another window takes its place: a citizen has one to pick from at a time.
  public var lapsed: TimeProposal {
    guard state == .open else { return self }
    var after = self
    after.state = .lapsed
    return after
  }

  private func requireCitizen(_ initiator: Initiator) throws(Refusal) {
    guard initiator.person == visit.citizenID else { throw .notYourVisit }
  }

  private func requireOpen() throws(Refusal) {
    guard state == .open else { throw .proposalClosed }
  }
}
