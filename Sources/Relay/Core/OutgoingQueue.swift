import Forwarding
public import Wire

/// A sealed datagram waiting to be sent. Its bytes are valid until the queue is emptied.
public struct OutgoingDatagram: BitwiseCopyable {
  /// The first byte.
  public var bytes: UnsafeMutableRawPointer
  /// The length in bytes.
  public var length: Int
  /// Where to.
  public var destination: SocketAddress
  /// From which local socket, by number; `LocalPath.streams` for a byte stream.
  public var local: UInt8
  /// Whether it carries picture, which a stream without room leaves out first.
  public var isPicture: Bool
}

/// Everything a relay core wants sent, in order: media that rooms composed in the sink's slots and
/// that was sealed there, and the STUN and DTLS bytes of transports in a smaller slab of its own.
struct OutgoingQueue: ~Copyable {
  /// STUN and DTLS datagrams are at most 1200 bytes by Transport's own rule.
  private static let transportSlot = 1_536
  private static let transportCapacity = 256
  /// As many media packets as two groups of `OpenedPackets` bring forth.
  private static let fullCall = 64

  /// Where rooms put packets. Those up to `sealed` have been dealt with.
  var sink: ForwardSink
  private(set) var sealed = 0
  private let transportSlots: UnsafeMutableRawPointer
  private var transportCount = 0
  private let list: UnsafeMutablePointer<OutgoingDatagram>
  private let listCapacity: Int
  private let worthSending: Int
  /// Datagrams waiting.
  private(set) var count = 0

  /// An empty queue for `capacity` media packets.
  init(capacity: Int) {
    sink = ForwardSink(capacity: capacity)
    transportSlots = .allocate(
      byteCount: Self.transportCapacity * Self.transportSlot, alignment: 64)
    listCapacity = capacity + Self.transportCapacity
    list = .allocate(capacity: listCapacity)
    worthSending = min(Self.fullCall, capacity * 3 / 4)
  }

  deinit {
    list.deallocate()
    transportSlots.deallocate()
  }

  /// Whether it should be sent before another datagram is taken in: it fills one system call, and its slots
  /// are still in the processor's second cache. There is room for much more, since a room of twenty
  /// answers one packet with nineteen, and a full history of retransmissions with a few hundred.
  var isWorthSending: Bool { sink.count + transportCount >= worthSending }

  /// The datagram at `index`.
  subscript(index: Int) -> OutgoingDatagram {
    precondition(index >= 0 && index < count)
    return list[index]
  }

  /// Forgets everything; the slots are reused.
  mutating func removeAll() {
    sink.removeAll()
    sealed = 0
    transportCount = 0
    count = 0
  }

  /// A free slot for a transport's own datagram; nil while there is none.
  func transportSlot() -> UnsafeMutableRawBufferPointer? {
    guard transportCount < Self.transportCapacity else { return nil }
    return UnsafeMutableRawBufferPointer(
      start: transportSlots + transportCount * Self.transportSlot, count: Self.transportSlot)
  }

  /// Queues the datagram just written into `transportSlot()`.
  mutating func commitTransport(length: Int, to destination: SocketAddress, local: UInt8) {
    guard let slot = transportSlot()?.baseAddress else { return }
    transportCount += 1
    append(slot, length: length, to: destination, local: local, isPicture: false)
  }

  /// The next media packet that has not been dealt with; nil when all have.
  mutating func nextUnsealed() -> Int? {
    guard sealed < sink.count else { return nil }
    sealed += 1
    return sealed - 1
  }

  /// Queues the media packet `index`, sealed in its slot to `length` bytes.
  mutating func commitMedia(
    _ index: Int, length: Int, to destination: SocketAddress, local: UInt8, isPicture: Bool
  ) {
    guard let slot = sink.slot(at: index).baseAddress else { return }
    append(slot, length: length, to: destination, local: local, isPicture: isPicture)
  }

  private mutating func append(
    _ bytes: UnsafeMutableRawPointer, length: Int, to destination: SocketAddress, local: UInt8,
    isPicture: Bool
  ) {
    assert(count < listCapacity)
    (list + count).initialize(
      to: OutgoingDatagram(
        bytes: bytes, length: length, destination: destination, local: local, isPicture: isPicture))
    count += 1
  }
}
