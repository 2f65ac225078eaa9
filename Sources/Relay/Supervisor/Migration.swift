import Wire

/// Takes the calls of one worker to another, as a value like `WorkerState`.
///
/// A room is *told*: its people are asked to join again, while the old sessions go on. When everyone
/// has arrived, what is left of it on the old worker is closed; nobody notices. A few rooms at a time,
/// so that the newcomers' handshakes do not hold up the calls that are there already. Whoever does not
/// come is asked again, and in the end treated as after the loss of a worker.
struct Migration {
  /// What the shell must do.
  enum Action: Equatable {
    /// New sessions of this room go to the new worker from now on.
    case relocate(room: String)
    /// Ask these to join again, beside the session that they have.
    case tell([SessionReference])
    /// Close what is left of a room on the old worker. These have not come.
    case close(room: String, missing: [SessionReference])
  }

  /// Between two rooms: two joins in so long are a small part of what a worker can do.
  static let pace = TimeSpan.milliseconds(20)
  /// Who has not come by then is asked again: an event stream may just have been broken.
  static let patience = TimeSpan.seconds(3)
  /// How long the old sessions stay after everyone has arrived: what is still on its way is heard.
  static let afterglow = TimeSpan.seconds(1)
  /// Who has not come by then has not heard, and has to be told in another way.
  static let roomLimit = TimeSpan.seconds(20)

  private struct Room {
    var toldAt: MonotonicTime
    var askAgainAt: MonotonicTime
    /// Who is there on the new worker.
    var arrived: Set<String> = []
    /// When the old sessions are closed, once everyone has arrived.
    var closesAt: MonotonicTime?
  }

  private var told: [String: Room] = [:]
  /// Who was on the new worker already when this began: a move that was under way when the control
  /// process was started anew goes on.
  private var early: [String: Set<String>]
  private var nextTell: MonotonicTime

  /// A move that begins at `now`, where `arrived` are on the new worker already.
  init(now: MonotonicTime, arrived: [SessionReference] = []) {
    nextTell = now
    early = [:]
    for reference in arrived { early[reference.room, default: []].insert(reference.participant) }
  }

  /// When `advance` wants to be called.
  var nextWake: MonotonicTime {
    var wake = nextTell
    for room in told.values {
      wake = min(wake, room.closesAt ?? min(room.askAgainAt, room.toldAt + Self.roomLimit))
    }
    return wake
  }

  /// Whether new sessions of `room` are sent to the new worker.
  func hasTold(_ room: String) -> Bool { told[room] != nil }

  /// A session on the new worker is connected.
  mutating func arrived(_ reference: SessionReference) {
    told[reference.room]?.arrived.insert(reference.participant)
  }

  /// Time passed, and `left` is what the old worker still holds.
  mutating func advance(to now: MonotonicTime, left: [SessionReference]) -> [Action] {
    var rooms: [String: [SessionReference]] = [:]
    for reference in left { rooms[reference.room, default: []].append(reference) }
    told = told.filter { rooms[$0.key] != nil }
    var actions: [Action] = []
    for room in rooms.keys.sorted() {
      let people = (rooms[room] ?? []).sorted { $0.session < $1.session }
      if told[room] != nil {
        actions += look(at: room, people, now: now)
      } else if now >= nextTell {
        nextTell = now + Self.pace
        actions += tell(room, people, now: now)
      }
    }
    if actions.isEmpty, now >= nextTell { nextTell = now + Self.pace }
    return actions
  }

  private mutating func tell(
    _ room: String, _ people: [SessionReference], now: MonotonicTime
  ) -> [Action] {
    let here = early.removeValue(forKey: room) ?? []
    told[room] = Room(toldAt: now, askAgainAt: now + Self.patience, arrived: here)
    let missing = people.filter { !here.contains($0.participant) }
    return [.relocate(room: room)] + (missing.isEmpty ? [] : [.tell(missing)])
  }

  private mutating func look(
    at room: String, _ people: [SessionReference], now: MonotonicTime
  ) -> [Action] {
    guard var state = told[room] else { return [] }
    defer { told[room] = state }
    let missing = people.filter { !state.arrived.contains($0.participant) }
    if missing.isEmpty {
      let due = state.closesAt ?? now + Self.afterglow
      state.closesAt = due
      guard now >= due else { return [] }
      // Asked for once; the sessions are gone when the worker says so.
      state.closesAt = now + Self.patience
      return [.close(room: room, missing: [])]
    }
    state.closesAt = nil
    if now >= state.toldAt + Self.roomLimit {
      state.toldAt = now
      return [.close(room: room, missing: missing)]
    }
    guard now >= state.askAgainAt else { return [] }
    state.askAgainAt = now + Self.patience
    return [.tell(missing)]
  }
}
