import CLinux
import Forwarding
import Transport
public import Wire

// What the next packets need is fetched into the cache while those before them are dealt with: a session's
// memory has long left it when its next packet comes.
extension RelayCore {
  /// How far ahead a packet is.
  public enum Distance {
    /// It is the next one, or the next but one: what it needs is fetched.
    case next
    /// There are some before it: what tells where that lies is fetched.
    case later
  }

  /// Says that media from `source` is about to be taken in: first as one that comes later, then as the
  /// next one. Mutating, though it changes nothing, or the whole relay would be copied for the call.
  public mutating func expect(_ source: SocketAddress, _ distance: Distance) {
    guard let session = routes.session(of: source) else { return }
    switch distance {
    case .next: fetch(session)
    case .later: clinux_fetch(footprints + session, MemoryLayout<MemoryPlaces>.size)
    }
  }

  /// Says that a room is the next whose timers are served.
  mutating func expect(room: Int) {
    guard rooms.contains(room) else { return }
    // Of a group the first two: by and by the others' are asked for.
    for participant in 0..<2 {
      let session = Int(rooms[room].members[participant])
      if session >= 0 { fetch(session) }
    }
  }

  private mutating func fetch(_ session: Int) {
    let places = footprints + session
    for index in 0..<places.pointee.count {
      clinux_fetch(UnsafeRawPointer(bitPattern: places.pointee.lines[index]), 1)
    }
  }

  /// Notes anew where that lies which a session's packets need; now and then is enough, as it hardly moves.
  mutating func noteFootprint(of session: Int) {
    let room = sessions[session].room
    let participant = sessions[session].participant
    var places = MemoryPlaces()
    places.add(&sessions[session].isPathSilent)
    sessions[session].transport.note(in: &places, isSending: false)
    places.add(&rooms[room].members)
    rooms[room].room.note(packetsFrom: participant, in: &places)
    if rooms[room].room.capacity == 2, let listener = rooms[room].session(of: 1 - participant) {
      sessions[listener].transport.note(in: &places, isSending: true)
      places.add(&sessions[listener].pictures)
    }
    footprints[session] = places
  }
}
