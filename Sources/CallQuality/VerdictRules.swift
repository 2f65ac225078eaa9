/// Judges a visit by the definition of first try (design.md §1.1): the first ring or join of each
/// party leads to two-way sound within 20 s of the answer, and that holds for 30 s or until somebody
/// hangs up, with nobody reloading, re-inviting or switching device.
///
/// An interruption that heals by itself within 5 s is *recovered*: the visit took place and nobody
/// had to do anything, but "holds" was not kept, so it is not a first-try success either.
struct VerdictRules {
  /// How soon both must hear each other, in milliseconds.
  static let soundWithin: Int64 = 20_000
  /// How long that must hold unless somebody hangs up, in milliseconds.
  static let holdsFor: Int64 = 30_000
  /// How soon an interruption must heal by itself to count as recovered, in milliseconds.
  static let healsWithin: Int64 = 5_000
  /// The ledger's cause where whoever visited said afterwards that it was held.
  static let reported = "reported"
  /// Silence on the wire that counts as an interruption, in milliseconds.
  static let interruption: Int64 = 2_000

  let input: VerdictInput
  let events: [VerdictInput.Event]
  let figures: [String: ListenerFigures]
  let media: [String: MediaHistory]

  init(_ input: VerdictInput) {
    self.input = input
    // By time, not by number: an entry that had to wait for a full disk is numbered late.
    // Simultaneous entries keep their order.
    events = input.events.enumerated()
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
    let samples = input.samples.sorted { $0.at < $1.at }
    var figures: [String: ListenerFigures] = [:]
    var media: [String: MediaHistory] = [:]
    for party in input.parties {
      figures[party.participant] = ListenerFigures(of: party.participant, in: samples)
      media[party.participant] = MediaHistory(of: party.participant, in: events)
    }
    self.figures = figures
    self.media = media
  }

  func verdict() -> Verdict {
    guard input.isRelayed else { return undecided(.excluded, []) }
    // Called off and then agreed on again, it is a visit as any other.
    guard events.last(where: \.isAgreement)?.kind != .cancelled else {
      return undecided(.cancelled, [.cancelled])
    }
    let answered = events.first { $0.kind == .answered }?.at
    // A person's word that it was held elsewhere says nothing about a call.
    let ended = events.last { $0.kind == .ended && $0.cause != Self.reported }
    guard let ended else { return answered == nil ? unanswered() : undecided(.pending, []) }
    return judge(HeldVisit(start: answered ?? lastJoin ?? ended.at, ended: ended, rules: self))
  }

  /// Where nobody was rung, the visit begins when the second party is in the room.
  private var lastJoin: Int64? {
    media.values.compactMap { $0.sessions.first?.start }.max()
  }

  private func unanswered() -> Verdict {
    let last = events.last { [.rung, .missed, .declined].contains($0.kind) }
    switch last?.kind {
    case .missed:
      return undecided(
        .notAnswered, [last?.cause == "caller-gave-up" ? .callerGaveUp : .notAnswered])
    case .declined: return undecided(.notAnswered, [.declined])
    default:
      let wasHeldElsewhere = events.contains { $0.kind == .ended && $0.cause == Self.reported }
      return undecided(wasHeldElsewhere ? .excluded : .pending, [])
    }
  }

  private func undecided(_ outcome: VisitOutcome, _ causes: [VerdictCause]) -> Verdict {
    Verdict(
      firstTry: nil, causes: causes, outcome: outcome,
      participants: input.parties.map { quality(of: $0, in: nil) })
  }

  private func judge(_ visit: HeldVisit) -> Verdict {
    let causes =
      visit.soundCauses + visit.holdCauses + visit.interruptionCauses + ringCauses
      + visit.joinCauses
    let outcome: VisitOutcome =
      if causes.isEmpty { .held } else if visit.tookPlace { .recovered } else { .failed }
    return Verdict(
      firstTry: causes.isEmpty, causes: causes, outcome: outcome,
      participants: input.parties.map { quality(of: $0, in: visit) })
  }

  /// A ring after one that was not taken, or after the conversation had begun, is a re-invitation.
  /// After a "no, thanks" it is what was agreed.
  private var ringCauses: [VerdictCause] {
    var previous: VerdictInput.Event.Kind?
    var rings = 0
    for event in events where [.rung, .missed, .declined, .answered].contains(event.kind) {
      if event.kind == .rung, previous != nil, previous != .declined { rings += 1 }
      previous = event.kind
    }
    return rings > 0 ? [.rungAgain(times: rings + 1)] : []
  }

  private func quality(of party: VerdictInput.Party, in visit: HeldVisit?) -> ParticipantQuality {
    var quality = ParticipantQuality(participant: party.participant, role: party.role)
    let other = input.parties.first { $0.participant != party.participant }
    figures[party.participant]?.fill(
      &quality, hearing: other.flatMap { figures[$0.participant] })
    if let visit {
      quality.firstSoundMs = visit.soundAt(for: party).map { Double($0 - visit.start) }
      let lengths = visit.interruptions(of: party).map { visit.length(of: $0) }
      quality.interruptions = lengths.count
      quality.longestInterruptionMs = lengths.max()
    } else {
      quality.firstSoundMs = figures[party.participant]?.client.firstSound
    }
    return quality
  }
}

extension VerdictInput.Event {
  /// Whether it says that the visit is to take place, or is not.
  fileprivate var isAgreement: Bool { [.booked, .moved, .cancelled].contains(kind) }
}
