// Word to those who should take a request that nobody has taken (E2).

extension Post {
  /// How long word of an untaken request is of use, in minutes: over a night, not longer.
  private static let unansweredMinutes = 1440

  /// Word to a worker that a request has been carried to `step` untaken: once for each step and worker,
  /// however often it is carried there. It names nobody: a telephone may be read by whoever is near.
  public init(
    unanswered request: CallbackRequest, carriedTo step: Escalation, worker: PersonID,
    channel: ReminderChannel, at now: UTCMilliseconds
  ) {
    self.init(
      key: PostKey(
        rawValue: "\(request.id).\(PostKind.unanswered.rawValue).\(step.rawValue).\(worker)"),
      tenant: request.tenant, citizen: request.citizen, visit: nil, callback: request.id,
      kind: .unanswered, destination: .staff(worker, channel),
      content: Notice.unanswered(step).danish, createdAt: now,
      expiresAt: now.adding(minutes: Self.unansweredMinutes))
  }
}

extension CallbackRequest {
  /// The steps that a change has carried the request to, the nearest first; none where somebody has
  /// it.
  public func steps(since previous: CallbackRequest?) -> [Escalation] {
    guard state == .waiting, let previous else { return [] }
    return Escalation.allCases.filter { previous.escalation < $0 && $0 <= escalation }
  }
}

extension Notice {
  /// What a worker is told who is away from the screen; neutral, as reminders are (E11).
  static func unanswered(_ step: Escalation) -> Notice {
    switch step {
    case .duty, .team:
      Notice(
        "unanswered",
        da: "Nogen venter på at blive ringet op, og ingen har taget det endnu. Se din liste.",
        en: "Somebody is waiting to be called, and nobody has taken it yet. See your list.")
    case .lead:
      Notice(
        "unanswered-lead",
        da: "Nogen har ventet længe på at blive ringet op, og ingen har taget det. Se din liste.",
        en: "Somebody has waited too long to be called, and nobody has taken it. See your list.")
    }
  }
}

extension Refusal {
  /// Only who can take requests is told of them.
  public static let onlyStaffIsTold = Refusal(
    "only-staff-is-told", .invalid,
    da: "Besked om ventende opkald er for medarbejdere, der kan tage dem. Slå den fra.",
    en: "Word of waiting calls is for workers who can take them. Leave it out.")
}
