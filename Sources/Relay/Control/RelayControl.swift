/// What the service asks of the relays, wherever they run: the one way from `Service` to media.
///
/// The service neither parses SDP nor knows which worker a room lives on.
public protocol RelayControl: Sendable {
  /// Lets a participant into a room, creating the room when it is the first.
  ///
  /// A participant who is already in the room replaces its earlier session: one identity, never a
  /// ghost.
  func join(_ request: JoinRequest) async throws(RelayControlError) -> JoinAnswer

  /// Restarts ICE for a session (WHIP `PATCH`, RFC 9725 §4.3) from a full new offer.
  func restart(session: String, offer: String) async throws(RelayControlError) -> JoinAnswer

  /// Ends one session.
  func leave(session: String) async throws(RelayControlError)

  /// Ends every session of a room.
  func close(room: String) async throws(RelayControlError)

  /// Everything the relays report, in order per worker. Consumed by one reader.
  var events: AsyncStream<RelayEvent> { get }

  /// The workers as last seen.
  func workers() async -> [WorkerStatus]
}

/// A participant's wish to enter a room.
public struct JoinRequest: Codable, Sendable, Equatable {
  /// The room: the visit's id.
  public var room: String
  /// The participant's stable identity: the person's id.
  public var participant: String
  /// How many participants the room holds, 2 ... 20.
  public var capacity: Int
  /// The SDP offer (RFC 8866, RFC 8829).
  public var offer: String

  /// A wish to enter `room` as `participant`.
  public init(room: String, participant: String, capacity: Int, offer: String) {
    self.room = room
    self.participant = participant
    self.capacity = capacity
    self.offer = offer
  }
}

/// The relay's answer to a join or an ICE restart.
public struct JoinAnswer: Codable, Sendable, Equatable {
  /// The session's id, unguessable and unique across workers.
  public var session: String
  /// The SDP answer.
  public var answer: String
  /// The slots the session's receive-only media sections are bound to, in offer order.
  public var slots: [SlotState]
  /// Servers that carry the session's media where nothing else gets through (RFC 9725 §4.6), with
  /// credentials for this session. Empty where there is no public TCP port.
  public var iceServers: [ICEServer]

  /// An answer for `session`.
  public init(
    session: String, answer: String, slots: [SlotState], iceServers: [ICEServer] = []
  ) {
    self.session = session
    self.answer = answer
    self.slots = slots
    self.iceServers = iceServers
  }

  /// Reads an answer; a worker of an earlier release names no servers.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    session = try values.decode(String.self, forKey: .session)
    answer = try values.decode(String.self, forKey: .answer)
    slots = try values.decode([SlotState].self, forKey: .slots)
    iceServers = try values.decodeIfPresent([ICEServer].self, forKey: .iceServers) ?? []
  }
}

/// A TURN server and the credentials for it, as WebRTC's `RTCIceServer` wants them.
public struct ICEServer: Codable, Sendable, Equatable {
  /// Where it is: `turns:HOST:PORT?transport=tcp` (RFC 7065).
  public var urls: [String]
  /// The name to give.
  public var username: String
  /// The password that goes with it.
  public var credential: String
  /// Until when they can be used to begin, seconds since 1970.
  public var expires: Int64

  /// A server.
  public init(urls: [String], username: String, credential: String, expires: Int64) {
    self.urls = urls
    self.username = username
    self.credential = credential
    self.expires = expires
  }
}

/// One receiver's place for one remote participant's sound and picture.
public struct SlotState: Codable, Sendable, Equatable {
  /// The slot's number in this session, from 0.
  public var slot: Int
  /// The `mid` of its audio media section, where it has one.
  public var audioMid: String?
  /// The `mid` of its video media section, where it has one.
  public var videoMid: String?
  /// Who is in it now; nil while it is free.
  public var participant: String?

  /// A slot's state.
  public init(slot: Int, audioMid: String?, videoMid: String?, participant: String?) {
    self.slot = slot
    self.audioMid = audioMid
    self.videoMid = videoMid
    self.participant = participant
  }
}

/// Why the relays refused or could not do what was asked.
public enum RelayControlError: Error, Codable, Sendable, Equatable {
  /// The SDP is malformed or asks for what no relay can do. `line` counts from 1; 0 where the fault
  /// is in no single line. `reason` is English, for the caller's developer.
  case invalidOffer(line: Int, reason: String)
  /// The room is full.
  case roomFull
  /// The session is gone.
  case noSuchSession
  /// No worker can take the room now.
  case unavailable
}

/// What a relay reports. Times are wall-clock UTC in milliseconds since 1970.
public enum RelayEvent: Codable, Sendable, Equatable {
  /// ICE and DTLS are up. `profile` is the SRTP protection profile's IANA name.
  case connected(SessionReference, profile: String, milliseconds: Int64)
  /// The first decrypted packet of a kind arrived from this participant.
  case firstMedia(SessionReference, kind: MediaKind, milliseconds: Int64)
  /// Nothing has been heard from the participant for over two seconds.
  case interrupted(SessionReference, cause: String, milliseconds: Int64)
  /// It is heard from again, on the same session.
  case resumed(SessionReference, cause: String, milliseconds: Int64)
  /// The session ended: `left`, `replaced`, `consent-expired`, `dtls-closed`, `dtls-failed`,
  /// `setup-timeout`, `worker-lost`.
  case closed(SessionReference, cause: String, milliseconds: Int64)
  /// A session's slots changed.
  case slots(SessionReference, [SlotState])
  /// Who is speaking in the room, loudest first.
  case speaking(room: String, participants: [String])
  /// Figures of the last interval.
  case sample(SessionReference, TransportSample)
  /// How much of the picture of participant `from` the session gets changed. `cause` is
  /// `receiver-network` where its path has room for less, `recovered` where it has room for more.
  case picture(
    SessionReference, from: String, level: PictureLevel, cause: String, milliseconds: Int64)
  /// A worker was lost with these sessions; it is being replaced and they may join again now.
  case workerLost(worker: Int, sessions: [SessionReference], milliseconds: Int64)
  /// These sessions' worker is to be emptied: they go on, and their participants are asked to join
  /// again beside them. Repeated for whoever does not come.
  case moving(sessions: [SessionReference], milliseconds: Int64)
  /// Once after the start of the control process: every worker that was there has been taken back
  /// with all it had to tell, the others are being started anew, and these sessions are all there
  /// are. What lived before and is not among them is lost.
  case workersKnown(sessions: [SessionReference], milliseconds: Int64)
}

