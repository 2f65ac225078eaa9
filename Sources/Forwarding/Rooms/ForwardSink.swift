/// Where a room puts the packets it wants sent: a slab of send slots that the event loop owns.
///
/// A packet is composed directly in a slot that leaves room for the SRTP trailer, so the loop seals
/// it where it lies and hands it to the socket. Composing copies the payload once per receiver: the
/// plaintext also has to stay in the retransmission history, and each receiver's copy is encrypted
/// under its own key. When the slab is full packets are dropped and counted, never allocated for.
public struct ForwardSink: ~Copyable {
  /// The longest plaintext packet a slot takes, in bytes: an Ethernet frame's UDP payload less the
  /// SRTP trailer.
  public static let maximumPacketLength = 1_448
  /// The length of one slot in bytes, with room for the trailer.
  public static let slotLength = 1_536

  /// One packet waiting in the sink.
  public struct Entry: BitwiseCopyable, Sendable {
    /// The room's tag at the time, as the loop set it in `roomTag`.
    public var room: Int32
    /// The participant to send to, by index in that room.
    public var participant: Int32
    /// Whether it is RTP or RTCP.
    public var kind: PacketKind
    /// Its length in bytes.
    public var length: Int32
  }

  /// What protocol a packet in the sink is.
  public enum PacketKind: UInt8, BitwiseCopyable, Sendable {
    /// RTP (RFC 3550 §5).
    case rtp
    /// Compound or reduced-size RTCP (RFC 3550 §6, RFC 5506).
    case rtcp
  }

  private let slots: UnsafeMutableRawPointer
  private let entries: UnsafeMutablePointer<Entry>
  /// How many packets it can hold.
  public let capacity: Int
  /// How many packets are waiting.
  public private(set) var count = 0
  /// Packets lost because the sink was full.
  public private(set) var dropped: UInt64 = 0
  /// Copied into each entry; the loop sets it to tell its rooms apart.
  public var roomTag: Int32 = 0
  /// Whether more has come than the relay keeps up with; the loop tells. What is missing then waits at
  /// our own door, or was lost there: to ask for it again would only bring more, so nothing is asked for,
  /// and reports of what came are fewer.
  public var isBehind = false

  /// A sink of `capacity` slots of `slotLength` bytes; the only allocation it ever makes.
  public init(capacity: Int) {
    precondition(capacity > 0)
    self.capacity = capacity
    slots = .allocate(byteCount: capacity * Self.slotLength, alignment: 64)
    entries = .allocate(capacity: capacity)
    entries.initialize(
      repeating: Entry(room: 0, participant: 0, kind: .rtp, length: 0), count: capacity)
  }

  deinit {
    entries.deallocate()
    slots.deallocate()
  }

  /// The packet at `index`, in the order they were put in.
  public func entry(at index: Int) -> Entry {
    precondition(index >= 0 && index < count)
    return entries[index]
  }

  /// The whole slot of the packet at `index`: its first `length` bytes are the packet, the rest is
  /// room for the trailer. Valid until `removeAll`.
  public func slot(at index: Int) -> UnsafeMutableRawBufferPointer {
    precondition(index >= 0 && index < count)
    return UnsafeMutableRawBufferPointer(
      start: slots + index * Self.slotLength, count: Self.slotLength)
  }

  /// Forgets every packet; the slots are reused.
  public mutating func removeAll() { count = 0 }

  /// The next free slot, as many bytes as a plaintext packet may have; nil when the sink is full.
  ///
  /// Nothing is in the sink until `commit`.
  mutating func reserve() -> UnsafeMutableRawBufferPointer? {
    guard count < capacity else {
      dropped &+= 1
      return nil
    }
    return UnsafeMutableRawBufferPointer(
      start: slots + count * Self.slotLength, count: Self.maximumPacketLength)
  }

  /// Puts the packet of `length` bytes just composed in the reserved slot into the sink.
  mutating func commit(to participant: Int, kind: PacketKind, length: Int) {
    assert(length > 0 && length <= Self.maximumPacketLength && count < capacity)
    entries[count] = Entry(
      room: roomTag, participant: Int32(truncatingIfNeeded: participant), kind: kind,
      length: Int32(truncatingIfNeeded: length))
    count += 1
  }
}

@available(*, unavailable)
extension ForwardSink: Sendable {}
