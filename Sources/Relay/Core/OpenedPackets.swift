/// Packets of media that have been opened and wait to be forwarded.
///
/// A packet's way through the relay is some 25 KiB of code, with OpenSSL's as much as the processor's
/// first cache holds: packet after packet, each would find the code of its next step thrown out by the
/// steps before. So some packets are opened one after another, then forwarded, then what came of them is
/// sealed; the code of each step is then fetched once for all of them.
struct OpenedPackets: ~Copyable {
  /// Few enough that their bytes stay in the second cache until they are sealed.
  static let capacity = 32

  /// One packet: a place in the inbox that it came in.
  struct Packet: BitwiseCopyable {
    /// The packet, without what sealed it.
    var bytes: UnsafeRawBufferPointer
    /// Whose it is.
    var session: Int
    /// Whether it is RTP, else RTCP.
    var isRTP: Bool
    /// Whether it came from an address that is not the session's.
    var isStray: Bool
  }

  private let packets = UnsafeMutablePointer<Packet>.allocate(capacity: capacity)
  private var taken = 0
  private var count = 0

  deinit { packets.deallocate() }

  /// Whether none wait.
  var isEmpty: Bool { taken == count }

  /// Whether there is no room for another.
  var isFull: Bool { count == Self.capacity }

  /// Lets the first `length` bytes of a datagram wait; there must be room.
  mutating func append(
    _ datagram: UnsafeMutableRawBufferPointer, length: Int, isRTP: Bool, session: Int, isStray: Bool
  ) {
    precondition(!isFull, "what was taken was not forwarded")
    (packets + count).initialize(
      to: Packet(
        bytes: UnsafeRawBufferPointer(rebasing: datagram[..<length]), session: session,
        isRTP: isRTP, isStray: isStray))
    count += 1
  }

  /// The one that `next` will give; nil where there is none.
  var upcoming: Packet? { isEmpty ? nil : packets[taken] }

  /// The one that came last; nil where none waits.
  var latest: Packet? { isEmpty ? nil : packets[count - 1] }

  /// The one that came first, which then waits no more.
  mutating func next() -> Packet? {
    guard taken < count else { return nil }
    let packet = packets[taken]
    taken += 1
    if isEmpty {
      taken = 0
      count = 0
    }
    return packet
  }
}
