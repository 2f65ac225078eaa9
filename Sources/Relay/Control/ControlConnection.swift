import CLinux
import Glibc
import Wire

/// One end of a control channel over a connected, non-blocking Unix socket, which it owns.
struct ControlConnection: ~Copyable {
  /// The most bytes waiting to be written before the peer is given up: it has stopped reading.
  private static let maximumBacklog = 16 << 20
  private static let readSize = 64 << 10

  /// The socket, for epoll or poll.
  let descriptor: Int32
  /// Whether the peer is gone or cannot be trusted.
  private(set) var isBroken = false
  /// Whether it broke because the peer sent what no peer of ours sends.
  private(set) var isMalformed = false
  /// Whether the peer takes nothing any more. What it said last is still to be read: a worker that ends says
  /// that its calls are over, and whoever was just speaking to it must not take them for lost.
  private var isDeaf = false
  private var decoder = ControlFrameDecoder()
  private var outgoing: [UInt8] = []
  private var written = 0

  /// Takes over `descriptor`.
  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Whether bytes wait for the socket to become writable.
  var wantsToWrite: Bool { written < outgoing.count && !isDeaf }

  /// Reads what there is. Frames already received can still be taken once it is broken.
  mutating func receive() {
    withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 1) { buffer in
      while !isBroken {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count > 0 {
          decoder.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
          if count < buffer.count { return }
        } else if count < 0, errno == EINTR {
          continue
        } else {
          if count == 0 || errno != EAGAIN { isBroken = true }
          return
        }
      }
    }
  }

  /// The next whole frame. A malformed one breaks the connection.
  mutating func next() -> ControlFrame? {
    do {
      return try decoder.next()
    } catch {
      isBroken = true
      isMalformed = true
      return nil
    }
  }

  /// Queues a frame and writes what the socket takes.
  mutating func send(_ frame: ControlFrame) {
    guard !isBroken, !isDeaf else { return }
    guard let bytes = try? ControlCodec.encode(frame),
      outgoing.count - written + bytes.count <= Self.maximumBacklog
    else {
      isBroken = true
      return
    }
    outgoing.append(contentsOf: bytes)
    flush()
  }

  /// Writes all that waits: for an end's last words, since it takes along what it has not written. A peer
  /// that reads needs a moment; one that does not is waited for until `limit` is over.
  mutating func drain(within limit: TimeSpan) {
    let end = SystemClock.monotonic + limit
    while wantsToWrite, !isBroken {
      let left = end - SystemClock.monotonic
      guard left > .zero else { return }
      var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&writable, 1, Int32(clamping: left.nanoseconds / 1_000_000 + 1))
      flush()
    }
  }

  /// Writes what the socket takes.
  mutating func flush() {
    while wantsToWrite, !isBroken {
      let count = outgoing.withUnsafeBytes { bytes in
        // MSG_NOSIGNAL: a library user may not have ignored SIGPIPE.
        Glibc.send(
          descriptor, bytes.baseAddress! + written, bytes.count - written, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        written += count
      } else if count < 0, errno == EINTR {
        continue
      } else {
        if errno != EAGAIN { isDeaf = true }
        break
      }
    }
    if !wantsToWrite {
      outgoing.removeAll(keepingCapacity: outgoing.capacity < 1 << 20)
      written = 0
    }
  }
}
