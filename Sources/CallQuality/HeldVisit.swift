/// A visit that was answered and has ended, and what went wrong in it.
struct HeldVisit {
  typealias Party = VerdictInput.Party

  /// When the clock began: the answer.
  let start: Int64
  /// How it ended.
  let ended: VerdictInput.Event
  let rules: VerdictRules

  private var parties: [Party] { rules.input.parties }
  private var hungUp: Bool { ended.cause == "hung-up" }

  private func media(of party: Party) -> MediaHistory? { rules.media[party.participant] }

  // MARK: Sound

  /// When the first sound of anybody else reached the relay.
  private func othersSound(for party: Party) -> Int64? {
    parties.filter { $0.participant != party.participant }
      .compactMap { media(of: $0)?.firstSound }.min()
  }

  /// When a party first heard another; nil when it never did.
  ///
  /// The client's own word decides. It counts from its answer or its join; a worker who waited in
  /// the room before the answer may mean either, and what it says is taken as the earliest time
  /// that others' sound had reached the relay by.
  func soundAt(for party: Party) -> Int64? {
    let relayed = othersSound(for: party)
    guard let client = rules.figures[party.participant]?.client, client.sampleCount > 0 else {
      return relayed.map { max(start, $0) }
    }
    guard client.heardSound else { return nil }
    guard let measured = client.firstSound else { return max(start, relayed ?? start) }
    let joined = media(of: party)?.sessions.first?.start ?? start
    let earliest = max(start, relayed ?? start)
    let readings = [start, joined].map { $0 + Int64(measured) }.sorted()
    return readings.first { $0 >= earliest } ?? earliest
  }

  /// When everybody heard somebody; nil when that never came about.
  private var twoWayAt: Int64? {
    let times = parties.map { soundAt(for: $0) }
    guard !times.isEmpty, !times.contains(nil) else { return nil }
    return times.compactMap { $0 }.max()
  }

  var soundCauses: [VerdictCause] {
    let deaf = parties.filter { soundAt(for: $0) == nil }
    if deaf.count == parties.count { return [.noSound] }
    if !deaf.isEmpty {
      return deaf.map { .oneWaySound(listener: $0, wasSent: othersSound(for: $0) != nil) }
    }
    guard let twoWayAt, twoWayAt - start > VerdictRules.soundWithin else { return [] }
    let late = parties.filter { soundAt(for: $0) == twoWayAt }
    return [
      .lateSound(
        milliseconds: twoWayAt - start, limit: VerdictRules.soundWithin,
        listener: late.count == 1 ? late.first : nil)
    ]
  }

  // MARK: Holding

  /// Interruptions of a party's sound that the other had to sit through.
  func interruptions(of party: Party) -> [MediaHistory.Interruption] {
    (media(of: party)?.interruptions ?? []).filter { interruption in
      guard interruption.start < ended.at, (interruption.end ?? ended.at) > start else {
        return false
      }
      if interruption.cause == MediaHistory.joinedAgain {
        // Changing over is counted as the joining it is, unless the other sat in silence meanwhile.
        return length(of: interruption) > VerdictRules.interruption
      }
      // Silence of the one who hangs up may be no more than the hanging up itself.
      let isHangUp = hungUp && ended.participant == party.participant && isOpen(interruption)
      return !isHangUp || length(of: interruption) > VerdictRules.healsWithin
    }
  }

  /// An interruption's length in milliseconds, as far as it lies within the visit.
  func length(of interruption: MediaHistory.Interruption) -> Int64 {
    min(interruption.end ?? ended.at, ended.at) - max(interruption.start, start)
  }

  private func isOpen(_ interruption: MediaHistory.Interruption) -> Bool {
    interruption.end.map { $0 >= ended.at } ?? true
  }

  /// When a party left the other behind. Leaving just before somebody hangs up is the hanging up.
  private func goneAt(_ party: Party) -> Int64? {
    guard let goneAt = media(of: party)?.goneAt, goneAt < ended.at else { return nil }
    return hungUp && ended.at - goneAt <= VerdictRules.healsWithin ? nil : goneAt
  }

  /// How long both heard each other before somebody was lost for good, left or hung up, in
  /// milliseconds.
  private var heldFor: Int64? {
    guard let twoWayAt else { return nil }
    let lost = parties.flatMap { interruptions(of: $0) }.filter(isOpen).map(\.start)
    let ends = lost + parties.compactMap { goneAt($0) } + [ended.at]
    return ends.min().map { max(0, $0 - twoWayAt) }
  }

  /// Whether hanging up is what ended the conversation.
  private var endedByHangingUp: Bool {
    hungUp && !wasCutOff && !parties.contains { goneAt($0) != nil }
  }

  /// Whether a party was lost and never came back.
  private var wasCutOff: Bool {
    parties.contains { interruptions(of: $0).contains(where: isOpen) }
  }

  /// Whether a conversation came of it all the same.
  var tookPlace: Bool {
    guard let heldFor else { return false }
    return heldFor >= VerdictRules.holdsFor || endedByHangingUp
  }

  var holdCauses: [VerdictCause] {
    // Where somebody was cut off, that is the cause: see `interruptionCauses`.
    guard let heldFor, heldFor < VerdictRules.holdsFor, !endedByHangingUp, !wasCutOff else {
      return []
    }
    return [.didNotHold(milliseconds: heldFor)]
  }

  /// One cause for each party's worst interruption; one for both where a lost worker took both.
  var interruptionCauses: [VerdictCause] {
    var causes: [VerdictCause] = []
    var worstLoss: Int64?
    for party in parties {
      let all = interruptions(of: party)
      if all.contains(where: isOpen) {
        causes.append(.notResumed(party))
        continue
      }
      let gaps = all.filter { $0.cause != MediaHistory.workerLost }
      if let gap = gaps.max(by: { length(of: $0) < length(of: $1) }) {
        let healed =
          length(of: gap) <= VerdictRules.healsWithin && !gaps.contains(where: \.neededPerson)
        causes.append(
          healed
            ? .recovered(party, milliseconds: length(of: gap))
            : .interrupted(party, milliseconds: length(of: gap)))
      }
      let losses = all.filter { $0.cause == MediaHistory.workerLost }.map { length(of: $0) }
      worstLoss = [worstLoss, losses.max()].compactMap(\.self).max()
    }
    if let worstLoss {
      causes.append(
        .relayLost(milliseconds: worstLoss, healed: worstLoss <= VerdictRules.healsWithin))
    }
    return causes
  }

  // MARK: Joining

  /// Who had to come in more than once.
  var joinCauses: [VerdictCause] {
    parties.flatMap { party -> [VerdictCause] in
      let sessions = media(of: party)?.sessions ?? []
      var causes: [VerdictCause] = []
      // The interruption that made a client join again says so already, with its length.
      let isExplained = !interruptions(of: party).isEmpty
      let measured = rules.figures[party.participant]?.client.highestAttempt ?? 1
      let attempt = max(sessions.first?.attempt ?? 1, sessions.count < 2 ? measured : 1)
      if attempt > 1, !isExplained { causes.append(.severalAttempts(party, attempt: attempt)) }
      for (previous, session) in zip(sessions, sessions.dropFirst()) where !session.followsWorker {
        if let device = session.device, let earlier = previous.device, device != earlier {
          causes.append(.deviceSwitched(party))
        } else if !session.isAutomatic {
          causes.append(.rejoined(party))
        } else if !isExplained {
          causes.append(.rejoinedByItself(party))
        }
      }
      return causes.reduce(into: []) { unique, cause in
        if !unique.contains(cause) { unique.append(cause) }
      }
    }
  }
}
