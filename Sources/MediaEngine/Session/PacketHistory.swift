import Glibc
import Wire

/// The last packets of a sent picture stream, for pacing and for answering requests (RFC 4585 §6.2.1).
struct PacketHistory: ~Copyable {
  /// A power of two: 512 packets are over five seconds at 400 kbit/s and well over one at 2 Mbit/s.
  private static let capacity = 512

  private let slab: UnsafeMutableRawPointer
  private let lengths: UnsafeMutablePointer<Int32>
  private let sequences: UnsafeMutablePointer<UInt16>
  private let resent: UnsafeMutablePointer<Int64>

  init() {
    slab = .allocate(byteCount: Self.capacity * OutgoingPacket.maximumLength, alignment: 16)
    lengths = .allocate(capacity: Self.capacity)
    sequences = .allocate(capacity: Self.capacity)
    resent = .allocate(capacity: Self.capacity)
    lengths.initialize(repeating: 0, count: Self.capacity)
    sequences.initialize(repeating: 0, count: Self.capacity)
    resent.initialize(repeating: .min, count: Self.capacity)
  }

  deinit {
    slab.deallocate()
    lengths.deallocate()
    sequences.deallocate()
    resent.deallocate()
  }

  /// Where to write the packet with a sequence number; follow with `commit`.
  mutating func place(for sequence: SequenceNumber) -> UnsafeMutableRawBufferPointer {
    let index = Self.index(sequence)
    lengths[index] = 0
    sequences[index] = sequence.rawValue
    resent[index] = .min
    return UnsafeMutableRawBufferPointer(
      start: slab + index * OutgoingPacket.maximumLength, count: OutgoingPacket.maximumLength)
  }

  /// Keeps `length` bytes written to the packet's place.
  mutating func commit(_ sequence: SequenceNumber, length: Int) {
    lengths[Self.index(sequence)] = Int32(length)
  }

  /// The packet with a sequence number, if it is still there.
  func packet(_ sequence: SequenceNumber) -> UnsafeRawBufferPointer? {
    let index = Self.index(sequence)
    guard lengths[index] > 0, sequences[index] == sequence.rawValue else { return nil }
    return UnsafeRawBufferPointer(
      start: slab + index * OutgoingPacket.maximumLength, count: Int(lengths[index]))
  }

  /// Whether a packet may be sent again now: it is there, and was not within the last `pause`.
  mutating func mayResend(
    _ sequence: SequenceNumber, at now: MonotonicTime, pause: TimeSpan
  ) -> Bool {
    guard packet(sequence) != nil else { return false }
    let index = Self.index(sequence)
    if resent[index] != .min, now.nanoseconds - resent[index] < pause.nanoseconds { return false }
    resent[index] = now.nanoseconds
    return true
  }

  /// Forgets everything.
  mutating func removeAll() { lengths.update(repeating: 0, count: Self.capacity) }

  private static func index(_ sequence: SequenceNumber) -> Int {
    Int(sequence.rawValue) & (capacity - 1)
  }
}
