import Forwarding
import Transport
public import Wire

/// What the relay does by the clock.
extension RelayCore {
  /// When `advance` wants to be called next.
  public var nextWake: MonotonicTime? {
    if hasHandshakes { return handshakes.since }
    guard let session = sessionWakes.nextWake else { return roomWakes.nextWake }
    guard let room = roomWakes.nextWake else { return session }
    return min(session, room)
  }

  /// Does what is due, and goes on with one handshake.
  public mutating func advance(to time: TurnTime) {
    advanceTimers(to: time)
    shakeHands(at: time)
  }

  /// Does what is due but for handshakes, which may wait until what this brings forth is sent.
  public mutating func advanceTimers(to time: TurnTime) {
    for number in sessionWakes.takeDue(at: time.now) {
      let session = Int(number)
      guard sessions.contains(session) else { continue }
      sessions[session].transport.advance(to: time.now)
      takeSampleIfDue(session, at: time)
      noteFootprint(of: session)
      settle(session, at: time)
    }
    let due = roomWakes.takeDue(at: time.now)
    for (place, number) in due.enumerated() {
      if place + 1 < due.count { expect(room: Int(due[place + 1])) }
      let room = Int(number)
      guard rooms.contains(room) else { continue }
      queue.sink.roomTag = number
      rooms.pointer(to: room).pointee.room.advance(to: time.now, into: &queue.sink)
      settleRoom(room, at: time)
    }
    sealMedia()
  }
}