/// Names a session to the service.
public struct SessionReference: Codable, Sendable, Hashable {
  /// The session's id.
  public var session: String
  /// The visit's id.
  public var room: String
  /// The person's id.
  public var participant: String

  /// A reference to `session`.
  public init(session: String, room: String, participant: String) {
    self.session = session
    self.room = room
    self.participant = participant
  }
}

/// Sound or picture.
public enum MediaKind: String, Codable, Sendable, Hashable, CaseIterable {
  /// Sound.
  case audio
  /// Picture.
  case video
}

/// How much of a picture there is, best first.
public enum PictureLevel: String, Codable, Sendable, Hashable, CaseIterable {
  /// All of it.
  case full
  /// The full size at fewer frames a second.
  case fewerFrames = "fewer-frames"
  /// A smaller picture.
  case smaller
  /// The last picture stands still.
  case held
  /// Nothing but sound.
  case soundOnly = "sound-only"
}

/// What the relay saw of one participant in one interval.
public struct TransportSample: Codable, Sendable, Equatable {
  /// The interval's end, UTC milliseconds since 1970.
  public var milliseconds: Int64
  /// The interval's length in milliseconds.
  public var intervalMilliseconds: Int
  /// From the participant to the relay, by kind.
  public var inbound: [MediaKind: StreamSample]
  /// From the relay to the participant, by kind, summed over slots; loss and jitter are what the
  /// participant's receiver reports said.
  public var outbound: [MediaKind: StreamSample]
  /// Round trip of the selected path in milliseconds, where measured.
  public var roundTripMilliseconds: Double?
  /// What the path to the participant is thought to carry at the interval's end, in bit/s; nil where
  /// the participant tells nothing to conclude it from.
  public var estimatedBitrate: Int?
  /// How long packets to the participant wait in the path's queues, in milliseconds above the least
  /// seen, where known.
  public var queueingMilliseconds: Double?
  /// The least of the levels of the pictures sent to it; nil where it is sent none.
  public var pictureLevel: PictureLevel?

  /// A sample.
  public init(
    milliseconds: Int64, intervalMilliseconds: Int, inbound: [MediaKind: StreamSample],
    outbound: [MediaKind: StreamSample], roundTripMilliseconds: Double?,
    estimatedBitrate: Int? = nil, queueingMilliseconds: Double? = nil,
    pictureLevel: PictureLevel? = nil
  ) {
    self.milliseconds = milliseconds
    self.intervalMilliseconds = intervalMilliseconds
    self.inbound = inbound
    self.outbound = outbound
    self.roundTripMilliseconds = roundTripMilliseconds
    self.estimatedBitrate = estimatedBitrate
    self.queueingMilliseconds = queueingMilliseconds
    self.pictureLevel = pictureLevel
  }
}

/// One kind's figures in one direction in one interval.
public struct StreamSample: Codable, Sendable, Equatable {
  /// Packets that arrived (inbound) or were sent (outbound).
  public var packets: Int
  /// Bytes of RTP payload and header.
  public var bytes: Int
  /// Packets lost, after retransmission.
  public var lost: Int
  /// Interarrival jitter (RFC 3550 §6.4.1) in milliseconds.
  public var jitterMilliseconds: Double
  /// Packets asked for again.
  public var nacked: Int
  /// Packets sent again.
  public var retransmitted: Int
  /// Keyframes asked for (PLI and FIR).
  public var keyframeRequests: Int

  /// Figures; all zero unless given.
  public init(
    packets: Int = 0, bytes: Int = 0, lost: Int = 0, jitterMilliseconds: Double = 0,
    nacked: Int = 0, retransmitted: Int = 0, keyframeRequests: Int = 0
  ) {
    self.packets = packets
    self.bytes = bytes
    self.lost = lost
    self.jitterMilliseconds = jitterMilliseconds
    self.nacked = nacked
    self.retransmitted = retransmitted
    self.keyframeRequests = keyframeRequests
  }
}

/// A worker process as the supervisor sees it.
public struct WorkerStatus: Codable, Sendable, Equatable {
  /// The worker's number, from 0.
  public var worker: Int
  /// Its process id; 0 while it is being started.
  public var processID: Int32
  /// Whether it answers.
  public var isHealthy: Bool
  /// Sessions on it.
  public var sessions: Int
  /// Rooms on it.
  public var rooms: Int
  /// Times it was started again.
  public var restarts: Int
  /// Totals since it started, by metric name (`besoeg_relay_…_total`), for `/metrics`.
  public var counters: [String: Int64]

  /// A status.
  public init(
    worker: Int, processID: Int32, isHealthy: Bool, sessions: Int, rooms: Int, restarts: Int,
    counters: [String: Int64]
  ) {
    self.worker = worker
    self.processID = processID
    self.isHealthy = isHealthy
    self.sessions = sessions
    self.rooms = rooms
    self.restarts = restarts
    self.counters = counters
  }
}
