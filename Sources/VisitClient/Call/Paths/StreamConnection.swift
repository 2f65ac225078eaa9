import CLinux
import Glibc
import Transport
import Wire

/// The name that a server must prove, and what proves it.
struct StreamSecurity: Sendable {
  var serverName: String
  var trust: TLSTrust
}

/// A TCP connection, where asked for with TLS on it, that carries whole packets (RFC 4571). Never
/// waits. Used on the media thread only.
final class StreamConnection {
  /// Why a connection is over, for a developer.
  enum End: Error, Equatable {
    case network(errno: Int32)
    case closedByPeer
    case untrusted
    case malformed
  }

  private enum Phase {
    case connecting
    case securing
    case up
    case over(End)
  }

  /// The address it leads to.
  let remote: SocketAddress
  /// What to poll.
  let descriptor: Int32
  private var phase = Phase.connecting
  private var tls: TLSStream?
  private var reader = FramedStreamReader()
  private var queue = StreamQueue()
  /// The frame that is being written to a connection without TLS, and how much of it is.
  private var unsent: [UInt8] = []
  private var sent = 0

  /// What the kernel may hold that is not on its way yet, in bytes: 100 ms at 640 kbit/s.
  private static let kernelQueue: Int32 = 8 << 10
  /// Read at once, bytes: one TLS record.
  private static let readSize = 16 << 10
  /// Reads between two looks at everything else.
  private static let rounds = 8

  /// Begins to connect to `remote`.
  init(to remote: SocketAddress, security: StreamSecurity?) throws(End) {
    self.remote = remote
    if let security {
      do {
        tls = try TLSStream(client: security.serverName, trust: security.trust)
      } catch {
        throw .untrusted
      }
    }
    let opened = clinux_tcp_connect(remote.high, remote.low, remote.port, Self.kernelQueue)
    guard opened >= 0 else { throw .network(errno: -opened) }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// Whether packets can be sent.
  var isUp: Bool { if case .up = phase { true } else { false } }

  /// Why it is over; nil while it is not.
  var end: End? { if case .over(let end) = phase { end } else { nil } }

  /// What `poll` is to wait for besides bytes to read.
  var wantsToWrite: Bool {
    switch phase {
    case .connecting: true
    case .securing: hasCiphertext
    case .up: hasCiphertext || sent < unsent.count || !queue.isEmpty
    case .over: false
    }
  }

  private var hasCiphertext: Bool { (tls?.outputCount ?? 0) > 0 }

  /// Goes on after `poll` found it writable.
  func advance() {
    if case .connecting = phase {
      let error = clinux_socket_error(descriptor)
      guard error == 0 else { return finish(.network(errno: error)) }
      phase = tls == nil ? .up : .securing
    }
    flush()
  }

  /// Sends a packet, or has it wait, or drops it or another for it.
  func send(_ packet: UnsafeRawBufferPointer, _ urgency: StreamQueue.Urgency) {
    guard isUp else { return }
    var frame = [UInt8](repeating: 0, count: StreamFrame.headerLength + packet.count)
    let fits = frame.withUnsafeMutableBytes { frame in
      var bytes = frame.mutableBytes
      guard StreamFrame.writeHeader(length: packet.count, into: &bytes) else { return false }
      UnsafeMutableRawBufferPointer(rebasing: frame[StreamFrame.headerLength...])
        .copyMemory(from: packet)
      return true
    }
    guard fits else { return }
    queue.append(frame, urgency)
    flush()
  }

  /// Reads what has come and hands out the packets in it, each valid during the call.
  func receive(_ take: (UnsafeMutableRawBufferPointer) -> Void) {
    for _ in 0..<Self.rounds {
      let count = tls == nil ? readPlain() : readSecured(take)
      handOut(take)
      guard count > 0, end == nil else { break }
    }
    flush()
  }

  /// Says goodbye where that is possible at once.
  func shut() {
    guard end == nil else { return }
    tls?.close()
    flush()
    finish(.closedByPeer)
  }

  // MARK: -

  private func readPlain() -> Int {
    let descriptor = descriptor
    var result = 0
    _ = reader.fill { room in
      result = recv(descriptor, room.baseAddress, room.count, 0)
      return max(result, 0)
    }
    return judge(result)
  }

  private func readSecured(_ take: (UnsafeMutableRawBufferPointer) -> Void) -> Int {
    withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 16) { buffer in
      let count = judge(recv(descriptor, buffer.baseAddress, buffer.count, 0))
      var rest = UnsafeRawBufferPointer(rebasing: buffer[0..<max(count, 0)])
      while !rest.isEmpty {
        let taken = tls?.receive(rest) ?? rest.count
        rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
        if case .securing = phase, tls?.isEstablished == true { phase = .up }
        var opened = 0
        repeat {
          opened = reader.fill { tls?.read(into: $0) ?? 0 }
          handOut(take)
        } while opened > 0 && end == nil
        if taken == 0 { break }
      }
      if tls?.failure != nil {
        finish(.untrusted)
      } else if tls?.isPeerDone == true {
        finish(.closedByPeer)
      }
      return count
    }
  }

  private func handOut(_ take: (UnsafeMutableRawBufferPointer) -> Void) {
    do {
      while let packet = try reader.next() { take(packet) }
    } catch {
      finish(.malformed)
    }
  }

  /// What a call that reads says: bytes, or 0 where there are none now.
  private func judge(_ result: Int) -> Int {
    if result == 0 { finish(.closedByPeer) }
    if result < 0, errno != EAGAIN, errno != EINTR { finish(.network(errno: errno)) }
    return max(result, 0)
  }

  private func flush() {
    if case .connecting = phase { return }
    while end == nil {
      if tls == nil { writePlain() } else { writeCiphertext() }
      guard sent == unsent.count, !hasCiphertext, isUp, let frame = queue.next() else { return }
      if tls == nil {
        (unsent, sent) = (frame, 0)
      } else {
        // There is nothing before it, and the stream takes more than a frame.
        _ = frame.withUnsafeBytes { tls?.write($0) }
      }
    }
  }

  private func writePlain() {
    guard sent < unsent.count else { return }
    let count = unsent.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
    sent += count
  }

  private func writeCiphertext() {
    var count = 1
    while hasCiphertext, count > 0, end == nil {
      tls?.withOutput { bytes in
        count = write(bytes)
        return count
      }
    }
  }

  /// Writes what the kernel takes now.
  private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    if count < 0, errno != EAGAIN, errno != EINTR { finish(.network(errno: errno)) }
    return max(count, 0)
  }

  private func finish(_ end: End) {
    if self.end == nil { phase = .over(end) }
  }
}
