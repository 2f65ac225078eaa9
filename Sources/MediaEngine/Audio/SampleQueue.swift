import Glibc

/// Decoded samples on their way to the listener; a queue in one fixed allocation.
struct SampleQueue: ~Copyable {
  /// Room for three of the longest packets: a packet is decoded only when less than 10 ms are left.
  static let capacity = 3 * OpusDecoder.maximumSamples

  private let storage: UnsafeMutablePointer<Int16>
  private var head = 0
  /// Samples in the queue.
  private(set) var count = 0

  init() {
    storage = .allocate(capacity: Self.capacity)
    storage.initialize(repeating: 0, count: Self.capacity)
  }

  deinit { storage.deallocate() }

  /// The queued samples in order. Invalid after any mutation.
  var samples: UnsafeMutablePointer<Int16> { storage + head }

  /// Where to write the next samples: room for `OpusDecoder.maximumSamples`, provided that no more
  /// than twice as many are queued. Follow with `commit`.
  mutating func prepareTail() -> UnsafeMutablePointer<Int16> {
    if head > 0 {
      memmove(storage, storage + head, count * 2)
      head = 0
    }
    return storage + count
  }

  /// Makes `added` samples written at the tail part of the queue.
  mutating func commit(_ added: Int) {
    count = min(count + added, Self.capacity - head)
  }

  /// Takes `taken` samples off the front.
  mutating func remove(_ taken: Int) {
    let taken = min(taken, count)
    head += taken
    count -= taken
  }

  /// Forgets everything.
  mutating func removeAll() {
    head = 0
    count = 0
  }
}
