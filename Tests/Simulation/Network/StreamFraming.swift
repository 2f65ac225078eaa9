public import Wire

/// How packets are put on a byte stream, so that the other end can tell them apart.
public enum StreamFraming: Hashable, Sendable {
  /// By two bytes of length (RFC 4571): the native client's way, plain or in TLS.
  case length
  /// As channel data of TURN (RFC 8656 §12.4), in TLS: a browser's way where nothing else gets through.
  case channel

  /// The first of the numbers that a client may bind; the relay's address is the only one it speaks to.
  private static let number = TURNChannel(rawValue: 0x4000)

  /// Bytes that a packet takes on the wire beyond a datagram's headers, itself and what `wrap` adds:
  /// TCP's header is 20 bytes long where UDP's is 8, and a record of TLS 1.3 has 5 before it, a type
  /// and a tag of 16 behind it (RFC 8446 §5.2).
  func overhead(isTLS: Bool) -> Int {
    let length = self == .length ? 2 : 0
    return 12 + length + (isTLS ? 22 : 0)
  }

  /// Round trips until a packet may be sent, once the stream is connected: TURN's Allocate is refused
  /// with a nonce first, and the channel's binding needs the allocation.
  public var setupRoundTrips: Int64 { self == .channel ? 3 : 0 }

  /// Hands `body` the packet as it stands on the stream, framed in `room` where bytes of its own are
  /// needed for that.
  public func wrap(
    _ packet: UnsafeRawBufferPointer, in room: UnsafeMutableRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    guard self == .channel, let number = Self.number else { return body(packet) }
    var bytes = room.mutableBytes
    // What does not fit would not have left the real client either.
    guard let length = TURNFrame.write(packet.bytes, on: number, into: &bytes) else { return }
    body(UnsafeRawBufferPointer(rebasing: room[..<length]))
  }

  /// The packet in what came off the stream; nil where there is none.
  public func unwrap(_ frame: UnsafeMutableRawBufferPointer) -> UnsafeMutableRawBufferPointer? {
    guard self == .channel else { return frame }
    guard let start = try? TURNFrame(startOf: UnsafeRawBufferPointer(frame).bytes),
      case .channelData(_, let count, let length) = start, length == frame.count
    else { return nil }
    let header = TURNFrame.channelHeaderLength
    return UnsafeMutableRawBufferPointer(rebasing: frame[header..<(header + count)])
  }
}
