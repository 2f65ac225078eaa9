/// Where in memory that lies which the next packet of a call needs: addresses, line by line, to have them
/// fetched into the cache before its turn comes.
///
/// A relay holds far more than the caches do, and a packet touches some hundred lines in a dozen objects,
/// one leading to the other: found one by one when they are needed, they cost more than what is done with
/// them. The addresses are never read through, so that one that is out of date does no harm.
public struct MemoryPlaces: BitwiseCopyable, Sendable {
  /// The most lines that are noted.
  public static let capacity = 112
  /// The bytes of a line.
  private static let line: UInt = 64

  /// The lines; the first `count` mean something.
  public private(set) var lines = InlineArray<112, UInt>(repeating: 0)
  /// How many lines are noted.
  public private(set) var count = 0
  private var latest: UInt = 0

  /// No places.
  public init() {}

  /// Notes `bytes` bytes from `start` on.
  public mutating func add(_ start: UnsafeRawPointer?, bytes: Int) {
    guard let start = unsafe start, bytes > 0 else { return }
    let first = unsafe UInt(bitPattern: start) & ~(Self.line - 1)
    let end = unsafe UInt(bitPattern: start) &+ UInt(bytes)
    var line = first
    while line < end, count < Self.capacity {
      // Neighbours share a line.
      if line != latest {
        lines[count] = line
        count += 1
        latest = line
      }
      line &+= Self.line
    }
  }

  /// Notes where a value lies.
  public mutating func add<Value: ~Copyable>(_ value: inout Value) {
    unsafe withUnsafeMutablePointer(to: &value) {
      unsafe add(UnsafeRawPointer($0), bytes: MemoryLayout<Value>.size)
    }
  }

  /// Notes where an array's elements lie, and what stands before them.
  public mutating func add<Element>(elementsOf array: [Element], limit: Int = .max) {
    unsafe array.withUnsafeBytes {
      guard let base = $0.baseAddress, !$0.isEmpty else { return }
      unsafe add(base - 32, bytes: 32 + min($0.count, limit))
    }
  }
}
