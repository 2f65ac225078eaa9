/// The events of a room that nobody has read yet, oldest first.
///
/// Bounded: what only says "look again" is queued once however often it happens, and what is left
/// is rare (once per participant and two seconds, or per picture and three).
struct RoomEvents {
  private static let capacity = 256
  /// Room for these at first: as many as wait at once in a visit of two.
  private static let usual = 8

  private var queue: [RoomEvent] = []
  private var head = 0
  /// Events waiting: asked after every packet, hence not of the queue, which lies elsewhere in memory.
  private var count = 0

  init() { queue.reserveCapacity(Self.usual) }

  /// Adds an event.
  mutating func append(_ event: RoomEvent) {
    switch event {
    case .slotsChanged, .speaking:
      for index in head..<queue.count where queue[index] == event { return }
    case .firstMedia, .interrupted, .resumed, .picture: break
    }
    guard queue.count < Self.capacity else { return }
    queue.append(event)
    count += 1
  }

  /// The oldest event, which is then forgotten.
  mutating func next() -> RoomEvent? {
    guard count > 0 else { return nil }
    let event = queue[head]
    head += 1
    count -= 1
    if count == 0 {
      queue.removeAll(keepingCapacity: true)
      head = 0
    }
    return event
  }
}
