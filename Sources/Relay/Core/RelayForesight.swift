import CLinux
import Forwarding
import Transport
public import Wire

/// Where that lies which packets of one session need, step by step.
struct SessionPlaces: BitwiseCopyable {
  /// What opening one from it needs.
  var receiving = MemoryPlaces()
  /// What forwarding one from it needs.
  var forwarding = MemoryPlaces()
  /// What sealing one to it needs.
  var sending = MemoryPlaces()
}

// What the next packets need is fetched into the cache while those before them are dealt with: a session's
// memory has long left it when its next packet comes. Each step fetches for the one after it.
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
    let places = footprints + session
    switch distance {
    case .next:
      Self.fetch(&places.pointee.receiving)
      clinux_fetch(places, MemoryLayout<SessionPlaces>.size)
    case .later:
      clinux_fetch(places, 3 * MemoryPlaces.line)
    }
  }

  /// Says that a packet from a session will soon be forwarded.
  mutating func expect(forwardingFrom session: Int) {
    // One peer's packets come together.
    guard session != opened.latest?.session else { return }
    Self.fetch(&footprints[session].forwarding)
  }

  /// Says that a packet is forwarded next: where it will be written moves on with each packet.
  mutating func expect(_ packet: OpenedPackets.Packet) {
    guard packet.isRTP, sessions.contains(packet.session) else { return }
    var places = MemoryPlaces()
    rooms[sessions[packet.session].room].room.note(
      rowsFor: packet.bytes.count, from: sessions[packet.session].participant, in: &places)
    Self.fetch(&places)
  }

  /// Says that packets from a session will soon be sealed to whoever listens: in a group those are too many
  /// to be fetched for.
  mutating func expect(sealingFrom session: Int) {
    let room = sessions[session].room
    let sender = sessions[session].participant
    guard rooms[room].room.capacity == 2, sender < 2 else { return }
    let listener = Int(rooms[room].members[1 - sender])
    if listener >= 0 { Self.fetch(&footprints[listener].sending) }
  }

  /// Says that a room is the next whose timers are served.
  mutating func expect(room: Int) {
    guard rooms.contains(room) else { return }
    // Of a group the first two: by and by the others' are asked for.
    for participant in 0..<2 {
      let session = Int(rooms[room].members[participant])
      if session >= 0 {
        Self.fetch(&footprints[session].forwarding)
        Self.fetch(&footprints[session].sending)
      }
    }
  }

  private static func fetch(_ places: UnsafeMutablePointer<MemoryPlaces>) {
    for index in 0..<places.pointee.count {
      let run = places.pointee.runs[index]
      clinux_fetch(run.start, run.bytes)
    }
  }

  /// Notes anew where that lies which a session's packets need; now and then is enough, as it hardly moves.
  mutating func noteFootprint(of session: Int) {
    let room = sessions[session].room
    let participant = sessions[session].participant
    var places = SessionPlaces()
    places.receiving.add(&sessions[session].isPathSilent)
    sessions[session].transport.note(in: &places.receiving, isSending: false)
    places.forwarding.add(&rooms[room].members)
    rooms[room].room.note(packetsFrom: participant, in: &places.forwarding)
    places.sending.add(&sessions[session].pictures)
    sessions[session].transport.note(in: &places.sending, isSending: true)
    footprints[session] = places
  }
}
