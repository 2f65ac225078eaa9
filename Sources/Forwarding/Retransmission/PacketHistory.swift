import Wire

/// The latest packets of one incoming stream, kept to answer retransmission requests and, of sound, to
/// send along with later packets.
///
/// Payloads lie one after another in a ring of bytes. It grows by what it lacks whenever it would forget
/// a packet younger than `reach`, and shrinks to what it needs once that is half of it: what thousands
/// of calls keep is most of what a relay's memory holds, and has to share the processor's caches. Its
/// bound: of picture about one second at 2 Mbit/s, of sound as long at 256 kbit/s; what is later than
/// that is of no use to anybody. Memory is taken when the first packet comes.
struct PacketHistory: ~Copyable {
  /// How far back it reaches in any case: the round trip of an ordinary path and some.
  static let leastReach = TimeSpan.milliseconds(180)
  /// How far back it reaches once somebody asks: what comes later is not waited for.
  static let longestReach = TimeSpan.milliseconds(1000)
  /// For how long it remembers that somebody asked.
  static let patience = TimeSpan.seconds(5)

  /// Sizes are whole pages of so many bytes, less what malloc keeps beside an allocation.
  private static let page = 4_096
  private static let overhead = 16

  /// A packet in the history. Its payload is `length` bytes at `offset`.
  struct Entry: BitwiseCopyable {
    /// The source's extended sequence number; 0 where the entry is empty.
    var sequence: UInt64 = 0
    /// Where in the ring its payload starts.
    fileprivate var offset: UInt32 = 0
    /// In which lap around the ring it was written.
    fileprivate var lap: UInt32 = 0
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
  private let leastEntries: Int
  private let mostEntries: Int
  private var bytes: UnsafeMutableRawPointer?
  private var entries: UnsafeMutablePointer<Entry>?
  /// Where the next payload goes.
  private var head = 0
  /// Times that the ring's end was passed.
  private var lap: UInt32 = 0
  /// When the ring's first byte was last written, in the clock of `Entry.cameAt`.
  private var lapBeganAt: UInt32 = 0
  private var reach = UInt32(Self.leastReach.nanoseconds / 1_000_000)
  /// Until when it reaches farther than the least, in the clock of `Entry.cameAt`.
  private var extendedUntil: UInt32 = 0

  /// An empty history of a stream of a kind.
  init(kind: TrackKind = .video) {
    mostBytes = (kind == .video ? 256 * 1024 : 32 * 1024) - Self.overhead
    mostEntries = kind == .video ? 512 : 64
    leastBytes = (kind == .video ? 32 * 1024 : 2 * 1024) - Self.overhead
    leastEntries = mostEntries / 8
    byteCapacity = leastBytes
    entryCapacity = leastEntries
  }

  deinit {
    bytes?.deallocate()
    entries?.deallocate()
  }

  /// Reaches back so far for the next while, a second at most; never less than before.
  mutating func extend(
    to span: TimeSpan, for patience: TimeSpan = Self.patience, at now: MonotonicTime
  ) {
    let wanted = UInt32(min(max(span, .zero), Self.longestReach).nanoseconds / 1_000_000)
    guard wanted >= reach else { return }
    let end = UInt32(truncatingIfNeeded: (now + patience).nanoseconds / 1_000_000)
    // A clock that wraps: the later of two times is the one that is ahead of the other.
    if wanted > reach || Int32(bitPattern: end &- extendedUntil) > 0 { extendedUntil = end }
    reach = wanted
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
    if bytes == nil { prepare(at: milliseconds) }
    // A payload is never split: what is left at the ring's end is skipped.
    if head + payload.count > byteCapacity {
      endLap(at: milliseconds)
      guard head + payload.count <= byteCapacity else { return }
    }
    if mustGrow(before: sequence, at: milliseconds) { growEntries() }
    guard let bytes, let entries else { return }
    (bytes + head).copyMemory(from: start, byteCount: payload.count)
    entries[Int(sequence & UInt64(entryCapacity - 1))] = Entry(
      sequence: sequence, offset: UInt32(truncatingIfNeeded: head), lap: lap,
      length: Int32(truncatingIfNeeded: payload.count), timestamp: timestamp,
      cameAt: milliseconds, marker: marker)
    head += payload.count
  }

