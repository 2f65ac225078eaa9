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

  /// Nobody else holds it, so that writing to it never copies it.
  private var packets = [Packet](repeating: Packet(), count: Self.first)
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
    if mustGrow(before: number, at: now) { grow() }
    let row = row(of: number)
    close(row, as: .unknown)
    let counted = Int32(clamping: max(0, bytes))
    packets[row] = Packet(
      number: number, sentAt: now, bytes: counted, probe: probe, fate: .inFlight)
    bytesInFlight &+= Int(counted)
    return SequenceNumber(UInt16(truncatingIfNeeded: number))
  }

  /// The newest packet that travelled under a number, if it is remembered.
  func find(_ sequence: SequenceNumber) -> Packet? {
    let newest = next &- 1
    let back = UInt64(UInt16(truncatingIfNeeded: newest) &- sequence.rawValue)
    guard back < min(UInt64(packets.count), newest) else { return nil }
    let packet = packets[row(of: newest &- back)]
    return packet.number == newest &- back ? packet : nil
  }

  /// Notes what became of a packet that `find` gave.
  mutating func settle(_ packet: Packet, as fate: Fate) {
    let row = row(of: packet.number)
    guard packets[row].number == packet.number else { return }
    close(row, as: fate)
    packets[row].fate = fate
  }

  /// Gives up on all packets before a number, as the feedback about them was lost itself, and says how
  /// many bytes they were.
  mutating func forget(before sequence: SequenceNumber) -> Int {
    guard let packet = find(sequence) else { return 0 }
    let before = bytesInFlight
    let count = UInt64(packets.count)
    firstOpen = max(firstOpen, next > count ? next &- count : 1)
    while firstOpen < packet.number {
      close(row(of: firstOpen), as: .unknown)
      firstOpen &+= 1
    }
    return before &- bytesInFlight
  }

  /// Gives up on all packets: nothing on their way counts any more.
  mutating func forgetAll() {
    for row in packets.indices { close(row, as: .unknown) }
    firstOpen = next
  }

  /// Notes where the next packet is remembered.
  func noteNext(in places: inout MemoryPlaces) {
    unsafe packets.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      unsafe places.add(base + row(of: next), bytes: MemoryLayout<Packet>.size)
    }
  }

  private func row(of number: UInt64) -> Int { Int(number & UInt64(packets.count - 1)) }

  private func mustGrow(before number: UInt64, at now: MonotonicTime) -> Bool {
    let row = row(of: number)
    return packets.count < Self.most && packets[row].number != 0
      && (packets[row].fate == .inFlight || now - packets[row].sentAt < Self.memory)
  }

  @inline(never)
  private mutating func grow() {
    let old = packets
    packets = [Packet](repeating: Packet(), count: old.count * 2)
    for packet in old where packet.number != 0 { packets[row(of: packet.number)] = packet }
  }

  private mutating func close(_ row: Int, as fate: Fate) {
    guard packets[row].fate == .inFlight else { return }
    bytesInFlight &-= Int(packets[row].bytes)
    packets[row].fate = fate
  }
}
