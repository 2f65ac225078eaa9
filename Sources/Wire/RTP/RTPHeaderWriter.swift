/// Writes an RTP header straight into a packet, element by element, without allocating.
///
///     var writer = RTPHeaderWriter(payloadType: opus, …, into: &packet)
///     writer.add(audioLevel: level, id: ids.audioLevel, to: &packet)
///     guard let headerLength = writer.finish(in: &packet) else { … }
///
/// Elements take the one-byte form (RFC 8285 §4.2): ids 1 ... 14, data of 1 ... 16 bytes. An id of 0
/// means that the extension was not negotiated, and adds nothing. No elements, no extension block.
/// Whatever does not fit is remembered, and `finish` returns nil.
public struct RTPHeaderWriter: BitwiseCopyable, Sendable {
  @usableFromInline let start: Int
  /// Where the next element goes.
  @usableFromInline var end: Int
  @usableFromInline var hasFailed: Bool

  /// Writes the fixed header at `offset`.
  @inlinable
  public init(
    payloadType: PayloadType, sequenceNumber: SequenceNumber, timestamp: RTPTimestamp, ssrc: SSRC,
    marker: Bool = false, into packet: inout MutableRawSpan, at offset: Int = 0
  ) {
    start = offset
    end = offset &+ RTPHeader.fixedLength
    hasFailed = !packet.hasRoom(for: RTPHeader.fixedLength, at: offset)
    guard !hasFailed else { return }
    packet.storeUInt8(0x80, at: offset)
    packet.storeUInt8((marker ? 0x80 : 0) | (payloadType.rawValue & 0x7F), at: offset &+ 1)
    packet.storeUInt16(sequenceNumber.rawValue, at: offset &+ 2)
    packet.storeUInt32(timestamp.rawValue, at: offset &+ 4)
    packet.storeUInt32(ssrc.rawValue, at: offset &+ 8)
  }

  /// Reserves an element of `length` bytes and returns where its data go; nil where it must not be
  /// written.
  @inlinable
  mutating func element(_ id: UInt8, length: Int, in packet: inout MutableRawSpan) -> Int? {
    guard id != 0, !hasFailed else { return nil }
    let isFirst = end == start &+ RTPHeader.fixedLength
    let header = isFirst ? end &+ 4 : end
    guard id <= 14, length >= 1, length <= 16, packet.hasRoom(for: 1 &+ length, at: header) else {
      hasFailed = true
      return nil
    }
    packet.storeUInt8(id << 4 | UInt8(truncatingIfNeeded: length &- 1), at: header)
    end = header &+ 1 &+ length
    return header &+ 1
  }

  /// Adds an element of one byte.
  @inlinable
  public mutating func add(uint8 value: UInt8, id: UInt8, to packet: inout MutableRawSpan) {
    if let offset = element(id, length: 1, in: &packet) { packet.storeUInt8(value, at: offset) }
  }

  /// Adds an element of a 16-bit integer.
  @inlinable
  public mutating func add(uint16 value: UInt16, id: UInt8, to packet: inout MutableRawSpan) {
    if let offset = element(id, length: 2, in: &packet) { packet.storeUInt16(value, at: offset) }
  }

  /// Adds an element of a 24-bit integer.
  @inlinable
  public mutating func add(uint24 value: UInt32, id: UInt8, to packet: inout MutableRawSpan) {
    if let offset = element(id, length: 3, in: &packet) { packet.storeUInt24(value, at: offset) }
  }

  /// Adds an audio level (RFC 6464).
  @inlinable
  public mutating func add(
    audioLevel level: AudioLevel, id: UInt8, to packet: inout MutableRawSpan
  ) {
    add(uint8: level.rawValue, id: id, to: &packet)
  }

  /// Adds a transport-wide sequence number.
  @inlinable
  public mutating func add(
    transportSequence number: SequenceNumber, id: UInt8, to packet: inout MutableRawSpan
  ) {
    add(uint16: number.rawValue, id: id, to: &packet)
  }

  /// Adds an element of text, such as the media section's name: 1 ... 16 bytes of UTF-8.
  @inlinable
  public mutating func add(text: String, id: UInt8, to packet: inout MutableRawSpan) {
    guard let offset = element(id, length: text.utf8.count, in: &packet) else { return }
    packet.storeText(text, at: offset)
  }

  /// Adds an element of raw bytes: 1 ... 16 of them.
  @inlinable
  public mutating func add(bytes: RawSpan, id: UInt8, to packet: inout MutableRawSpan) {
    guard let offset = element(id, length: bytes.byteCount, in: &packet) else { return }
    packet.storeBytes(bytes, at: offset)
  }

  /// Completes the header and returns its length in bytes; nil where something did not fit.
  @inlinable
  public mutating func finish(in packet: inout MutableRawSpan) -> Int? {
    guard !hasFailed else { return nil }
    let block = start &+ RTPHeader.fixedLength
    guard end != block else { return RTPHeader.fixedLength }
    let padding = (4 &- (end &- block) & 3) & 3
    guard packet.hasRoom(for: padding, at: end) else {
      hasFailed = true
      return nil
    }
    packet.storeZeros(padding, at: end)
    end &+= padding
    packet.storeUInt8(0x90, at: start)
    packet.storeUInt16(HeaderExtensions.oneByteProfile, at: block)
    packet.storeUInt16(UInt16(truncatingIfNeeded: (end &- block &- 4) >> 2), at: block &+ 2)
    return end &- start
  }
}
