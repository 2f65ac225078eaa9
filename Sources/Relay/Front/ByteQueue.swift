/// Bytes that wait for a socket to take them, oldest first. Whoever appends keeps it bounded.
struct ByteQueue {
  private var storage: [UInt8] = []
  private var start = 0

  /// Bytes that wait.
  var count: Int { storage.count - start }

  /// Whether none wait.
  var isEmpty: Bool { count == 0 }

  /// Adds bytes behind the others.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    // What was taken is given back once it is more than what is left: each byte moves at most once.
    if start > 0, start >= storage.count - start {
      storage.removeFirst(start)
      start = 0
    }
    storage.append(contentsOf: bytes)
  }

  /// Shows `body` all bytes and forgets the first so many as it says it took. Not called where there
  /// are none.
  mutating func drain(_ body: (UnsafeRawBufferPointer) -> Int) {
    guard count > 0 else { return }
    let taken = storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    start += min(max(0, taken), count)
    if start == storage.count {
      storage.removeAll(keepingCapacity: storage.capacity < 1 << 16)
      start = 0
    }
  }
}

/// What a socket did.
enum SocketResult: Equatable {
  /// It took or gave so many bytes; 0 means that it cannot now.
  case bytes(Int)
  /// The peer says that no more comes.
  case end
  /// It is broken.
  case broken
}