  /// Notes where a packet with this number and so long a payload goes.
  func noteNext(_ sequence: UInt64, length: Int, in places: inout MemoryPlaces) {
    guard let bytes, let entries else { return }
    places.add(
      entries + Int(sequence & UInt64(entryCapacity - 1)), bytes: MemoryLayout<Entry>.size)
    places.add(bytes + head, bytes: min(length, byteCapacity - head))
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
    return UnsafeRawBufferPointer(start: bytes + Int(entry.offset), count: Int(entry.length))
  }

  // MARK: Memory

  /// What was written in this lap is held, and of the lap before what has not been written over.
  private func isHeld(_ entry: Entry) -> Bool {
    entry.lap == lap || (entry.lap &+ 1 == lap && Int(entry.offset) >= head)
  }

  @inline(never)
  private mutating func prepare(at milliseconds: UInt32) {
    bytes = .allocate(byteCount: byteCapacity, alignment: 16)
    entries = Self.makeEntries(entryCapacity)
    lapBeganAt = milliseconds
  }

  private static func makeEntries(_ count: Int) -> UnsafeMutablePointer<Entry> {
    let made = UnsafeMutablePointer<Entry>.allocate(capacity: count)
    made.initialize(repeating: Entry(), count: count)
    return made
  }

  /// The ring is full: what is written next takes the place of the oldest, or grows it.
  @inline(never)
  private mutating func endLap(at milliseconds: UInt32) {
    if Int32(bitPattern: milliseconds &- extendedUntil) > 0 {
      reach = UInt32(Self.leastReach.nanoseconds / 1_000_000)
    }
    let span = milliseconds &- lapBeganAt
    if span < reach, byteCapacity < mostBytes {
      // The lap goes on behind what is held.
      return grow(to: min(enough(for: span), Self.pages(byteCapacity * 2), mostBytes))
    }
    if span > reach * 2 {
      let size = max(enough(for: span), leastBytes)
      if size < byteCapacity { shrink(to: size) }
    }
    head = 0
    lap &+= 1
    lapBeganAt = milliseconds
  }

  /// As many bytes as the pages have that `bytes` fit into.
  private static func pages(_ bytes: Int) -> Int {
    (bytes + overhead + page - 1) / page * page - overhead
  }

  /// Bytes that would reach far enough, and an eighth more, where the present ones reach `span` back.
  private func enough(for span: UInt32) -> Int {
    Self.pages(byteCapacity * Int(reach) / Int(max(span, 1)) / 8 * 9)
  }

  /// Makes the ring larger at the end of a lap: what is held stays where it is.
  private mutating func grow(to size: Int) {
    guard let old = bytes else { return }
    let grown = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    grown.copyMemory(from: old, byteCount: byteCapacity)
    old.deallocate()
    byteCapacity = size
    bytes = grown
  }

  /// Makes the ring smaller at the end of a lap, which keeps its latest part.
  private mutating func shrink(to size: Int) {
    guard let old = bytes, let entries, head > size else { return }
    let origin = head - size
    let shrunk = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    shrunk.copyMemory(from: old + origin, byteCount: size)
    old.deallocate()
    var held = 0
    for row in 0..<entryCapacity {
      let entry = entries[row]
      if entry.sequence != 0, entry.lap == lap, Int(entry.offset) >= origin {
        entries[row].offset = entry.offset &- UInt32(truncatingIfNeeded: origin)
        held += 1
      } else {
        entries[row] = Entry()
      }
    }
    byteCapacity = size
    bytes = shrunk
    var room = leastEntries
    while room < held * 3 / 2 { room *= 2 }
    if room < entryCapacity { remakeEntries(room) }
  }

  /// Whether the packet would take the place of one that is still within reach.
  private func mustGrow(before sequence: UInt64, at milliseconds: UInt32) -> Bool {
    guard let entries, entryCapacity < mostEntries else { return false }
    let present = entries[Int(sequence & UInt64(entryCapacity - 1))]
    return present.sequence != 0 && present.sequence != sequence
      && milliseconds &- present.cameAt < reach && isHeld(present)
  }

  @inline(never)
  private mutating func growEntries() { remakeEntries(entryCapacity * 2) }

  /// Moves the entries to a table of `capacity`, a power of two. Of two that want one row the newer one
  /// gets it.
  private mutating func remakeEntries(_ capacity: Int) {
    guard let old = entries else { return }
    let made = Self.makeEntries(capacity)
    for row in 0..<entryCapacity where old[row].sequence != 0 {
      let place = Int(old[row].sequence & UInt64(capacity - 1))
      if made[place].sequence < old[row].sequence { made[place] = old[row] }
    }
    old.deallocate()
    entryCapacity = capacity
    entries = made
  }
}
