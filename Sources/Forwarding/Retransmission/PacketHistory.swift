import Wire

/// The latest packets of one incoming stream, kept to answer retransmission requests and, of sound, to
/// send along with later packets.
///
/// Payloads lie one after another in a ring of bytes. It begins small, so that thousands of calls fit
/// into a processor's caches, doubles whenever it would forget a packet younger than `reach`, and is
/// halved once half of it is enough again. Its bound: of picture about one second at 2 Mbit/s, of sound as long at 256 kbit/s; what is later than
/// that is of no use to anybody. Memory is taken when the first packet comes.
struct PacketHistory: ~Copyable {
  /// How far back it reaches in any case: the round trip of an ordinary path and some.
  static let leastReach = TimeSpan.milliseconds(180)
  /// How far back it reaches once somebody asks: what comes later is not waited for.
  static let longestReach = TimeSpan.milliseconds(1000)
  /// For how long it remembers that somebody asked, in milliseconds.
  private static let patience: UInt32 = 20_000

  /// A packet in the history. Its payload is `length` bytes at `position`.
  struct Entry: BitwiseCopyable {
    /// The source's extended sequence number; 0 where the entry is empty.
    var sequence: UInt64 = 0
    /// Where its payload starts, counted in bytes since the ring's first.
    fileprivate var position: UInt64 = 0
    /// The length of its payload in bytes.
    var length: Int32 = 0
    /// The source's RTP timestamp.
    var timestamp: UInt32 = 0
    /// When it came, in milliseconds of a clock that wraps.
    fileprivate var cameAt: UInt32 = 0
    /// The marker bit.
    var marker = false
  }

  /// Bytes of payload kept now.
  private(set) var byteCapacity: Int
  /// Packets kept now, a power of two.
  private(set) var entryCapacity: Int
  private let leastBytes: Int
  private let mostBytes: Int
  private let mostEntries: Int
  private var bytes: UnsafeMutableRawPointer?
  private var entries: UnsafeMutablePointer<Entry>?
  private var head: UInt64 = 0
  /// When the ring's first byte was last written, in the clock of `Entry.cameAt`.
  private var lapBeganAt: UInt32 = 0
  private var reach = UInt32(Self.leastReach.nanoseconds / 1_000_000)
  /// When somebody last asked for more than the least, in the clock of `Entry.cameAt`.
  private var extendedAt: UInt32 = 0

  /// An empty history of a stream of a kind.
  init(kind: TrackKind = .video) {
    mostBytes = kind == .video ? 256 * 1024 : 32 * 1024
    mostEntries = kind == .video ? 512 : 64
    leastBytes = mostBytes / 8
    byteCapacity = leastBytes
    entryCapacity = mostEntries / 8
  }

  deinit {
    bytes?.deallocate()
    entries?.deallocate()
  }

  /// Reaches back so far for the next while, a second at most; never less than before.
  mutating func extend(to span: TimeSpan, at now: MonotonicTime) {
    let wanted = UInt32(min(max(span, .zero), Self.longestReach).nanoseconds / 1_000_000)
    guard wanted >= reach else { return }
    reach = wanted
    extendedAt = UInt32(truncatingIfNeeded: now.nanoseconds / 1_000_000)
  }

  /// Forgets every packet (the source started over).
  mutating func removeAll() {
    entries?.update(repeating: Entry(), count: entryCapacity)
  }

  /// Keeps a packet.
  mutating func store(
    sequence: UInt64, timestamp: UInt32, marker: Bool, payload: UnsafeRawBufferPointer,
    now: MonotonicTime
  ) {
    guard let start = payload.baseAddress, payload.count <= ForwardSink.maximumPacketLength else {
      return
    }
    let milliseconds = UInt32(truncatingIfNeeded: now.nanoseconds / 1_000_000)
    prepare(at: milliseconds)
    var offset = Int(head & UInt64(byteCapacity - 1))
    if offset + payload.count > byteCapacity {
      // A payload is never split: skip the ring's tail.
      head &+= UInt64(byteCapacity - offset)
      beginLap(at: milliseconds)
      offset = Int(head & UInt64(byteCapacity - 1))
    }
    if mustGrow(before: sequence, at: milliseconds) { growEntries() }
    guard let bytes, let entries else { return }
    (bytes + offset).copyMemory(from: start, byteCount: payload.count)
    entries[Int(sequence & UInt64(entryCapacity - 1))] = Entry(
      sequence: sequence, position: head, length: Int32(payload.count), timestamp: timestamp,
      cameAt: milliseconds, marker: marker)
    head &+= UInt64(payload.count)
  }

