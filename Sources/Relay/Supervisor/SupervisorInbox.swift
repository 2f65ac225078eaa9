import CLinux
import Glibc
import Synchronization
import Wire

/// The one place where the supervisor's thread and everyone else meet.
final class SupervisorInbox: Sendable {
  /// Takes a command's outcome.
  typealias Reply = @Sendable (RelayReply) -> Void

  /// What the thread is asked to do.
  enum Message: Sendable {
    /// Carry out a command.
    case command(RelayCommand, Reply)
    /// Take no new rooms; stop the workers when they are empty or the time is up.
    case drain(TimeSpan)
    /// End without stopping the workers.
    case letGo
  }

  private struct State {
    var messages: [Message] = []
    var statuses: [WorkerStatus] = []
    var isClosed = false
  }

  /// Readable while messages wait.
  let wakeDescriptor: Int32
  private let state = Mutex(State())

  /// An open inbox.
  init() {
    wakeDescriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
  }

  deinit { close(wakeDescriptor) }

  /// The workers as last published.
  var statuses: [WorkerStatus] { state.withLock { $0.statuses } }

  /// Leaves a message; false where nobody will read it any more.
  func put(_ message: Message) -> Bool {
    let isOpen = state.withLock { state in
      guard !state.isClosed else { return false }
      state.messages.append(message)
      return true
    }
    if isOpen {
      var one: UInt64 = 1
      write(wakeDescriptor, &one, 8)
    }
    return isOpen
  }

  /// All messages left since the last call.
  func take() -> [Message] {
    state.withLock { state in
      defer { state.messages = [] }
      return state.messages
    }
  }

  /// Makes the descriptor unreadable again; called before `take`, so that no message is missed.
  func rest() {
    var count: UInt64 = 0
    read(wakeDescriptor, &count, 8)
  }

  /// Shows the workers as they are now.
  func publish(_ statuses: [WorkerStatus]) {
    state.withLock { $0.statuses = statuses }
  }

  /// Takes no more messages; those that nobody read are refused.
  func close() {
    let unread = state.withLock { state in
      state.isClosed = true
      defer { state.messages = [] }
      return state.messages
    }
    for case .command(_, let reply) in unread { reply(.failed(.unavailable)) }
  }

  private func close(_ descriptor: Int32) { Glibc.close(descriptor) }
}
