import Wire

/// A stream of frames (RFC 4571) from the front to a worker, for one client's way to one media
/// address.
final class WorkerStream {
  /// The most bytes that wait for the worker before what comes is dropped: the worker reads at once
  /// unless something is wrong, and media that waits is late.
  static let outgoingLimit = 64 << 10

  /// The media address that the client thinks it talks to; nil where it has none but this stream.
  let peer: SocketAddress?
  /// The connection.
  let socket: StreamSocket
  /// What the worker has sent, as far as it is not taken.
  private var reader = FramedStreamReader()
  private var outgoing = ByteQueue()
  /// Whether the worker has closed it.
  private(set) var isBroken = false

  /// A stream on `socket`.
  init(_ socket: StreamSocket, peer: SocketAddress?) {
    self.socket = socket
    self.peer = peer
  }

  /// Bytes that wait for the worker.
  var backlog: Int { outgoing.count }

  /// Sends bytes that are framed already.
  func send(_ bytes: UnsafeRawBufferPointer) {
    guard !isBroken else { return }
    outgoing.append(bytes)
    flush()
  }

  /// Sends one packet, or drops it where too much waits already.
  func sendPacket(_ packet: UnsafeRawBufferPointer) {
    guard !isBroken, packet.count <= StreamFrame.longestPacket,
      outgoing.count + packet.count <= Self.outgoingLimit
    else { return }
    let length = UInt16(packet.count)
    withUnsafeTemporaryAllocation(byteCount: 2, alignment: 1) { header in
      header[0] = UInt8(length >> 8)
      header[1] = UInt8(length & 0xFF)
      outgoing.append(UnsafeRawBufferPointer(header))
    }
    outgoing.append(packet)
    flush()
  }

  /// Writes what the socket takes.
  func flush() {
    if !socket.flush(&outgoing) { isBroken = true }
  }

  /// Reads into the reader what has come.
  func fill() {
    _ = reader.fill { receive(into: $0) }
  }

  /// The next packet that the worker sent.
  func nextPacket() -> UnsafeRawBufferPointer? {
    do {
      return try reader.next().map { UnsafeRawBufferPointer($0) }
    } catch {
      // A worker of ours never sends such a frame.
      isBroken = true
      return nil
    }
  }

  /// Reads bytes as they are.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    switch socket.receive(into: buffer) {
    case .bytes(let count): return count
    case .end, .broken:
      isBroken = true
      return 0
    }
  }
}
