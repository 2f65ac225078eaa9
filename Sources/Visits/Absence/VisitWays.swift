/// What a person can do themselves about one visit that is still to come, so that a screen offers
/// nothing that would be refused (E3, B16).
public struct VisitWays: Hashable, Sendable {
  /// What it can be turned into at the same time, the gentlest first.
  public var conversions: [ConversionTarget]
  /// Whether it can be called off.
  public var canCancel: Bool

  /// The ways there are for `initiator`.
  ///
  /// - Parameters:
  ///   - allowed: The ways the citizen's grant and their own word about pictures allow.
  ///   - colleagues: Those who share a team with the initiator.
  public init(
    of visit: Visit, allowed: Set<ConversionTarget>, colleagues: Set<PersonID> = [],
    by initiator: Initiator, at now: UTCMilliseconds
  ) {
    conversions = [.phone, .audio, .video].filter { target in
      // Refused for a reason that is no use to who only looks: it is not offered.
      let change = try? VisitConversion.convert(
        visit, to: target, allowed: allowed, colleagues: colleagues, by: initiator, at: now)
      return change.map { !$0.entries.isEmpty } ?? false
    }
    let step = VisitStep(
      visit: visit, initiator: initiator, now: now, colleagues: colleagues, observers: [])
    canCancel = (try? step.cancel(note: nil)).map { !$0.entries.isEmpty } ?? false
  }
}
