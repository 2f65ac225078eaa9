/// What one visit can be turned into without changing its time.
public enum ConversionTarget: String, Codable, Sendable, Hashable, CaseIterable {
  /// Sound and picture.
  case video
  /// Sound alone, in the app.
  case audio
  /// A telephone call.
  case phone

  var mediaMode: MediaMode {
    switch self {
    case .video: .video
    case .audio: .audio
    case .phone: .phone
    }
  }
}

/// One visit held another way, in one step, at the same time and with the same people: the online
/// substitute for a physical meeting (B16), also asked for by the citizen on a day when a visit is
/// too much (E3). A change of the grant's form is another matter (A10) and not made here.
public enum VisitConversion {
  /// What the conversion does, or throws.
  ///
  /// `allowed` are the ways the citizen's grant allows; `colleagues` are those who share a team with
  /// who asks.
  public static func convert(
    _ visit: Visit, to target: ConversionTarget, allowed: Set<ConversionTarget>,
    colleagues: Set<PersonID> = [], by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> VisitChange {
    if initiator.role == .citizen {
      guard initiator.person == visit.citizenID else { throw .notYourVisit }
    } else {
      try VisitRules.requireStaff(initiator, of: visit, colleagues: colleagues)
    }
    guard visit.isTwoParty else { throw .onlyTwoPartyConverts }
    switch visit.state {
    case .ended: throw .visitOver
    case .cancelled: throw .visitCancelled
    case .ringing, .active: throw .visitInProgress
    case .booked, .missed: break
    }
    var after = visit
    after.form = .screen
    after.mediaMode = target.mediaMode
    if after == visit { return VisitChange(visit: visit, entries: []) }
    guard allowed.contains(target) else { throw .conversionNotGranted }
    let entry = LedgerDraft(
      at: now, kind: .moved, participant: initiator.person, cause: .converted(target),
      device: initiator.device)
    return VisitChange(visit: after, entries: [entry])
  }
}

extension LedgerCause {
  /// The visit is held another way: `converted-video` and so on.
  public static func converted(_ target: ConversionTarget) -> LedgerCause {
    LedgerCause(rawValue: "converted-\(target.rawValue)")
  }
}
