/// Which worker each room lives on. A room lives on exactly one, and stays there.
struct Placement {
  private var workers: [String: Int] = [:]
  /// The sessions of each room that holds any.
  private var sessions: [String: Set<String>] = [:]

  /// The worker that `room` lives on.
  func worker(of room: String) -> Int? { workers[room] }

  /// Rooms on `worker`.
  func rooms(on worker: Int) -> Int { workers.values.count { $0 == worker } }

  /// The worker that `room` lives on, or the least loaded of `candidates` for a new room; nil where
  /// there is none. Among equals the lowest number wins, so that placement is reproducible.
  mutating func place(_ room: String, among candidates: [(worker: Int, sessions: Int)]) -> Int? {
    if let worker = workers[room] { return worker }
    // A room just placed has no session yet but will; counting it keeps a burst of first joins from
    // all landing on one worker.
    let least = candidates.min {
      ($0.sessions + emptyRooms(on: $0.worker), $0.worker)
        < ($1.sessions + emptyRooms(on: $1.worker), $1.worker)
    }
    guard let worker = least?.worker else { return nil }
    workers[room] = worker
    return worker
  }

  /// A session was found or made on `worker`. A room that moves has sessions on two; its place is the
  /// one it moves to.
  mutating func add(_ session: SessionReference, on worker: Int) {
    workers[session.room] = workers[session.room] ?? worker
    sessions[session.room, default: []].insert(session.session)
  }

  /// New sessions of `room` go to `worker`, while the ones it has stay where they are.
  mutating func relocate(_ room: String, to worker: Int) { workers[room] = worker }

  /// A session ended; its room's place goes with the last one.
  mutating func remove(_ session: SessionReference) {
    guard var left = sessions[session.room], left.remove(session.session) != nil else { return }
    sessions[session.room] = left.isEmpty ? nil : left
    if left.isEmpty { workers[session.room] = nil }
  }

  /// A join failed: a room that holds nobody needs no place.
  mutating func releaseIfEmpty(_ room: String) {
    if sessions[room] == nil { workers[room] = nil }
  }

  /// The worker is gone, and every room on it.
  mutating func release(worker: Int) {
    for (room, place) in workers where place == worker {
      workers[room] = nil
      sessions[room] = nil
    }
  }

  private func emptyRooms(on worker: Int) -> Int {
    workers.count { $0.value == worker && sessions[$0.key] == nil }
  }
}
