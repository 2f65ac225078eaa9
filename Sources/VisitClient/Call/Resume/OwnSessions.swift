/// Which sessions in the room are this call's own, by what the service says of them, however late.
struct OwnSessions: Sendable, Equatable {
  /// The session of the last answered join.
  private(set) var current: String?
  /// Sessions that this call has had.
  private var own: [String] = []
  /// Sessions that were reported gone while their join was still unanswered.
  private var goneEarly: [String] = []
  /// The session that the service last said is ours in the room.
  private var inRoom: String?

  /// As many as a call has in hours of trouble.
  private static let capacity = 16
  /// One is enough; eight covers a relay that restarts again and again.
  private static let goneCapacity = 8

  /// A join was answered; returns whether its session was reported gone before.
  mutating func joined(_ session: String) -> Bool {
    current = session
    own = own.suffix(Self.capacity - 1) + [session]
    inRoom = nil
    let isGone = goneEarly.contains(session)
    if !isGone { goneEarly.removeAll() }
    return isGone
  }

  /// A session was reported gone while a join is unanswered.
  mutating func gone(_ session: String) {
    if goneEarly.count < Self.goneCapacity { goneEarly.append(session) }
  }

  /// The service says which session is in the room for the participant.
  mutating func seen(_ session: String) { inRoom = session }

  /// Whether the room holds a session of the participant's that is not this call's.
  var isTakenElsewhere: Bool { inRoom.map { !own.contains($0) } ?? false }
}
