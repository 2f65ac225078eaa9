import Glibc
import Wire

/// VP8 packets that wait to become pictures, by extended sequence number.
///
/// The slab is allocated with the first packet: most of a group's slots stay empty.
struct VideoPacketBuffer: ~Copyable {
  /// What is known of a packet besides its payload.
  struct Entry {
    var sequence: Int64 = .min
    var timestamp: UInt32 = 0
    var arrival = MonotonicTime.zero
    /// Bytes of VP8 after the payload descriptor; 0 for padding.
    var length: Int32 = 0
    /// The picture id (RFC 7741 §4.2), or -1.
    var pictureID: Int32 = -1
    /// TL0PICIDX, the number of the base picture that this is or refers to, or -1.
    var baseIndex: Int16 = -1
    /// The temporal layer; 0 where there are none.
    var temporalLayer: UInt8 = 0
    /// Whether the picture refers to pictures of the base layer only.
    var refersToBaseOnly = false
    /// Set in the last packet of a picture.
    var isLast = false
    /// Set in the first packet of a picture.
    var isFirst = false
    /// Set in the first packet of a key frame.
    var startsKeyFrame = false
  }

  /// A power of two; 512 packets are 5 s at 1 Mbit/s.
  static let capacity = 512
  /// Larger payloads do not come over an unfragmented path.
  static let maximumLength = 1500

  private var entries: UnsafeMutablePointer<Entry>?
  private var slab: UnsafeMutablePointer<UInt8>?
  /// The newest sequence number that came.
  private(set) var newest: Int64 = .min

  deinit {
    entries?.deallocate()
    slab?.deallocate()
  }

  /// Keeps a copy of a packet; false where it is already there, too old or too long.
  mutating func insert(_ entry: Entry, payload: UnsafeRawBufferPointer) -> Bool {
    guard payload.count <= Self.maximumLength else { return false }
    if entries == nil {
      let fresh = UnsafeMutablePointer<Entry>.allocate(capacity: Self.capacity)
      fresh.initialize(repeating: Entry(), count: Self.capacity)
      entries = fresh
      slab = .allocate(capacity: Self.capacity * Self.maximumLength)
    }
    guard let entries, let slab else { return false }
    let index = Self.index(entry.sequence)
    guard entries[index].sequence < entry.sequence else { return false }
    entries[index] = entry
    entries[index].length = Int32(payload.count)
    if let bytes = payload.baseAddress {
      memcpy(slab + index * Self.maximumLength, bytes, payload.count)
    }
    newest = max(newest, entry.sequence)
    return true
  }

  /// The packet with a sequence number, where it is there.
  func entry(_ sequence: Int64) -> Entry? {
    guard let entry = entries?[Self.index(sequence)], entry.sequence == sequence else { return nil }
    return entry
  }

  /// The oldest sequence number that can still be there.
  var oldest: Int64 { newest == .min ? .min : newest - Int64(Self.capacity) + 1 }

  /// Copies the payload of the packet with a sequence number; returns how many bytes that was.
  func copyPayload(_ sequence: Int64, to destination: UnsafeMutableRawPointer) -> Int {
    guard let entry = entry(sequence), let slab else { return 0 }
    memcpy(
      destination, slab + Self.index(sequence) * Self.maximumLength, Int(entry.length))
    return Int(entry.length)
  }

  /// Forgets everything.
  mutating func removeAll() {
    entries?.update(repeating: Entry(), count: Self.capacity)
    newest = .min
  }

  private static func index(_ sequence: Int64) -> Int {
    Int(truncatingIfNeeded: sequence) & (capacity - 1)
  }
}
