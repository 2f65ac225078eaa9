/// Where in memory that lies which the next packet of a call needs: addresses, line by line, to have them
/// fetched into the cache before its turn comes.
///
/// A relay holds far more than the caches do, and a packet touches some hundred lines in a dozen objects,
/// one leading to the other: found one by one when they are needed, they cost more than what is done with
/// them. The addresses are never read through, so that one that is out of date does no harm.
public struct MemoryPlaces: BitwiseCopyable, Sendable {
  /// The most runs of lines that are noted.
  public static let capacity = 30
  /// The bytes of a line.
  public static let line = 64

  /// Lines that follow one another. What a line's address has no use for, its lowest bits, holds how many
  /// follow it: what is noted has to be fetched itself first.
  public struct Run: BitwiseCopyable, Sendable, Equatable {
    private var bits: UInt = 0

    fileprivate init() {}

    fileprivate init(_ first: UInt, lines: UInt) { bits = first | (lines &- 1) }

    /// Where the first line begins.
    public var start: UnsafeRawPointer? {
      unsafe UnsafeRawPointer(bitPattern: bits & ~UInt(MemoryPlaces.line - 1))
    }

    /// How many bytes the lines have.
    public var bytes: Int { Int((bits & UInt(MemoryPlaces.line - 1)) &+ 1) &* MemoryPlaces.line }
  }

  /// How many runs are noted.
  public private(set) var count = 0
  /// The lines of the latest run, from the first to the one after the last.
  private var latest: (first: UInt, end: UInt) = (0, 0)
  /// The runs; the first `count` mean something.
  public private(set) var runs = InlineArray<30, Run>(repeating: Run())

  /// No places.
  public init() {}

  /// Notes `bytes` bytes from `start` on.
  public mutating func add(_ start: UnsafeRawPointer?, bytes: Int) {
    guard let start = unsafe start, bytes > 0 else { return }
    let size = UInt(Self.line)
    var first = unsafe UInt(bitPattern: start) & ~(size - 1)
    let end = unsafe (UInt(bitPattern: start) &+ UInt(bytes) &+ size &- 1) & ~(size - 1)
    // Neighbours share a line, or follow one another.
    if first >= latest.first, first <= latest.end {
      guard end > latest.end else { return }
      if end &- latest.first <= size * size {
        latest.end = end
        runs[count - 1] = Run(latest.first, lines: (end &- latest.first) / size)
        return
      }
      first = latest.end
    }
    while first < end, count < Self.capacity {
      let last = min(end, first &+ size * size)
      runs[count] = Run(first, lines: (last &- first) / size)
      latest = (first, last)
      count += 1
      first = last
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
