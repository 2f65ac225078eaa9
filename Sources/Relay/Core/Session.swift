import Forwarding
import Transport
import Wire

/// One participant's session: its secure path and where it sits in its room.
struct Session: ~Copyable {
  /// Its names, for the service; never touched per packet.
  let reference: SessionReference
  /// The secure path.
  var transport: SecureTransport
  /// What was agreed, for a later offer of the same session.
  var negotiated: NegotiatedSession
  /// The payload types of the pictures it is sent: the first to be left out where there is no room.
  var pictures: PayloadTypeSet
  /// What its STUN requests are known by.
  var fragment: RouteTable.UserFragment
  /// What they were known by before the last ICE restart, and still may be.
  var earlierFragment: RouteTable.UserFragment?
  /// Its room's number.
  let room: Int
  /// Its index in that room.
  let participant: Int
  /// When it was let in.
  let joinedAt: MonotonicTime
  /// Whether the path has been secured.
  var isConnected = false
  /// Whether nothing authentic is heard from it at all.
  var isPathSilent = false
  /// Whether no media is heard from it.
  var isMediaSilent = false
  /// How many of its DTLS datagrams wait to be taken in.
  var handshakesWaiting: UInt8 = 0
  /// When the first of them, or one before it, came; meaningful while any waits.
  var handshakesSince = MonotonicTime.zero
  /// When the next sample is due; nil before it is connected.
  var nextSample: MonotonicTime?
  /// The figures at the last sample.
  var lastFigures = ParticipantStatistics()

  /// A session just let in.
  init(
    reference: SessionReference, transport: consuming SecureTransport,
    negotiated: NegotiatedSession, fragment: RouteTable.UserFragment, room: Int, participant: Int,
    joinedAt: MonotonicTime
  ) {
    self.reference = reference
    self.transport = transport
    self.negotiated = negotiated
    pictures = PayloadTypeSet(picturesIn: negotiated.media)
    self.fragment = fragment
    self.room = room
    self.participant = participant
    self.joinedAt = joinedAt
  }

  /// When it wants to be called.
  var nextWake: MonotonicTime? {
    guard let nextSample else { return transport.nextWake }
    guard let wake = transport.nextWake else { return nextSample }
    return min(wake, nextSample)
  }
}

/// One room and who is in it.
struct RoomRecord: ~Copyable {
  /// Its name: the visit's id.
  let name: String
  /// What forwards its packets.
  var room: Room
  /// The session of each participant, by index in the room; -1 where there is none.
  var members: InlineArray<20, Int32> = .init(repeating: -1)

  /// An empty room.
  init(name: String, room: consuming Room) {
    self.name = name
    self.room = room
  }

  /// The session of participant `index`.
  func session(of index: Int) -> Int? {
    guard index >= 0, index < members.count, members[index] >= 0 else { return nil }
    return Int(members[index])
  }
}
