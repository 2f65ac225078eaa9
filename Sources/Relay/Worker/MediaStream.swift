import CLinux
import Glibc
import Wire

/// One client's byte stream, which it owns: frames in, frames out, and nothing that waits for it.
struct MediaStream: ~Copyable {
  /// Bytes waiting in the kernel unsent: what is queued there can no longer be chosen among.
  private static let unsentBytes: Int32 = 16 << 10
  /// A connection that acknowledges nothing, or takes nothing, for so long is given up: longer than
  /// the outage that a call survives.
  private static let patience = TimeSpan.seconds(40)
  /// Queued bytes that are written before the turn ends: two segments of the largest size.
  private static let eagerBytes = 32 << 10

  /// The socket, for epoll.
  let descriptor: Int32
  /// Our name for it towards the core.
  let address: SocketAddress
  /// The client's own address.
  let client: SocketAddress
  /// Since when it is no session's; nil while it is one's.
  var strangerSince: MonotonicTime?
  /// Whether epoll is asked for writability.
  var watchesWriting = false
  /// Whether something was queued in this turn.
  var isDirty = false
  /// Whether the peer is gone, or sends what no peer of ours sends.
  private(set) var isBroken = false
  private var reader = FramedStreamReader()
  private var queue = StreamSendQueue()
  /// Since when the socket takes nothing of what waits; nil where nothing waits.
  private var stalledSince: MonotonicTime?

  /// Takes over `descriptor`.
  init(
    descriptor: Int32, address: SocketAddress, client: SocketAddress, now: MonotonicTime
  ) {
    self.descriptor = descriptor
    self.address = address
    self.client = client
    strangerSince = now
    let milliseconds = UInt32(Self.patience.nanoseconds / 1_000_000)
    isBroken = clinux_tune_stream(descriptor, Self.unsentBytes, milliseconds) != 0
  }

  deinit { close(descriptor) }

  /// Whether bytes wait to be written.
  var wantsToWrite: Bool { queue.count > 0 && !isBroken }

  /// Reads once; whether there may be more. Packets are to be taken with `next` before the next `fill`.
  mutating func fill() -> Bool {
    guard !isBroken else { return false }
    var error: Int32 = 0
    var room = 0
    let descriptor = descriptor
    let count = reader.fill { buffer in
      room = buffer.count
      var count = 0
      repeat {
        count = read(descriptor, buffer.baseAddress, buffer.count)
        error = count < 0 ? errno : 0
      } while error == EINTR
      return max(0, count)
    }
    if count == 0, error != EAGAIN { isBroken = true }
    return count == room
  }

  /// The next whole packet, which may be changed where it lies.
  mutating func next() -> UnsafeMutableRawBufferPointer? {
    do {
      return try reader.next()
    } catch {
      isBroken = true
      return nil
    }
  }

  /// Queues a packet; false where there is no room for it. Little by little is left for the turn's end,
  /// so that what one turn brings is one write.
  mutating func queue(
    _ packet: UnsafeRawBufferPointer, isPicture: Bool, at now: MonotonicTime
  ) -> Bool {
    guard !isBroken else { return false }
    if queue.append(packet, isPicture: isPicture) {
      if queue.count >= Self.eagerBytes { write(at: now) }
      return true
    }
    write(at: now)
    return queue.append(packet, isPicture: isPicture)
  }

  /// Writes what the socket takes.
  mutating func write(at now: MonotonicTime) {
    while wantsToWrite {
      let waiting = queue.waiting
      let count = send(descriptor, waiting.baseAddress, waiting.count, Int32(MSG_NOSIGNAL))
      if count > 0 {
        queue.remove(count)
        stalledSince = nil
      } else if count < 0, errno == EINTR {
        continue
      } else {
        if count == 0 || errno != EAGAIN { isBroken = true }
        break
      }
    }
    if wantsToWrite, stalledSince == nil { stalledSince = now }
  }

  /// Gives it up where it has taken nothing for too long.
  mutating func advance(to now: MonotonicTime) {
    if let stalledSince, now - stalledSince > Self.patience { isBroken = true }
  }
}
