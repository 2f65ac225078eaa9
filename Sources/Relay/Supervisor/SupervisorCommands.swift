import Wire

/// A command on its way, and who waits for its outcome.
struct PendingCommand {
  /// How long a command may take, waiting for a worker to come up included.
  static let limit = TimeSpan.seconds(5)

  var command: RelayCommand
  var deadline: MonotonicTime
  var reply: SupervisorInbox.Reply
  /// The worker it was sent to; nil while a join waits for one.
  var worker: Int?
}

// What the service asks for.
extension SupervisorLoop {
  /// Takes a command from the service.
  func accept(
    _ command: RelayCommand, reply: @escaping SupervisorInbox.Reply, now: MonotonicTime
  ) {
    lastCommand += 1
    let waiting = PendingCommand(
      command: command, deadline: now + PendingCommand.limit, reply: reply, worker: nil)
    pending[lastCommand] = waiting
    dispatch(lastCommand)
  }

  /// Sends a command to the worker it concerns; a join that finds none waits.
  func dispatch(_ id: UInt64) {
    guard let command = pending[id]?.command else { return }
    let worker: Int?
    switch command {
    case .join(let request):
      if drainDeadline != nil, placement.worker(of: request.room) == nil {
        return finish(id, with: .failed(.unavailable))
      }
      worker = placement.place(request.room, among: candidates)
      guard let worker, links[worker].state.isServing else { return }
    case .restart(let session, _), .leave(let session):
      worker = links.first { $0.state.sessions[session] != nil }?.number
      if worker == nil { return finish(id, with: .failed(.noSuchSession)) }
    case .close(let room):
      closeRest(of: room)
      worker = placement.worker(of: room)
      if worker == nil { return finish(id, with: .done) }
    }
    guard let worker else { return }
    guard links[worker].state.isServing else {
      return finish(id, with: .failed(.unavailable))
    }
    pending[id]?.worker = worker
    links[worker].connection?.send(.command(id: id, command))
  }

  /// Tries again what found no worker yet, in the order in which it was asked for.
  func dispatchWaiting() {
    for (id, command) in pending.sorted(by: { $0.key < $1.key }) where command.worker == nil {
      dispatch(id)
    }
  }

  /// Tells whoever waits what became of a command.
  func finish(_ id: UInt64, with reply: RelayReply) {
    guard let done = pending.removeValue(forKey: id) else { return }
    if case .join(let request) = done.command {
      if case .joined(let answer) = reply, let worker = done.worker {
        let reference = SessionReference(
          session: answer.session, room: request.room, participant: request.participant)
        links[worker].state.joined(reference)
        placement.add(reference, on: worker)
      } else if !pending.values.contains(where: { $0.command.room == request.room }) {
        placement.releaseIfEmpty(request.room)
      }
    }
    done.reply(withServers(reply, from: done.worker))
  }

  /// An answer with the way through firewalls: only here is it known which worker gave it.
  private func withServers(_ reply: RelayReply, from worker: Int?) -> RelayReply {
    guard let credentials, let worker, case .joined(var answer) = reply else { return reply }
    answer.iceServers = credentials.servers(
      worker: worker, session: answer.session, at: SystemClock.wallMilliseconds / 1_000)
    return .joined(answer)
  }
}

extension RelayCommand {
  /// The room that a join is for.
  var room: String? { if case .join(let request) = self { request.room } else { nil } }
}
