import Wire

/// What was sent lately and has not been heard of, by transport-wide number: a ring that begins small and
/// doubles, up to a bound, rather than forget what may still be told of.
///
/// Numbers count on past 65535; what travels are their lower 16 bits. Feedback names the newest
/// packet with those bits, and one that has left the ring is not found.
struct SentPackets: ~Copyable {
  /// Packets remembered at most, a power of two: more than four seconds at 3 Mbit/s.
  private static let most = 2048
  /// Packets remembered at first: a second of a call, which thousands of calls' caches thank for.
  private static let first = 256
  /// A packet younger than this, or in flight, is not forgotten while there may be more.
  private static let memory = TimeSpan.seconds(1)

  /// What became of a packet.
  enum Fate: UInt8, BitwiseCopyable { case inFlight, received, lost, unknown }

  /// One packet.
  struct Packet: BitwiseCopyable {
    var number: UInt64 = 0
    var sentAt = MonotonicTime.zero
    var bytes: Int32 = 0
    /// The probe it belongs to; 0 for none.
    var probe: UInt16 = 0
    var fate = Fate.unknown
  }

  private var packets = NumberedRing(count: Self.first, empty: Packet())
  /// The number of the next packet.
  private var next: UInt64 = 1
  /// No packet before this one is in flight.
  private var firstOpen: UInt64 = 1
  /// Bytes sent and not heard of.
  private(set) var bytesInFlight = 0

  /// Remembers a packet and numbers it.
  mutating func append(bytes: Int, probe: UInt16, at now: MonotonicTime) -> SequenceNumber {
    let number = next
    next &+= 1
    if mustGrow(before: number, at: now) {
      packets.grow(to: packets.count * 2, empty: Packet()) { $0.number != 0 ? $0.number : nil }
    }
    close(number, as: .unknown)
    let counted = Int32(clamping: max(0, bytes))
    packets[number] = Packet(
      number: number, sentAt: now, bytes: counted, probe: probe, fate: .inFlight)
    bytesInFlight &+= Int(counted)
    return SequenceNumber(UInt16(truncatingIfNeeded: number))
  }

  /// The newest packet that travelled under a number, if it is remembered.
  func find(_ sequence: SequenceNumber) -> Packet? {
    let newest = next &- 1
    let back = UInt64(UInt16(truncatingIfNeeded: newest) &- sequence.rawValue)
    guard back < min(UInt64(packets.count), newest) else { return nil }
    let packet = packets[newest &- back]
    return packet.number == newest &- back ? packet : nil
  }

  /// Notes what became of a packet that `find` gave.
  mutating func settle(_ packet: Packet, as fate: Fate) {
    guard packets[packet.number].number == packet.number else { return }
    close(packet.number, as: fate)
    packets[packet.number].fate = fate
  }

  /// Gives up on all packets before a number, as the feedback about them was lost itself, and says how
  /// many bytes they were.
  mutating func forget(before sequence: SequenceNumber) -> Int {
    guard let packet = find(sequence) else { return 0 }
    let before = bytesInFlight
    let count = UInt64(packets.count)
    firstOpen = max(firstOpen, next > count ? next &- count : 1)
    while firstOpen < packet.number {
      close(firstOpen, as: .unknown)
      firstOpen &+= 1
    }
    return before &- bytesInFlight
  }

  /// Gives up on all packets: nothing on their way counts any more.
  mutating func forgetAll() {
    for row in 0..<UInt64(packets.count) { close(row, as: .unknown) }
    firstOpen = next
  }

  /// Notes where the next packet is remembered.
  func noteNext(in places: inout MemoryPlaces) { packets.note(next, in: &places) }

  private func mustGrow(before number: UInt64, at now: MonotonicTime) -> Bool {
    let packet = packets[number]
    return packets.count < Self.most && packet.number != 0
      && (packet.fate == .inFlight || now - packet.sentAt < Self.memory)
  }

  /// Ends what is in the row of `number`.
  private mutating func close(_ number: UInt64, as fate: Fate) {
    guard packets[number].fate == .inFlight else { return }
    bytesInFlight &-= Int(packets[number].bytes)
    packets[number].fate = fate
  }
}
