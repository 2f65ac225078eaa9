// Network byte order on spans. The names follow SE-0525, whose own safe loads replace this file once
// the toolchain has them. Every access is checked against the span's bounds by the standard library:
// callers prove with one length guard that the check never fails.

extension RawSpan {
  /// The byte at `offset`.
  @inlinable @inline(__always)
  public func loadUInt8(at offset: Int) -> UInt8 {
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
  }

  /// The big-endian 16-bit integer at `offset`.
  @inlinable @inline(__always)
  public func loadUInt16(at offset: Int) -> UInt16 {
    unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// The big-endian 24-bit integer at `offset`.
  @inlinable @inline(__always)
  public func loadUInt24(at offset: Int) -> UInt32 {
    UInt32(loadUInt16(at: offset)) << 8 | UInt32(loadUInt8(at: offset &+ 2))
  }

  /// The big-endian 32-bit integer at `offset`.
  @inlinable @inline(__always)
  public func loadUInt32(at offset: Int) -> UInt32 {
    unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// The big-endian 64-bit integer at `offset`.
  @inlinable @inline(__always)
  public func loadUInt64(at offset: Int) -> UInt64 {
    unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// A copy of the bytes in `range`, which must lie within the span. Allocates.
  public func array(_ range: Range<Int>) -> [UInt8] {
    unsafe extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// The bytes in `range` as text, ill-formed UTF-8 repaired. Allocates.
  public func string(_ range: Range<Int>) -> String {
    unsafe extracting(range).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Whether the bytes in `range` are those of `text`, without allocating.
  public func isEqual(_ range: Range<Int>, to text: String) -> Bool {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else { return false }
    var offset = range.lowerBound
    for byte in text.utf8 {
      guard offset < range.upperBound, loadUInt8(at: offset) == byte else { return false }
      offset &+= 1
    }
    return offset == range.upperBound
  }
}

extension MutableRawSpan {
  /// Stores a byte at `offset`.
  @inlinable @inline(__always)
  public mutating func storeUInt8(_ value: UInt8, at offset: Int) {
    storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
  }

  /// Stores a 16-bit integer in network byte order at `offset`.
  @inlinable @inline(__always)
  public mutating func storeUInt16(_ value: UInt16, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
  }

  /// Stores the low 24 bits of `value` in network byte order at `offset`.
  @inlinable @inline(__always)
  public mutating func storeUInt24(_ value: UInt32, at offset: Int) {
    storeUInt16(UInt16(truncatingIfNeeded: value >> 8), at: offset)
    storeUInt8(UInt8(truncatingIfNeeded: value), at: offset &+ 2)
  }

  /// Stores a 32-bit integer in network byte order at `offset`.
  @inlinable @inline(__always)
  public mutating func storeUInt32(_ value: UInt32, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
  }

  /// Stores a 64-bit integer in network byte order at `offset`.
  @inlinable @inline(__always)
  public mutating func storeUInt64(_ value: UInt64, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
  }

  /// Copies all of `source` to `offset`; the span must have room for it.
  @inlinable
  public mutating func storeBytes(_ source: RawSpan, at offset: Int) {
    precondition(offset >= 0 && source.byteCount <= byteCount &- offset, "no room for the bytes")
    guard source.byteCount > 0 else { return }
    unsafe source.withUnsafeBytes { from in
      unsafe withUnsafeMutableBytes { to in
        unsafe (to.baseAddress! + offset).copyMemory(
          from: from.baseAddress!, byteCount: from.count)
      }
    }
  }

  /// Copies the UTF-8 of `text` to `offset`; the span must have room for it.
  public mutating func storeText(_ text: String, at offset: Int) {
    var next = offset
    for byte in text.utf8 {
      storeUInt8(byte, at: next)
      next &+= 1
    }
  }

  /// Sets `count` bytes from `offset` on to zero.
  @inlinable
  public mutating func storeZeros(_ count: Int, at offset: Int) {
    var next = offset
    while next < offset &+ count {
      storeUInt8(0, at: next)
      next &+= 1
    }
  }

  /// Whether `length` bytes from `offset` on lie within the span.
  @inlinable
  public func hasRoom(for length: Int, at offset: Int) -> Bool {
    offset >= 0 && length >= 0 && offset <= byteCount && length <= byteCount &- offset
  }
}
