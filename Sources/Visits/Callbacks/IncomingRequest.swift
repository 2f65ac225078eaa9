/// Somebody who wants something of a team now, wherever they asked: one list for all who answer
/// ("vurdere, hvilke borgere der skal prioriteres, såfremt der kommer flere henvendelser på en
/// gang", B14).
public struct IncomingRequest: Hashable, Sendable {
  /// Where it was asked.
  public enum Source: String, Codable, Sendable, Hashable, CaseIterable {
    /// "Ring mig op".
    case callback
    /// The drop-in queue.
    case dropIn = "drop-in"
    /// A wish to be seen sooner, should time become free (B15).
    case wish
  }

  /// How it is to be taken, the first first.
  public enum Priority: Int, Codable, Sendable, Hashable, CaseIterable, Comparable {
    /// The citizen, or a worker for them, said that it is urgent.
    case urgent
    /// Somebody should have answered already.
    case overdue
    /// A time was agreed, and it has come.
    case agreed
    /// In the order they asked.
    case inTurn
    /// Called in vain, and to be called again later.
    case later
    /// Would be glad of it; nothing is promised.
    case wish
    /// A colleague has it.
    case taken

    /// Whether `a` goes before `b`.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// Where it was asked.
  public var source: Source
  /// The id there.
  public var id: String
  /// Who asks.
  public var citizen: PersonID
  /// What it is about, in their few words.
  public var about: String?
  /// Since when.
  public var since: UTCMilliseconds
  /// By when somebody should have taken it; for one who waits in turn the time they asked.
  public var dueAt: UTCMilliseconds
  /// Who has taken it.
  public var holder: PersonID?
  /// How it is to be taken.
  public var priority: Priority

  /// A request to be called.
  public init(_ request: CallbackRequest, at now: UTCMilliseconds) {
    source = .callback
    id = request.id.rawValue
    citizen = request.citizen
    about = request.about
    since = request.createdAt
    dueAt = request.dueAt
    holder = request.claimedBy
    if request.state == .claimed {
      priority = .taken
    } else if let retry = request.retryAt, retry > now {
      priority = .later
    } else if request.isUrgent {
      priority = .urgent
    } else {
      priority = request.dueAt <= now ? .overdue : .inTurn
    }
  }

  /// A place in the drop-in queue; nil where its time has not come or it is over.
  public init?(_ ticket: QueueTicket, at now: UTCMilliseconds) {
    guard ticket.state.isOpen, ticket.appointment ?? now <= now else { return nil }
    source = .dropIn
    id = ticket.id.rawValue
    citizen = ticket.citizen
    about = ticket.topic
    since = ticket.joinedAt
    dueAt = ticket.appointment ?? ticket.joinedAt
    holder = ticket.state == .waiting ? nil : ticket.claimedBy
    if ticket.state != .waiting {
      priority = .taken
    } else if let retry = ticket.retryAt, retry > now {
      priority = .later
    } else {
      priority = ticket.appointment == nil ? .inTurn : .agreed
    }
  }

  /// A wish to be seen sooner; nil when its time is over.
  public init?(_ wish: WaitingWish, at now: UTCMilliseconds) {
    guard wish.window.end > now else { return nil }
    source = .wish
    id = wish.citizen.rawValue
    citizen = wish.citizen
    since = wish.since
    dueAt = wish.window.end
    priority = .wish
  }

  /// The order in which they are to be taken. Within a rank by when somebody should have answered,
  /// then by who asked first.
  public static func inOrder(_ requests: [IncomingRequest]) -> [IncomingRequest] {
    requests.sorted { a, b in
      (a.priority, a.dueAt, a.since, a.id) < (b.priority, b.dueAt, b.since, b.id)
    }
  }

  /// Why it stands where it stands, for whoever answers.
  public var reason: Notice {
    let clock = CopenhagenTime(since).clock
    return switch priority {
    case .urgent:
      Notice(
        "priority-urgent", da: "Haster. Spurgte kl. \(clock).", en: "Urgent. Asked at \(clock).")
    case .overdue:
      Notice(
        "priority-overdue", da: "Skulle have haft svar kl. \(CopenhagenTime(dueAt).clock).",
        en: "Should have been answered at \(CopenhagenTime(dueAt).clock).")
    case .agreed:
      Notice(
        "priority-agreed", da: "Har en aftalt tid kl. \(CopenhagenTime(dueAt).clock).",
        en: "Has an agreed time at \(CopenhagenTime(dueAt).clock).")
    case .inTurn:
      Notice(
        "priority-in-turn", da: "Står i tur. Spurgte kl. \(clock).",
        en: "In turn. Asked at \(clock).")
    case .later:
      Notice(
        "priority-later", da: "Svarede ikke. Prøves igen om lidt.",
        en: "Did not answer. To be tried again in a while.")
    case .wish:
      Notice(
        "priority-wish", da: "Vil gerne have en tid, hvis der bliver en ledig.",
        en: "Would like a time if one becomes free.")
    case .taken:
      Notice("priority-taken", da: "En kollega har den.", en: "A colleague has it.")
    }
  }
}
