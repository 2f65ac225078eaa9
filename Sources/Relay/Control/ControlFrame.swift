/// What the control process asks of one worker.
public enum RelayCommand: Codable, Sendable, Equatable {
  /// Lets a participant in.
  case join(JoinRequest)
  /// Restarts ICE from a full new offer.
  case restart(session: String, offer: String)
  /// Ends a session.
  case leave(session: String)
  /// Ends every session of a room.
  case close(room: String)
}

/// A worker's answer to one `RelayCommand`.
public enum RelayReply: Codable, Sendable, Equatable {
  /// To `join` and `restart`.
  case joined(JoinAnswer)
  /// To `leave` and `close`.
  case done
  /// To any.
  case failed(RelayControlError)
}

/// One message on the control channel, in either direction.
///
/// The channel carries a four-byte big-endian length and that many bytes of JSON. It is read by a
/// worker and a control process that may be of different releases for the minutes an upgrade takes,
/// which is why the frames are self-describing and `WorkerHello.version` exists.
enum ControlFrame: Codable, Sendable, Equatable {
  /// To the worker: do this and reply under the same id.
  case command(id: UInt64, RelayCommand)
  /// To the worker: answer with `pong`. Every event up to `acknowledged` has been taken over.
  case ping(id: UInt64, acknowledged: UInt64)
  /// To the worker: end all sessions and exit.
  case stop

  /// From the worker, first on every connection.
  case hello(WorkerHello)
  /// From the worker: the outcome of a command.
  case reply(id: UInt64, RelayReply)
  /// From the worker: its loop turns.
  case pong(id: UInt64, WorkerLoad)
  /// From the worker: it was told to end (SIGTERM), and asks for its calls to be taken elsewhere.
  case leaving
  /// From the worker: something happened. Sequence numbers count from 1 without gaps as long as
  /// nothing had to be dropped, and begin again with each worker process.
  case event(sequence: UInt64, RelayEvent)
}

/// Who a worker is and what it holds, so that a restarted control process can take it back.
struct WorkerHello: Codable, Sendable, Equatable {
  /// The control channel's version that this release speaks.
  static let currentVersion = 1

  /// The version that the worker speaks.
  var version: Int
  /// The worker's number.
  var worker: Int
  /// Its live sessions.
  var sessions: [SessionListing]
  /// What stands for its program and settings, as it was told when it was started; nil from a
  /// release that does not say.
  var digest: UInt64?
  /// Whether it was told to end, and waits for its calls to be taken elsewhere.
  var isLeaving: Bool?
}

/// A live session as a worker describes it to a new control process.
public struct SessionListing: Codable, Sendable, Equatable {
  /// The session.
  public var reference: SessionReference
  /// Its slots now.
  public var slots: [SlotState]

  /// A listing of `reference`.
  public init(reference: SessionReference, slots: [SlotState]) {
    self.reference = reference
    self.slots = slots
  }
}

/// How much a worker carries, sent with every pong.
struct WorkerLoad: Codable, Sendable, Equatable {
  /// Live sessions.
  var sessions: Int
  /// Rooms.
  var rooms: Int
  /// Totals since the process started, by metric name.
  var counters: [String: Int64]
}
