/// The elements of an RTP header extension block, read without allocating (RFC 8285 §4.2, §4.3).
///
///     one-byte form, profile 0xBEDE          two-byte form, profile 0x1000 ... 0x100F
///      0 1 2 3 4 5 6 7                        0               1
///     +-+-+-+-+-+-+-+-+                      +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |  ID   | len-1 | data …               |      ID       |    length     | data …
///     +-+-+-+-+-+-+-+-+                      +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///
/// A block of another profile has no elements. An element that runs past the block ends the reading:
/// what came before it counts.
public struct HeaderExtensions: Hashable, Sendable, BitwiseCopyable {
  /// Profile of a block of one-byte elements.
  public static let oneByteProfile: UInt16 = 0xBEDE

  /// One element.
  public struct Element: Hashable, Sendable, BitwiseCopyable {
    /// The local identifier that SDP's `extmap` gave the extension.
    public var id: UInt8
    /// Offset of the data in the packet.
    public var offset: Int
    /// Bytes of data, 0 ... 255.
    public var length: Int

    /// An element whose data lie at `offset`.
    @inlinable
    public init(id: UInt8, offset: Int, length: Int) {
      self.id = id
      self.offset = offset
      self.length = length
    }

    /// Where the data lie in the packet.
    @inlinable
    public var range: Range<Int> { unsafe Range(uncheckedBounds: (offset, offset &+ length)) }
  }

  @usableFromInline var offset: Int
  @usableFromInline let end: Int
  @usableFromInline let isTwoByte: Bool

  /// A reading of the elements of `header`'s extension block, from the first on.
  @inlinable
  public init(of header: RTPHeader) {
    offset = header.extensionOffset
    isTwoByte = header.extensionProfile & 0xFFF0 == 0x1000
    let isKnown = isTwoByte || header.extensionProfile == Self.oneByteProfile
    end = isKnown ? header.extensionOffset &+ header.extensionLength : header.extensionOffset
  }

  /// The next element of `packet`, the one the header was parsed from; nil after the last.
  @inlinable
  public mutating func next(in packet: RawSpan) -> Element? {
    let end = min(self.end, packet.byteCount)
    while offset < end {
      let first = packet.loadUInt8(at: offset)
      if first == 0 {
        // Padding. (A one-byte element with ID 0 and a length is not allowed either.)
        offset &+= 1
        continue
      }
      let element: Element
      if isTwoByte {
        guard offset &+ 2 <= end else { break }
        let length = Int(packet.loadUInt8(at: offset &+ 1))
        element = Element(id: first, offset: offset &+ 2, length: length)
      } else {
        let id = first >> 4
        // ID 15 is reserved: reading stops there. ID 0 with a length is ill-formed.
        guard id != 15, id != 0 else { break }
        element = Element(id: id, offset: offset &+ 1, length: Int(first & 0x0F) &+ 1)
      }
      guard element.offset &+ element.length <= end else { break }
      offset = element.offset &+ element.length
      return element
    }
    offset = self.end
    return nil
  }

  /// The first element with the identifier `id`; nil where there is none, and for `id` 0, which means
  /// "not negotiated" throughout this project.
  @inlinable
  public func find(id: UInt8, in packet: RawSpan) -> Element? {
    guard id != 0 else { return nil }
    var reading = self
    while let element = reading.next(in: packet) {
      if element.id == id { return element }
    }
    return nil
  }

  /// Calls `body` with each element in turn.
  @inlinable
  public func forEach(in packet: RawSpan, _ body: (Element) -> Void) {
    var reading = self
    while let element = reading.next(in: packet) { body(element) }
  }
}

extension RTPHeader {
  /// The elements of the extension block.
  @inlinable
  public var extensions: HeaderExtensions { HeaderExtensions(of: self) }

  /// The audio level in the element `id` of `packet`; nil where it is absent or has the wrong size.
  @inlinable
  public func audioLevel(id: UInt8, in packet: RawSpan) -> AudioLevel? {
    guard let element = extensions.find(id: id, in: packet), element.length >= 1 else { return nil }
    return AudioLevel(rawValue: packet.loadUInt8(at: element.offset))
  }

  /// The transport-wide sequence number in the element `id` of `packet`.
  @inlinable
  public func transportSequence(id: UInt8, in packet: RawSpan) -> SequenceNumber? {
    guard let element = extensions.find(id: id, in: packet), element.length >= 2 else { return nil }
    return SequenceNumber(rawValue: packet.loadUInt16(at: element.offset))
  }

  /// Whether the element `id` of `packet` is the text `name`: a media section's (RFC 9143 §15) or an
  /// RTP stream's (RFC 8852).
  public func isNamed(_ name: String, id: UInt8, in packet: RawSpan) -> Bool {
    guard let element = extensions.find(id: id, in: packet) else { return false }
    return packet.isEqual(element.range, to: name)
  }

  /// The absolute send time in the element `id` of `packet`: 6.18 fixed-point seconds modulo 64.
  @inlinable
  public func absoluteSendTime(id: UInt8, in packet: RawSpan) -> UInt32? {
    guard let element = extensions.find(id: id, in: packet), element.length == 3 else { return nil }
    return packet.loadUInt24(at: element.offset)
  }
}
