/// The VP8 payload descriptor that each packet's payload starts with (RFC 7741 §4.2).
///
///           0 1 2 3 4 5 6 7
///          +-+-+-+-+-+-+-+-+
///          |X|R|N|S|R| PID |
///          +-+-+-+-+-+-+-+-+
///     X:   |I|L|T|K| RSV   |  (where X)
///          +-+-+-+-+-+-+-+-+
///     I:   |M| PictureID   |  (where I; a second byte where M)
///          +-+-+-+-+-+-+-+-+
///     L:   |   TL0PICIDX   |  (where L)
///          +-+-+-+-+-+-+-+-+
///     T/K: |TID|Y| KEYIDX  |  (where T or K)
///          +-+-+-+-+-+-+-+-+
public struct VP8PayloadDescriptor: Hashable, Sendable, BitwiseCopyable {
  /// The most bytes a descriptor takes.
  public static let maximumLength = 6

  /// N: no other picture refers to this one.
  public var isNonReference: Bool
  /// S: a partition starts in this packet.
  public var startsPartition: Bool
  /// PID: the partition of the packet's first byte, 0 ... 7.
  public var partitionIndex: UInt8
  /// The picture id, where there is one: 7 or 15 bits.
  public var pictureID: UInt16?
  /// Whether the picture id has 15 bits.
  public var hasLongPictureID: Bool
  /// TL0PICIDX, where there is one.
  public var temporalBaseIndex: UInt8?
  /// TID, where there is one: 0 ... 3.
  public var temporalLayer: UInt8?
  /// Y: the picture depends on the base layer only. Where there is no TID, false.
  public var isLayerSync: Bool
  /// KEYIDX, where there is one: 0 ... 31.
  public var keyIndex: UInt8?

  /// Bytes of the descriptor as it was parsed: the offset of the VP8 payload.
  public let length: Int
  /// Offset of the picture id, where there is one.
  @usableFromInline var pictureIDOffset: Int
  /// Offset of TL0PICIDX, where there is one.
  @usableFromInline var temporalBaseOffset: Int

  /// A descriptor to be written.
  public init(
    startsPartition: Bool, partitionIndex: UInt8 = 0, isNonReference: Bool = false,
    pictureID: UInt16? = nil, hasLongPictureID: Bool = true, temporalBaseIndex: UInt8? = nil,
    temporalLayer: UInt8? = nil, isLayerSync: Bool = false, keyIndex: UInt8? = nil
  ) {
    self.isNonReference = isNonReference
    self.startsPartition = startsPartition
    self.partitionIndex = partitionIndex & 7
    self.pictureID = pictureID
    self.hasLongPictureID = hasLongPictureID
    self.temporalBaseIndex = temporalBaseIndex
    self.temporalLayer = temporalLayer
    self.isLayerSync = isLayerSync
    self.keyIndex = keyIndex
    length = 1
    pictureIDOffset = 0
    temporalBaseOffset = 0
  }

  /// Parses the descriptor at the start of an RTP payload, which must hold at least one byte of VP8
  /// after it.
  @inlinable
  public init(parsing payload: RawSpan) throws(ParseError) {
    let count = payload.byteCount
    guard count > 1 else { throw .truncated }
    let first = payload.loadUInt8(at: 0)
    isNonReference = first & 0x20 != 0
    startsPartition = first & 0x10 != 0
    partitionIndex = first & 0x07
    pictureID = nil
    hasLongPictureID = false
    temporalBaseIndex = nil
    temporalLayer = nil
    isLayerSync = false
    keyIndex = nil
    pictureIDOffset = 0
    temporalBaseOffset = 0
    var offset = 1
    if first & 0x80 != 0 {
      let flags = payload.loadUInt8(at: 1)
      offset = 2
      if flags & 0x80 != 0 {
        guard offset < count else { throw .truncated }
        pictureIDOffset = offset
        let byte = payload.loadUInt8(at: offset)
        if byte & 0x80 != 0 {
          guard offset &+ 2 <= count else { throw .truncated }
          pictureID = payload.loadUInt16(at: offset) & 0x7FFF
          hasLongPictureID = true
          offset &+= 2
        } else {
          pictureID = UInt16(byte)
          offset &+= 1
        }
      }
      if flags & 0x40 != 0 {
        guard offset < count else { throw .truncated }
        temporalBaseOffset = offset
        temporalBaseIndex = payload.loadUInt8(at: offset)
        offset &+= 1
      }
      if flags & 0x30 != 0 {
        guard offset < count else { throw .truncated }
        let byte = payload.loadUInt8(at: offset)
        if flags & 0x20 != 0 {
          temporalLayer = byte >> 6
          isLayerSync = byte & 0x20 != 0
        }
        if flags & 0x10 != 0 { keyIndex = byte & 0x1F }
        offset &+= 1
      }
    }
    guard offset < count else { throw .truncated }
    length = offset
  }

