import Glibc

/// Sound packets that wait to be decoded, by extended sequence number; no allocation after `init`.
struct AudioPacketStore: ~Copyable {
  /// A packet that waits.
  struct Packet {
    /// Its extended sequence number.
    var sequence: Int64
    /// Its extended RTP timestamp, in samples of 48 kHz.
    var timestamp: Int64
    /// Its payload's length in bytes.
    var length: Int
    /// Its payload, valid until the packet is removed or overwritten.
    var payload: UnsafeMutablePointer<UInt8>
  }

  /// A power of two; 128 packets of 20 ms are 2.5 s, far more than is ever played late.
  private static let capacity = 128
  /// The longest Opus packet of one frame is 1275 bytes; longer ones are refused.
  static let maximumLength = 1280

  private let slab: UnsafeMutablePointer<UInt8>
  private let lengths: UnsafeMutablePointer<Int32>
  private let sequences: UnsafeMutablePointer<Int64>
  private let timestamps: UnsafeMutablePointer<Int64>
  private var newest: Int64 = .min
  /// Packets that wait.
  private(set) var count = 0

  init() {
    slab = .allocate(capacity: Self.capacity * Self.maximumLength)
    lengths = .allocate(capacity: Self.capacity)
    sequences = .allocate(capacity: Self.capacity)
    timestamps = .allocate(capacity: Self.capacity)
    lengths.initialize(repeating: -1, count: Self.capacity)
    sequences.initialize(repeating: 0, count: Self.capacity)
    timestamps.initialize(repeating: 0, count: Self.capacity)
  }

  deinit {
    slab.deallocate()
    lengths.deallocate()
    sequences.deallocate()
    timestamps.deallocate()
  }

  /// Keeps a copy of a packet; false where it is already there or too long.
  mutating func insert(
    sequence: Int64, timestamp: Int64, payload: UnsafeRawBufferPointer
  ) -> Bool {
    guard let bytes = payload.baseAddress, payload.count <= Self.maximumLength else { return false }
    let index = Int(truncatingIfNeeded: sequence) & (Self.capacity - 1)
    if lengths[index] >= 0 {
      // An older packet in this place was never played: whoever plays is far behind.
      guard sequences[index] < sequence else { return false }
      count -= 1
    }
    memcpy(slab + index * Self.maximumLength, bytes, payload.count)
    lengths[index] = Int32(payload.count)
    sequences[index] = sequence
    timestamps[index] = timestamp
    count += 1
    newest = max(newest, sequence)
    return true
  }

  /// The first waiting packet from `sequence` on.
  func first(from sequence: Int64) -> Packet? {
    guard count > 0, newest >= sequence else { return nil }
    var candidate = max(sequence, newest - Int64(Self.capacity) + 1)
    while candidate <= newest {
      let index = Int(truncatingIfNeeded: candidate) & (Self.capacity - 1)
      if lengths[index] >= 0, sequences[index] == candidate {
        return Packet(
          sequence: candidate, timestamp: timestamps[index], length: Int(lengths[index]),
          payload: slab + index * Self.maximumLength)
      }
      candidate += 1
    }
    return nil
  }

  /// Forgets all packets before `sequence`.
  mutating func removeAll(before sequence: Int64) {
    guard count > 0 else { return }
    for index in 0..<Self.capacity where lengths[index] >= 0 && sequences[index] < sequence {
      lengths[index] = -1
      count -= 1
    }
  }

  /// Forgets everything.
  mutating func removeAll() {
    lengths.update(repeating: -1, count: Self.capacity)
    count = 0
    newest = .min
  }
}
