import Wire

/// What waits to be written to one byte stream: framed packets (RFC 4571), bounded in bytes.
///
/// A stream that takes less than is sent to it must cost neither memory nor anybody else's time. So
/// what does not fit is dropped, picture first: it may fill only a part of the room, and what is left
/// is sound's and control's. One buffer, allocated with the stream, none after.
struct StreamSendQueue: ~Copyable {
  /// Room in bytes, frame headers included: two seconds of sound and picture at 250 kbit/s. What waited
  /// longer would be of no use.
  static let capacity = 64 << 10
  /// How much of it picture may fill: three quarters of a second at 250 kbit/s.
  static let pictureLimit = 24 << 10

  private let storage: UnsafeMutableRawPointer
  private var start = 0
  private var end = 0

  /// An empty queue.
  init() { storage = .allocate(byteCount: Self.capacity, alignment: 16) }

  deinit { storage.deallocate() }

  /// Bytes that wait.
  var count: Int { end - start }

  /// What waits, oldest first; valid until the next call.
  var waiting: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: storage + start, count: count)
  }

  /// Frames `packet` and puts it last; false where it is dropped.
  mutating func append(_ packet: UnsafeRawBufferPointer, isPicture: Bool) -> Bool {
    let length = StreamFrame.headerLength + packet.count
    let limit = isPicture ? Self.pictureLimit : Self.capacity
    guard packet.count <= StreamFrame.longestPacket, count + length <= limit else { return false }
    if end + length > Self.capacity {
      storage.copyMemory(from: storage + start, byteCount: count)
      end -= start
      start = 0
    }
    let room = UnsafeMutableRawBufferPointer(start: storage + end, count: length)
    var bytes = room.mutableBytes
    guard StreamFrame.writeHeader(length: packet.count, into: &bytes) else { return false }
    bytes.storeBytes(packet.bytes, at: StreamFrame.headerLength)
    end += length
    return true
  }

  /// Takes `length` bytes away that have been written.
  mutating func remove(_ length: Int) {
    precondition(length >= 0 && length <= count, "more written than there was")
    start += length
    if start == end {
      start = 0
      end = 0
    }
  }
}
