import Wire

/// Pictures' packets that wait to leave on one path, first in, first out.
///
/// An entry names a packet in its source's history; nothing is copied. The packet is composed when it
/// leaves, as a retransmission is, and one that has left the history meanwhile was too old anyway.
struct PacingQueue: ~Copyable {
  /// Packets held at most, a power of two: as many as a source's history keeps.
  static let capacity = 512
  /// Packets there is room for at first, a power of two: a picture and some.
  private static let firstCapacity = 8
  /// More packets than this wait for a good part of what a source's history keeps in any case.
  private static let long = 16

  /// One packet that waits.
  struct Entry: BitwiseCopyable {
    /// The packet as it came; its payload pointer is stale, the history has the bytes.
    var packet: SourcePacket
    /// The run it belongs to.
    var run: StreamRewriter.SourceRun
    /// Who sent it.
    var source: Int8
    /// Which of the sender's tracks it is of.
    var track: Int8
    /// Which of the receiver's slots it goes to.
    var slot: Int8
    /// When it came.
    var cameAt: MonotonicTime
  }

  private var entries: UnsafeMutablePointer<Entry>?
  private var room = Self.firstCapacity
  private var head = 0
  /// How many packets wait.
  private(set) var count = 0

  /// An empty queue; it takes memory now, or never if it is not used.
  init(isUsed: Bool) {
    if isUsed { entries = .allocate(capacity: room) }
  }

  deinit { entries?.deallocate() }

  /// Whether nothing waits.
  var isEmpty: Bool { count == 0 }

  /// Whether so many wait that the last ones may be long on their way.
  var isLong: Bool { count > Self.long }

  /// The packet that has waited longest.
  var first: Entry? {
    guard count > 0, let entries else { return nil }
    return entries[head]
  }

  /// Adds a packet; false where the queue is full.
  mutating func append(_ entry: Entry) -> Bool {
    if count == room, !grow() { return false }
    guard let entries else { return false }
    (entries + ((head + count) & (room - 1))).initialize(to: entry)
    count += 1
    return true
  }

  /// Doubles the room; false where it is as large as it gets.
  @inline(never)
  private mutating func grow() -> Bool {
    guard let old = entries, room < Self.capacity else { return false }
    let grown = UnsafeMutablePointer<Entry>.allocate(capacity: room * 2)
    for place in 0..<count { (grown + place).initialize(to: old[(head + place) & (room - 1)]) }
    old.deallocate()
    entries = grown
    room *= 2
    head = 0
    return true
  }

  /// Takes out the packet that has waited longest.
  mutating func removeFirst() {
    guard count > 0 else { return }
    count -= 1
    // From the start again whenever it is empty, which it nearly always soon is: the same few lines of
    // memory stay in the cache.
    head = count == 0 ? 0 : (head + 1) & (room - 1)
  }

  /// Forgets all packets.
  mutating func removeAll() {
    head = 0
    count = 0
  }
}
