/// The latest packets of one incoming stream, kept to answer retransmission requests and, of sound, to
/// send along with later packets.
///
/// Payloads lie one after another in a ring of bytes; the ring's size bounds how far back it
/// reaches: of picture about one second at 2 Mbit/s, of sound as long at 256 kbit/s; what is later
/// than that is of no use to anybody. Memory is taken when the first packet comes and never again.
struct PacketHistory: ~Copyable {
  /// Bytes of payload kept.
  let byteCapacity: Int
  /// Packets kept, a power of two.
  let entryCapacity: Int

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
    /// The marker bit.
    var marker = false
  }

  private var bytes: UnsafeMutableRawPointer?
  private var entries: UnsafeMutablePointer<Entry>?
  private var head: UInt64 = 0

  /// An empty history of a stream of a kind.
  init(kind: TrackKind = .video) {
    byteCapacity = kind == .video ? 256 * 1024 : 32 * 1024
    entryCapacity = kind == .video ? 512 : 64
  }

  deinit {
    bytes?.deallocate()
    entries?.deallocate()
  }

  /// Forgets every packet (the source started over).
  mutating func removeAll() {
    entries?.update(repeating: Entry(), count: entryCapacity)
  }

  /// Keeps a packet.
  mutating func store(
    sequence: UInt64, timestamp: UInt32, marker: Bool, payload: UnsafeRawBufferPointer
  ) {
    guard let start = payload.baseAddress, payload.count <= ForwardSink.maximumPacketLength else {
      return
    }
    let (bytes, entries) = storage()
    var offset = Int(head % UInt64(byteCapacity))
    if offset + payload.count > byteCapacity {
      // A payload is never split: skip the ring's tail.
      head &+= UInt64(byteCapacity - offset)
      offset = 0
    }
    (bytes + offset).copyMemory(from: start, byteCount: payload.count)
    entries[Int(sequence & UInt64(entryCapacity - 1))] = Entry(
      sequence: sequence, position: head, length: Int32(payload.count), timestamp: timestamp,
      marker: marker)
    head &+= UInt64(payload.count)
  }

  /// The packet with this extended sequence number, if it is still here.
  func find(_ sequence: UInt64) -> Entry? {
    guard let entries else { return nil }
    let entry = entries[Int(sequence & UInt64(entryCapacity - 1))]
    guard entry.sequence == sequence, sequence != 0,
      head &- entry.position <= UInt64(byteCapacity)
    else { return nil }
    return entry
  }

  /// The payload of a packet just found; valid until the next `store`.
  func payload(of entry: Entry) -> UnsafeRawBufferPointer {
    guard let bytes else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let offset = Int(entry.position % UInt64(byteCapacity))
    return UnsafeRawBufferPointer(start: bytes + offset, count: Int(entry.length))
  }

  private mutating func storage() -> (UnsafeMutableRawPointer, UnsafeMutablePointer<Entry>) {
    if let bytes, let entries { return (bytes, entries) }
    let newBytes = UnsafeMutableRawPointer.allocate(
      byteCount: byteCapacity, alignment: 64)
    let newEntries = UnsafeMutablePointer<Entry>.allocate(capacity: entryCapacity)
    newEntries.initialize(repeating: Entry(), count: entryCapacity)
    bytes = newBytes
    entries = newEntries
    return (newBytes, newEntries)
  }
}
