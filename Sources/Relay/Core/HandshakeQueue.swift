import Transport
import Wire

/// DTLS datagrams that wait for their turn.
///
/// A step of a handshake takes a thousand times as long as forwarding a packet, and everybody joins on
/// the hour. So media goes first, and of the handshakes as many are gone on with per turn of the loop as
/// half a millisecond has room for. Bounded in all and for each session; where there is no room, DTLS
/// sends again (RFC 6347 §4.2.4).
struct HandshakeQueue: ~Copyable {
  /// Datagrams held: a third of a second's work.
  static let capacity = 256
  /// Datagrams held of one session: a ClientHello with a post-quantum key share takes two or three, the
  /// next flight as many.
  static let most: UInt8 = 8
  /// A flight's datagrams come together: what comes so long after the first one that still waits is the
  /// same flight again. To take it in as well would only make all others wait longer, and send again.
  static let repetition = TimeSpan.milliseconds(50)
  /// A datagram on Ethernet; no longer one is of a WebRTC handshake.
  private static let slotLength = 1_500

  /// Who sent a datagram, and how it came.
  struct Entry: BitwiseCopyable {
    /// Whom it is from.
    var source: SocketAddress
    /// Which socket it came on.
    var local: LocalPath
    /// The session that the address belongs to; below 0 where it has ended.
    fileprivate(set) var session: Int32
    /// Its length in bytes.
    fileprivate var length: Int32
  }

  private let slots: UnsafeMutableRawPointer
  private let entries: UnsafeMutablePointer<Entry>
  private var head = 0
  /// Datagrams that wait.
  private(set) var count = 0
  /// When the oldest of them, or one before it, came; meaningful while any waits.
  private(set) var since = MonotonicTime.zero

  /// An empty queue. Pages of it are taken as they are written to.
  init() {
    slots = .allocate(byteCount: Self.capacity * Self.slotLength, alignment: 16)
    entries = .allocate(capacity: Self.capacity)
  }

  deinit {
    entries.deallocate()
    slots.deallocate()
  }

  /// Puts a copy of a datagram at the end; false where there is no room or it is too long.
  mutating func append(
    _ datagram: UnsafeRawBufferPointer, from source: SocketAddress, on local: LocalPath,
    session: Int, at now: MonotonicTime
  ) -> Bool {
    guard let bytes = datagram.baseAddress, datagram.count <= Self.slotLength,
      count < Self.capacity
    else { return false }
    // From the start again whenever it is empty: the same few pages are used then.
    if count == 0 {
      head = 0
      since = now
    }
    let place = (head + count) % Self.capacity
    (slots + place * Self.slotLength).copyMemory(from: bytes, byteCount: datagram.count)
    (entries + place).initialize(
      to: Entry(
        source: source, local: local, session: Int32(truncatingIfNeeded: session),
        length: Int32(truncatingIfNeeded: datagram.count)))
    count += 1
    return true
  }

  /// Forgets what waits of a session that ends: its number may soon be another's.
  mutating func forget(_ session: Int) {
    for number in 0..<count {
      let place = (head + number) % Self.capacity
      if Int(entries[place].session) == session { entries[place].session = -1 }
    }
  }

  /// The datagram that came first, which is then forgotten: its bytes are valid until the next is put in.
  mutating func next() -> (entry: Entry, datagram: UnsafeMutableRawBufferPointer)? {
    guard count > 0 else { return nil }
    let entry = entries[head]
    let datagram = UnsafeMutableRawBufferPointer(
      start: slots + head * Self.slotLength, count: Int(entry.length))
    head = (head + 1) % Self.capacity
    count -= 1
    return (entry, datagram)
  }
}

/// Handshakes, datagram by datagram.
extension RelayCore {
  /// Whether a handshake waits to be gone on with.
  public var hasHandshakes: Bool { handshakes.count > 0 }

  /// Lets a DTLS datagram wait for its turn.
  mutating func putOff(
    _ datagram: UnsafeMutableRawBufferPointer, from source: SocketAddress, on local: LocalPath,
    of session: Int, at now: MonotonicTime
  ) {
    let isFirst = sessions[session].handshakesWaiting == 0
    guard sessions[session].handshakesWaiting < HandshakeQueue.most,
      isFirst || now - sessions[session].handshakesSince < HandshakeQueue.repetition,
      handshakes.append(
        UnsafeRawBufferPointer(datagram), from: source, on: local, session: session, at: now)
    else {
      counters.droppedHandshakes &+= 1
      return
    }
    if isFirst { sessions[session].handshakesSince = now }
    sessions[session].handshakesWaiting += 1
  }

  /// Takes in the DTLS datagram that has waited longest.
  public mutating func shakeHands(at time: TurnTime) {
    while let (entry, datagram) = handshakes.next() {
      let session = Int(entry.session)
      guard session >= 0 else { continue }
      sessions[session].handshakesWaiting -= 1
      _ = sessions[session].transport.receive(
        datagram, from: entry.source, on: entry.local, at: time.now)
      return settle(session, at: time)
    }
  }
}