  /// Whether the packet is the first of its picture: it starts partition 0.
  @inlinable
  public var startsPicture: Bool { startsPartition && partitionIndex == 0 }

  /// Stores another picture id and TL0PICIDX in the copy of the parsed payload that begins at `offset`
  /// of `packet`. The descriptor keeps its shape: what is not there stays away, and a picture id keeps
  /// its 7 or 15 bits.
  @inlinable
  public func rewrite(
    pictureID: UInt16, temporalBaseIndex: UInt8, in packet: inout MutableRawSpan, at offset: Int
  ) {
    guard packet.hasRoom(for: length, at: offset) else { return }
    if self.pictureID != nil {
      if hasLongPictureID {
        packet.storeUInt16(0x8000 | pictureID, at: offset &+ pictureIDOffset)
      } else {
        packet.storeUInt8(
          UInt8(truncatingIfNeeded: pictureID) & 0x7F, at: offset &+ pictureIDOffset)
      }
    }
    if self.temporalBaseIndex != nil {
      packet.storeUInt8(temporalBaseIndex, at: offset &+ temporalBaseOffset)
    }
  }

  /// Writes the descriptor at `offset` and returns its length in bytes; nil where it does not fit.
  public func write(into payload: inout MutableRawSpan, at offset: Int = 0) -> Int? {
    let hasLayer = temporalLayer != nil || keyIndex != nil
    let isExtended = pictureID != nil || temporalBaseIndex != nil || hasLayer
    let pictureLength = pictureID == nil ? 0 : hasLongPictureID ? 2 : 1
    let length =
      1 &+ (isExtended ? 1 : 0) &+ pictureLength &+ (temporalBaseIndex == nil ? 0 : 1)
      &+ (hasLayer ? 1 : 0)
    guard payload.hasRoom(for: length, at: offset) else { return nil }
    payload.storeUInt8(
      (isExtended ? 0x80 : 0) | (isNonReference ? 0x20 : 0) | (startsPartition ? 0x10 : 0)
        | (partitionIndex & 7), at: offset)
    guard isExtended else { return length }
    payload.storeUInt8(
      (pictureID == nil ? 0 : 0x80) | (temporalBaseIndex == nil ? 0 : 0x40)
        | (temporalLayer == nil ? 0 : 0x20) | (keyIndex == nil ? 0 : 0x10), at: offset &+ 1)
    var next = offset &+ 2
    if let pictureID {
      if hasLongPictureID {
        payload.storeUInt16(0x8000 | pictureID, at: next)
      } else {
        payload.storeUInt8(UInt8(truncatingIfNeeded: pictureID) & 0x7F, at: next)
      }
      next &+= pictureLength
    }
    if let temporalBaseIndex {
      payload.storeUInt8(temporalBaseIndex, at: next)
      next &+= 1
    }
    if hasLayer {
      payload.storeUInt8(
        ((temporalLayer ?? 0) & 3) << 6 | (isLayerSync ? 0x20 : 0) | ((keyIndex ?? 0) & 0x1F),
        at: next)
    }
    return length
  }
}