  /// The packet with this extended sequence number, if it is still here.
  func find(_ sequence: UInt64) -> Entry? {
    guard let entries else { return nil }
    let entry = entries[Int(sequence & UInt64(entryCapacity - 1))]
    guard entry.sequence == sequence, sequence != 0, isHeld(entry) else { return nil }
    return entry
  }

  /// The payload of a packet just found; valid until the next `store`.
  func payload(of entry: Entry) -> UnsafeRawBufferPointer {
    guard let bytes else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let offset = Int(entry.position & UInt64(byteCapacity - 1))
    return UnsafeRawBufferPointer(start: bytes + offset, count: Int(entry.length))
  }

  // MARK: Memory

  private func isHeld(_ entry: Entry) -> Bool { head &- entry.position <= UInt64(byteCapacity) }

  private mutating func prepare(at milliseconds: UInt32) {
    guard bytes == nil else { return }
    bytes = .allocate(byteCount: byteCapacity, alignment: 64)
    entries = Self.makeEntries(entryCapacity)
    lapBeganAt = milliseconds
  }

  private static func makeEntries(_ count: Int) -> UnsafeMutablePointer<Entry> {
    let made = UnsafeMutablePointer<Entry>.allocate(capacity: count)
    made.initialize(repeating: Entry(), count: count)
    return made
  }

  /// The ring is full: what is written next takes the place of the oldest, or grows it.
  private mutating func beginLap(at milliseconds: UInt32) {
    if milliseconds &- extendedAt > Self.patience {
      reach = UInt32(Self.leastReach.nanoseconds / 1_000_000)
    }
    let lap = milliseconds &- lapBeganAt
    if lap < reach, byteCapacity < mostBytes { return growBytes() }
    // Half of it and some: it must not grow again at once.
    if lap > reach / 2 * 5, byteCapacity > leastBytes { halveBytes() }
    lapBeganAt = milliseconds
  }

  /// Doubles the bytes at the end of a lap: what is held stays where it is, and the new half follows.
  @inline(never)
  private mutating func growBytes() {
    guard let old = bytes, let entries else { return }
    let grown = UnsafeMutableRawPointer.allocate(byteCount: byteCapacity * 2, alignment: 64)
    grown.copyMemory(from: old, byteCount: byteCapacity)
    old.deallocate()
    let origin = head &- UInt64(byteCapacity)
    for row in 0..<entryCapacity {
      if entries[row].sequence != 0, isHeld(entries[row]) {
        entries[row].position &-= origin
      } else {
        entries[row] = Entry()
      }
    }
    head = UInt64(byteCapacity)
    byteCapacity *= 2
    bytes = grown
  }

  /// Halves the bytes at the end of a lap: the later half of what is held is kept.
  @inline(never)
  private mutating func halveBytes() {
    guard let old = bytes, let entries else { return }
    let half = byteCapacity / 2
    let halved = UnsafeMutableRawPointer.allocate(byteCount: half, alignment: 64)
    halved.copyMemory(from: old + half, byteCount: half)
    old.deallocate()
    let origin = head &- UInt64(half)
    for row in 0..<entryCapacity {
      if entries[row].sequence != 0, isHeld(entries[row]), entries[row].position >= origin {
        entries[row].position &-= origin
      } else {
        entries[row] = Entry()
      }
    }
    head = UInt64(half)
    byteCapacity = half
    bytes = halved
  }

  /// Whether the packet would take the place of one that is still within reach.
  private func mustGrow(before sequence: UInt64, at milliseconds: UInt32) -> Bool {
    guard let entries, entryCapacity < mostEntries else { return false }
    let present = entries[Int(sequence & UInt64(entryCapacity - 1))]
    return present.sequence != 0 && present.sequence != sequence
      && milliseconds &- present.cameAt < reach && isHeld(present)
  }

  @inline(never)
  private mutating func growEntries() {
    guard let old = entries else { return }
    let grown = Self.makeEntries(entryCapacity * 2)
    for row in 0..<entryCapacity where old[row].sequence != 0 {
      grown[Int(old[row].sequence & UInt64(entryCapacity * 2 - 1))] = old[row]
    }
    old.deallocate()
    entryCapacity *= 2
    entries = grown
  }
}
