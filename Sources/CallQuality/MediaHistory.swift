/// What the ledger tells about one participant's own sound and picture, as the relay received it.
struct MediaHistory {
  /// A time without being heard.
  struct Interruption: Equatable {
    var start: Int64
    /// When it was over; nil when it never was.
    var end: Int64?
    /// The ledger's cause code.
    var cause: String
    /// Whether somebody had to come in again to end it, rather than it healing by itself.
    var neededPerson = false
  }

  /// A session of the participant's in the room.
  struct Session: Equatable {
    var id: String
    var start: Int64
    var attempt: Int?
    var device: String?
    /// Whether it replaced one that was lost with its relay worker.
    var followsWorker: Bool

    /// Whether the client came back without its person: it counts its attempts, and a page that is
    /// loaded anew starts at one.
    var isAutomatic: Bool { followsWorker || (attempt ?? 1) > 1 }
  }

  /// The relay waits this long before it speaks of silence, in milliseconds; the silence began
  /// that much before the report.
  static let noticedAfter: Int64 = 2_000
  /// The ledger's code for a lost relay worker.
  static let workerLost = "worker-lost"
  /// The ledger's code for coming in again while the old session still worked.
  static let joinedAgain = "joined-again"
  /// Codes of a session's end that nobody wanted.
  private static let losses: Set = [
    workerLost, "consent-expired", "dtls-failed", "setup-timeout",
  ]

  private(set) var sessions: [Session] = []
  private(set) var interruptions: [Interruption] = []
  /// When its sound first reached the relay.
  private(set) var firstSound: Int64?
  /// When it left without coming back; nil while it is there, or was lost rather than left.
  private(set) var goneAt: Int64?

  /// Reads one participant's events, given in the order of their times.
  init(of participant: String, in events: [VerdictInput.Event]) {
    for event in events where event.participant == participant {
      switch event.kind {
      case .mediaConnected: connect(event)
      case .resumed: resume(at: event.at)
      case .interrupted: interrupt(event)
      case .left:
        if Self.losses.contains(event.cause) { interrupt(event) } else { goneAt = event.at }
      case .booked, .moved, .rung, .answered, .declined, .missed, .picture, .ended, .cancelled:
        break
      }
    }
  }

  private mutating func connect(_ event: VerdictInput.Event) {
    if event.cause == "audio" { firstSound = firstSound ?? event.at }
    let id = event.session ?? ""
    if !sessions.contains(where: { $0.id == id }) {
      let open = interruptions.last.flatMap { $0.end == nil ? $0 : nil }
      let session = Session(
        id: id, start: event.at, attempt: event.attempt, device: event.device,
        followsWorker: open?.cause == Self.workerLost)
      sessions.append(session)
      if open != nil, !session.isAutomatic {
        interruptions[interruptions.count - 1].neededPerson = true
      }
    }
    resume(at: event.at)
  }

  private mutating func interrupt(_ event: VerdictInput.Event) {
    guard interruptions.last.map({ $0.end != nil }) ?? true else { return }
    let isNoticedAtOnce = Self.losses.contains(event.cause) || event.cause == Self.joinedAgain
    let start = isNoticedAtOnce ? event.at : event.at - Self.noticedAfter
    // Silence cannot reach back into what was heard.
    interruptions.append(
      Interruption(
        start: max(start, interruptions.last?.end ?? start), end: nil, cause: event.cause))
  }

  private mutating func resume(at time: Int64) {
    goneAt = nil
    guard let last = interruptions.indices.last, interruptions[last].end == nil else { return }
    interruptions[last].end = time
  }
}
