/// What becomes of a visit that was booked with a picture before the citizen said no to pictures.
public struct ScreenRemedy: Hashable, Sendable, Codable {
  /// The ways there are.
  public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
    /// Somebody comes.
    case physical
    /// It becomes a telephone call.
    case phone
    /// Sound alone, in the app.
    case audio
    /// This one stays as it is booked.
    case keep
    /// It is called off.
    case cancel
  }

  /// What is done.
  public var kind: Kind
  /// When instead; nil for the time it was booked at.
  public var start: UTCMilliseconds?

  /// A remedy.
  public init(_ kind: Kind, start: UTCMilliseconds? = nil) {
    self.kind = kind
    self.start = start
  }
}

/// The citizen's word about one of those visits, as recorded.
public struct ScreenAgreement: Hashable, Sendable, Codable {
  /// The visit.
  public var visit: VisitID
  /// What becomes of it.
  public var remedy: ScreenRemedy
  /// How the citizen said so.
  public var agreement: CitizenAgreement
}

// A no changes nothing that was agreed before: it is asked about, visit by visit, and until the
// citizen's word is recorded each stays booked (F3, as with absence in B11).
extension ScreenStart {
  /// The most agreements that are kept, the newest: two years of two visits a week.
  static let mostAgreements = 200

  /// When the citizen said no, where that is what holds.
  private var saidNoAt: UTCMilliseconds? { isUnwanted ? trial.steps.last?.at : nil }

  /// Whether somebody has yet to talk with the citizen about the visit.
  public func asksAbout(_ visit: Visit, at now: UTCMilliseconds) -> Bool {
    guard let saidNoAt, visit.citizenID == citizen, visit.state == .booked, visit.showsPicture,
      visit.end > now
    else { return false }
    return !agreements.contains {
      $0.visit == visit.id && $0.remedy.kind == .keep && $0.agreement.at >= saidNoAt
    }
  }

  /// What a colleague agreed with the citizen about a visit: the start with it recorded, and what it
  /// does to the visit; nil where the visit stays as it is.
  public func settling(
    _ visit: Visit, _ remedy: ScreenRemedy, way: AgreementWay, by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> (start: ScreenStart, change: VisitChange?) {
    let colleague = try initiator.requireBooker()
    guard way != .screen else { throw .onlyCitizenAgreesOnScreen }
    guard asksAbout(visit, at: now) else {
      // A repeated request whose reply was lost.
      let last = agreements.last { $0.visit == visit.id }
      guard last?.remedy == remedy else { throw .taskDone }
      return (self, nil)
    }
    let after = try visitAfter(remedy, visit, at: now)
    var start = self
    start.agreements.append(
      ScreenAgreement(
        visit: visit.id, remedy: remedy,
        agreement: CitizenAgreement(way: way, recordedBy: colleague, at: now)))
    start.agreements = start.agreements.suffix(Self.mostAgreements)
    guard after != visit else { return (start, nil) }
    let entry = LedgerDraft(
      at: now, kind: remedy.kind == .cancel ? .cancelled : .moved, participant: colleague,
      cause: .noToScreen(remedy.kind), device: initiator.device)
    return (start, VisitChange(visit: after, entries: [entry]))
  }

  private func visitAfter(
    _ remedy: ScreenRemedy, _ visit: Visit, at now: UTCMilliseconds
  ) throws(Refusal) -> Visit {
    var after = visit
    after.start = remedy.start ?? visit.start
    switch remedy.kind {
    case .physical: after.form = .physical
    case .phone: after.mediaMode = .phone
    case .audio: after.mediaMode = .audio
    case .keep: break
    case .cancel:
      after.start = visit.start
      after.state = .cancelled
    }
    guard remedy.start == nil || after.start >= now else { throw .startsInThePast }
    return after
  }
}

extension Visit {
  /// Whether it is a screen visit with a picture.
  var showsPicture: Bool { form == .screen && mediaMode == .video }
}

extension LedgerCause {
  /// The citizen said no to screen visits, and this was agreed instead: `no-to-screen-phone` and so
  /// on.
  public static func noToScreen(_ kind: ScreenRemedy.Kind) -> LedgerCause {
    LedgerCause(rawValue: "no-to-screen-\(kind.rawValue)")
  }
}
