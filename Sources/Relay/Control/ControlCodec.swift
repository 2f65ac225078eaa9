import FoundationEssentials

/// Why a control channel's bytes were refused. The connection cannot be trusted after either.
enum ControlCodecError: Error, Equatable {
  /// A frame longer than `ControlCodec.maximumFrame`.
  case tooLong
  /// The bytes are no frame this release knows.
  case malformed
}

/// Turns control frames into length-prefixed bytes and back.
enum ControlCodec {
  /// The longest frame in bytes. An offer is at most 64 KiB; a hello of 2048 sessions with 20 slots
  /// each is the longest by far.
  static let maximumFrame = 8 << 20

  /// The frame as it travels.
  static func encode(_ frame: ControlFrame) throws(ControlCodecError) -> [UInt8] {
    if let body = FrameWriter.body(of: frame) { return try prefixed(body) }
    guard let body = try? JSONEncoder().encode(frame) else { throw .malformed }
    return try prefixed(body)
  }

  private static func prefixed(
    _ body: some Collection<UInt8>
  ) throws(ControlCodecError) -> [UInt8] {
    guard body.count <= maximumFrame else { throw .tooLong }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 + body.count)
    let length = UInt32(body.count)
    for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
    bytes.append(contentsOf: body)
    return bytes
  }

  /// The frame in `body`, which is without its length.
  static func decode(_ body: some Collection<UInt8>) throws(ControlCodecError) -> ControlFrame {
    guard let frame = try? JSONDecoder().decode(ControlFrame.self, from: Data(body)) else {
      throw .malformed
    }
    return frame
  }
}

/// Collects a stream's bytes until they are whole frames.
struct ControlFrameDecoder {
  private var bytes: [UInt8] = []
  /// Where the first unread frame begins in `bytes`.
  private var start = 0

  /// Takes what the socket gave.
  mutating func append(_ received: UnsafeRawBufferPointer) {
    if start > 0 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes.append(contentsOf: received)
  }

  /// The next whole frame; nil until more bytes come.
  mutating func next() throws(ControlCodecError) -> ControlFrame? {
    guard bytes.count - start >= 4 else { return nil }
    let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    guard length <= ControlCodec.maximumFrame else { throw .tooLong }
    guard bytes.count - start - 4 >= length else { return nil }
    let body = bytes[(start + 4)..<(start + 4 + length)]
    start += 4 + length
    return try ControlCodec.decode(body)
  }
}
