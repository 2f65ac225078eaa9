/// Takes the bytes of a stream as they come and hands out the packets in them (RFC 4571 §2).
///
/// One buffer, allocated when made, none after. It holds what has come and was not yet taken; a
/// whole frame always fits, so a reader that takes every packet it is handed never stands still.
@safe public struct FramedStreamReader: ~Copyable {
  private let storage: UnsafeMutableRawPointer
  private let capacity: Int
  /// Where the bytes begin that have not been taken.
  private var start = 0
  /// Where they end.
  private var end = 0
  private var failure: FramingError?

  /// A reader that holds up to `capacity` bytes, at least one frame's.
  public init(capacity: Int = 8_192) {
    self.capacity = max(capacity, StreamFrame.headerLength + StreamFrame.longestPacket)
    unsafe storage = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { unsafe storage.deallocate() }

  /// Bytes that have come and were not taken. With no packet to take they are a part of one.
  public var waiting: Int { end &- start }

  /// Has `source` write what comes next into the room there is, and say how much that was.
  ///
  /// There is always room once `next` has returned nil.
  public mutating func fill<Failure: Error>(
    _ source: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) -> Int {
    compact()
    let room = unsafe UnsafeMutableRawBufferPointer(start: storage + end, count: capacity &- end)
    let count = try unsafe source(room)
    precondition(count >= 0 && count <= capacity &- end, "more than there was room for")
    end &+= count
    return count
  }

  /// Takes in as much of `bytes` as there is room for, and returns how much that was.
  public mutating func append(_ bytes: RawSpan) -> Int {
    unsafe fill { room in
      let count = min(room.count, bytes.byteCount)
      guard count > 0 else { return 0 }
      unsafe bytes.withUnsafeBytes { from in
        unsafe room.baseAddress!.copyMemory(from: from.baseAddress!, byteCount: count)
      }
      return count
    }
  }

  /// The next whole packet; nil where more bytes must come first. It may be changed where it lies, and
  /// is valid until the next `fill` or `append`.
  ///
  /// A frame of length 0 is the null packet, which RFC 4571 §2 allows: it is passed over.
  public mutating func next() throws(FramingError) -> UnsafeMutableRawBufferPointer? {
    if let failure { throw failure }
    while waiting >= StreamFrame.headerLength {
      let header = unsafe UnsafeRawBufferPointer(
        start: storage + start, count: StreamFrame.headerLength)
      let length = unsafe Int(header.bytes.loadUInt16(at: 0))
      guard length <= StreamFrame.longestPacket else {
        failure = .tooLong
        throw .tooLong
      }
      guard waiting &- StreamFrame.headerLength >= length else { return nil }
      let packet = start &+ StreamFrame.headerLength
      start = packet &+ length
      if length > 0 {
        return unsafe UnsafeMutableRawBufferPointer(start: storage + packet, count: length)
      }
    }
    return nil
  }

  /// Moves what has not been taken to the front, where the room behind it is too little for a frame.
  private mutating func compact() {
    if start == end {
      start = 0
      end = 0
    } else if start > 0, capacity &- end < StreamFrame.headerLength + StreamFrame.longestPacket {
      unsafe storage.copyMemory(from: storage + start, byteCount: end &- start)
      end &-= start
      start = 0
    }
  }
}

@available(*, unavailable)
extension FramedStreamReader: Sendable {}
