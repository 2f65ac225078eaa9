import Glibc
import Wire

/// The last packets of a sent stream, for pacing and for answering requests (RFC 4585 §6.2.1).
struct PacketHistory: ~Copyable {
  private let capacity: Int
  private let slab: UnsafeMutableRawPointer
  private let lengths: UnsafeMutablePointer<Int32>
  private let sequences: UnsafeMutablePointer<UInt16>
  private let resent: UnsafeMutablePointer<Int64>

  /// A history of `capacity` packets, a power of two.
  init(capacity: Int) {
    self.capacity = capacity
    slab = .allocate(byteCount: capacity * OutgoingPacket.maximumLength, alignment: 16)
    lengths = .allocate(capacity: capacity)
    sequences = .allocate(capacity: capacity)
    resent = .allocate(capacity: capacity)
    lengths.initialize(repeating: 0, count: capacity)
    sequences.initialize(repeating: 0, count: capacity)
    resent.initialize(repeating: .min, count: capacity)
  }

  deinit {
    slab.deallocate()
    lengths.deallocate()
    sequences.deallocate()
    resent.deallocate()
  }

  /// Where to write the packet with a sequence number; follow with `commit`.
  mutating func place(for sequence: SequenceNumber) -> UnsafeMutableRawBufferPointer {
    let index = index(sequence)
    lengths[index] = 0
    sequences[index] = sequence.rawValue
    resent[index] = .min
    return UnsafeMutableRawBufferPointer(
      start: slab + index * OutgoingPacket.maximumLength, count: OutgoingPacket.maximumLength)
  }

  /// Keeps `length` bytes written to the packet's place.
  mutating func commit(_ sequence: SequenceNumber, length: Int) {
    lengths[index(sequence)] = Int32(length)
  }

  /// The packet with a sequence number, if it is still there.
  func packet(_ sequence: SequenceNumber) -> UnsafeRawBufferPointer? {
    let index = index(sequence)
    guard lengths[index] > 0, sequences[index] == sequence.rawValue else { return nil }
    return UnsafeRawBufferPointer(
      start: slab + index * OutgoingPacket.maximumLength, count: Int(lengths[index]))
  }

  /// All packets' bytes; `offset(of:)` says where in them a packet lies.
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: slab, count: capacity * OutgoingPacket.maximumLength)
  }

  /// Where a packet lies in `bytes`.
  func offset(of sequence: SequenceNumber) -> Int {
    index(sequence) * OutgoingPacket.maximumLength
  }

  /// Whether a packet may be sent again now: it is there, and was not a moment ago. It is asked for
  /// once a round trip; more often is an echo of the same loss.
  mutating func mayResend(
    _ sequence: SequenceNumber, at now: MonotonicTime, roundTrip: TimeSpan
  ) -> Bool {
    guard packet(sequence) != nil else { return false }
    let pause = max(TimeSpan(nanoseconds: roundTrip.nanoseconds / 2), .milliseconds(10))
    let index = index(sequence)
    if resent[index] != .min, now.nanoseconds - resent[index] < pause.nanoseconds { return false }
    resent[index] = now.nanoseconds
    return true
  }

  /// Forgets everything.
  mutating func removeAll() { lengths.update(repeating: 0, count: capacity) }

  private func index(_ sequence: SequenceNumber) -> Int {
    Int(sequence.rawValue) & (capacity - 1)
  }
}
