import Wire

// Workers that take over from others, and calls that move between them.
extension SupervisorLoop {
  /// Workers that take new rooms.
  var candidates: [(worker: Int, sessions: Int)] {
    successions.indices.compactMap { index in
      let link = links[place(index, successions[index].active)]
      guard successions[index].phase != .looking, link.state.isServing else { return nil }
      return (link.number, link.state.sessions.count)
    }
  }

  /// Looks at every worker and its successor, and does what follows.
  func succeed(now: MonotonicTime) {
    guard !isStopping else { return }
    for index in successions.indices {
      let pair = [links[place(index, 0)], links[place(index, 1)]]
      let before = (successions[index].phase, successions[index].active)
      for action in successions[index].advance(pair[0].view, pair[1].view) {
        switch action {
        case .want(let side):
          if successions[index].phase == .preparing {
            log("relay worker \(pair[1 - side].number): to be replaced by \(pair[side].number)")
          }
          apply(pair[side].state.want(now: now), to: pair[side], now: now)
        case .move(let from, let to):
          adopt(pair[to])
          adopt(pair[from], besides: pair[to])
          pair[from].state.retire()
          log(
            "relay worker \(pair[from].number): "
              + "\(pair[from].state.sessions.count) sessions move to \(pair[to].number)")
          migrations[pair[from].number] = Migration(
            now: now, arrived: Array(pair[to].state.sessions.values))
        case .release(let side):
          log("relay worker \(pair[side].number): empty, no longer needed")
          migrations[pair[side].number] = nil
          apply(pair[side].state.release(now: now), to: pair[side], now: now)
        }
      }
      if successions[index].phase != .looking { adopt(pair[successions[index].active]) }
      if before != (successions[index].phase, successions[index].active) { dispatchWaiting() }
    }
  }

  /// Goes on with every move.
  func migrate(now: MonotonicTime) {
    for from in migrations.keys.sorted() {
      let link = links[from]
      let to = successor(of: from)
      let left = Array(link.state.sessions.values)
      for action in migrations[from]?.advance(to: now, left: left) ?? [] {
        switch action {
        case .relocate(let room): placement.relocate(room, to: to)
        case .tell(let sessions):
          emit(.moving(sessions: sessions, milliseconds: SystemClock.wallMilliseconds))
        case .close(let room, let missing):
          if !missing.isEmpty {
            log("relay worker \(from): \(missing.count) sessions did not move, and are ended")
            emit(
              .workerLost(
                worker: from, sessions: missing, milliseconds: SystemClock.wallMilliseconds))
          }
          closeOld(room, on: link)
        }
      }
    }
  }

  /// Takes note of a worker's report.
  func note(_ event: RelayEvent, from link: WorkerLink) {
    switch event {
    case .closed(let reference, _, _): placement.remove(reference)
    case .connected(let reference, _, _):
      let from = successor(of: link.number)
      migrations[from]?.arrived(reference)
    default: break
    }
  }

  /// Closes what a room that moves has left behind.
  func closeRest(of room: String) {
    for (from, migration) in migrations where migration.hasTold(room) {
      closeOld(room, on: links[from])
    }
  }

  /// Nobody waits for the reply: the worker's reports say what came of it.
  private func closeOld(_ room: String, on link: WorkerLink) {
    lastCommand += 1
    link.connection?.send(.command(id: lastCommand, .close(room: room)))
  }

  /// Takes over the sessions of a worker that was found. Whoever is on its successor as well, was on
  /// the move when the control process ended: the old session says nothing more about them.
  private func adopt(_ link: WorkerLink, besides successor: WorkerLink? = nil) {
    let moved = Set((successor?.state.sessions.values).map { $0.map(\.place) } ?? [])
    for listing in found.removeValue(forKey: link.number) ?? [] {
      placement.add(listing.reference, on: link.number)
      if moved.contains(listing.reference.place) { continue }
      emit(.slots(listing.reference, listing.slots))
    }
  }

  private func place(_ index: Int, _ side: Int) -> Int { index + side * successions.count }

  /// The other process of a pair.
  private func successor(of number: Int) -> Int {
    number < successions.count ? number + successions.count : number - successions.count
  }
}

extension SessionReference {
  /// Who is where, whatever the session.
  fileprivate var place: [String] { [room, participant] }
}
